"""Who is let into a class, and who helps to lead it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import InvalidInput
from base.lookup import named
from live import rules
from live.models import LiveSession, RoomEvent
from live.queries.room import has_hand_up, may_speak, participants
from live.services import presence
from live.services.events import TeachersOnly, enter, record_event

Kind = RoomEvent.Kind


@transaction.atomic
def set_removed(session: LiveSession, *, who: UUID, removed: bool, by: User) -> None:
    """Send somebody out, so that all their sockets are closed and none is opened, or let them in again.

    Raises InvalidInput and what `enter` raises.
    """
    session = enter(session, by=by, teaching=True)
    user = named(participants(session), "who", uuid=who)
    if user == by or rules.can_teach(user, session.cohort):
        raise InvalidInput(_("Who teaches the class cannot be sent out."), field="who")
    if rules.is_removed(user, session) == removed:
        return
    if removed and has_hand_up(session, user):
        record_event(session, Kind.LOWER, by=by, about=user)
    record_event(session, Kind.REMOVE if removed else Kind.READMIT, by=by, about=user)
    presence.send_out(session, user)
    _note_at_door(session, user, removed=removed)
    audit.record("session.sent-out" if removed else "session.let-in", session, by=by, who=str(user.uuid))


def _note_at_door(session: LiveSession, user: User, *, removed: bool) -> None:
    """Who is sent out waits no longer; who is let in again is let in."""
    now = timezone.now()
    door = session.waiters.filter(user=user)
    door.update(refused_at=now) if removed else door.update(refused_at=None, let_in_at=now)


@transaction.atomic
def set_host(session: LiveSession, *, who: UUID, host: bool, by: User) -> None:
    """Let somebody who takes part help to lead this class, with the word, or no longer. Only who teaches it does that.

    Raises TeachersOnly, InvalidInput and what `enter` raises.
    """
    if not rules.can_teach(by, session.cohort):
        raise TeachersOnly
    session = enter(session, by=by, teaching=True)
    user = named(participants(session), "who", uuid=who)
    if rules.can_teach(user, session.cohort):
        raise InvalidInput(_("This person teaches the class already."), field="who")
    if rules.can_host(user, session) != host:
        record_event(session, Kind.HOST if host else Kind.UNHOST, by=by, about=user)
        if host and not may_speak(session, user):
            record_event(session, Kind.SPEAK, by=by, about=user)
        audit.record("session.host-named" if host else "session.host-dismissed", session, by=by, who=str(user.uuid))
