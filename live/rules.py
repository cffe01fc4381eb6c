"""Who may do what in a class; each rule stands beside the filter that says the same of lists."""

from collections.abc import Iterable

from accounts.models import User
from base.compiled import CompiledQuery
from enrollment.models import Cohort, Enrollment
from enrollment.rules import can_teach as can_teach  # whoever teaches for a provider holds its classes
from live.models import Guest, LiveSession, RoomEvent, Waiter

Kind = RoomEvent.Kind
Lobby = LiveSession.Lobby

OWN = CompiledQuery(
    lambda people, cohorts: Enrollment.objects.filter(person__in=people, cohort__in=cohorts).exclude(
        status=Enrollment.Status.WITHDRAWN
    )
)
SENDING_OUT = CompiledQuery(
    lambda sessions, users: (
        RoomEvent.objects.filter(session__in=sessions, about__in=users, kind__in=[Kind.REMOVE, Kind.READMIT])
        .order_by("seq")
        .values_list("session", "about", "kind")
    )
)


def enrollment_of(user: User, cohort: Cohort) -> Enrollment | None:
    """By what the user learns in the cohort."""
    return enrollments_of([user], [cohort.pk]).get((user.person_id, cohort.pk))


def enrollments_of(users: Iterable[User], cohorts: list[int]) -> dict[tuple[int | None, int], Enrollment]:
    """The same of many, by the ids of person and cohort."""
    people = list({user.person_id for user in users if user.person_id})
    return {(each.person_id, each.cohort_id): each for each in OWN.rows(people, cohorts)}


def takes_part(user: User, cohort: Cohort) -> bool:
    """Whether the user learns in the cohort or teaches it."""
    return enrollment_of(user, cohort) is not None or can_teach(user, cohort)


def can_view(user: User, session: LiveSession) -> bool:
    """The same answer as `LiveSession.objects.visible_to`."""
    return takes_part(user, session.cohort)


def is_removed(user: User, session: LiveSession) -> bool:
    """Whether the user was sent out of the class and not let in again."""
    return (session.pk, user.pk) in removed_of([user], [session.pk])


def removed_of(users: Iterable[User], sessions: list[int]) -> set[tuple[int, int]]:
    """The same of many, by the ids of class and user; by the index roomevent_about."""
    moves = SENDING_OUT.rows(sessions, list({user.pk for user in users}))
    last = {(session, user): kind for session, user, kind in moves}
    return {whose for whose, kind in last.items() if kind == Kind.REMOVE}


def can_host(user: User, session: LiveSession) -> bool:
    """Who teaches, and whom a teacher lets help: all that is done in the room, but neither its end nor the minutes."""
    if can_teach(user, session.cohort):
        return True
    helps = session.events.last_about(user, Kind.HOST, Kind.UNHOST) == Kind.HOST
    return helps and can_view(user, session) and not is_removed(user, session)


def can_write_notes(user: User, session: LiveSession) -> bool:
    """Who leads and, where the notes are open to all, whoever takes part."""
    return (session.are_notes_open and can_view(user, session)) or can_host(user, session)


def waits(user: User, session: LiveSession) -> bool:
    """Whether the user is to wait until somebody lets them in; whoever was in the class does not, coming back.

    It costs a query only where everybody waits.
    """
    if session.lobby != Lobby.EVERYBODY or session.status not in LiveSession.COMING:
        return False
    was_let_in = session.waiters.filter(user=user, let_in_at__isnull=False).exists()
    return not was_let_in and not session.visits.filter(user=user).exists() and not can_host(user, session)


def guest_waits(guest: Guest, session: LiveSession) -> bool:
    """The same of a guest."""
    if session.lobby == Lobby.NOBODY or session.status not in LiveSession.COMING:
        return False
    let_in = Waiter.objects.filter(guest=guest, let_in_at__isnull=False)
    return not let_in.exists() and not guest.visits.exists()


def can_join(user: User, session: LiveSession) -> bool:
    """Whoever sees a class may wait for it and take part while it is on, unless sent out."""
    return session.status in LiveSession.COMING and can_view(user, session) and not is_removed(user, session)
