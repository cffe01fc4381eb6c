"""Who may do what in a class; each rule stands beside the filter that says the same of lists."""

from accounts.models import User
from base.compiled import CompiledQuery
from enrollment.models import Cohort, Enrollment
from enrollment.rules import can_teach as can_teach  # whoever teaches for a provider holds its classes
from live.models import LiveSession, RoomEvent

Kind = RoomEvent.Kind

OWN = CompiledQuery(
    lambda person, cohort: Enrollment.objects.filter(person=person, cohort=cohort).exclude(
        status=Enrollment.Status.WITHDRAWN
    )
)


def enrollment_of(user: User, cohort: Cohort) -> Enrollment | None:
    """By what the user learns in the cohort."""
    if user.person_id is None:
        return None
    return next(iter(OWN.rows(user.person_id, cohort.pk)), None)


def takes_part(user: User, cohort: Cohort) -> bool:
    """Whether the user learns in the cohort or teaches it."""
    return enrollment_of(user, cohort) is not None or can_teach(user, cohort)


def can_view(user: User, session: LiveSession) -> bool:
    """The same answer as `LiveSession.objects.visible_to`."""
    return takes_part(user, session.cohort)


def is_removed(user: User, session: LiveSession) -> bool:
    """Whether the user was sent out of the class and not let in again."""
    return session.events.last_about(user, Kind.REMOVE, Kind.READMIT) == Kind.REMOVE


def can_host(user: User, session: LiveSession) -> bool:
    """Who teaches, and whom a teacher lets help: all that is done in the room, but neither its end nor the minutes."""
    if can_teach(user, session.cohort):
        return True
    helps = session.events.last_about(user, Kind.HOST, Kind.UNHOST) == Kind.HOST
    return helps and can_view(user, session) and not is_removed(user, session)


def can_write_notes(user: User, session: LiveSession) -> bool:
    """Who leads and, where the notes are open to all, whoever takes part."""
    return (session.are_notes_open and can_view(user, session)) or can_host(user, session)


def can_join(user: User, session: LiveSession) -> bool:
    """Whoever sees a class may wait for it and take part while it is on, unless sent out."""
    return session.status in LiveSession.COMING and can_view(user, session) and not is_removed(user, session)
