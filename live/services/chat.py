"""What is said in a class, and keeping order in it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.lookup import named
from live.models import LiveSession, RoomEvent
from live.queries.room import is_muted, participants
from live.services.events import enter, record_event

Kind = RoomEvent.Kind
LONGEST_MESSAGE = 1000


class Muted(DomainError):
    code = "muted"
    status = 403
    message = _("The teacher has asked you not to write for now.")


class NoSuchMessage(DomainError):
    code = "no-such-message"
    status = 404
    message = _("There is no such message in this class.")


def check_text(text: str) -> str:
    """The words of a message. Raises InvalidInput."""
    text = text.strip()
    if not text or len(text) > LONGEST_MESSAGE or "\0" in text:
        raise InvalidInput(_("A message has from 1 to %(most)d characters.") % {"most": LONGEST_MESSAGE}, field="text")
    return text


@transaction.atomic
def say(session: LiveSession, *, text: str, key: UUID | None = None, by: User) -> RoomEvent:
    """Write a message to all; one with the same `key` is the one there is.

    Raises InvalidInput, Muted and what `enter` raises.
    """
    text = check_text(text)
    session = enter(session, by=by)
    if key and (same := session.events.filter(key=key, user=by).first()):
        return same
    if is_muted(session, by):
        raise Muted
    return record_event(session, Kind.SAY, by=by, body={"text": text}, key=key)


@transaction.atomic
def hide_message(session: LiveSession, *, seq: int, by: User) -> None:
    """Take a message out of everybody's sight; the row stays. Raises NoSuchMessage and what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    if not session.events.filter(seq=seq, kind__in=RoomEvent.SAID).exists():
        raise NoSuchMessage
    if not session.events.filter(kind=Kind.HIDE, body__of=seq).exists():
        record_event(session, Kind.HIDE, by=by, body={"of": seq})
        audit.record("session.message-hidden", session, by=by, seq=seq)


@transaction.atomic
def set_muted(session: LiveSession, *, who: UUID, muted: bool, by: User) -> None:
    """Stop a learner from writing, or allow it again. Raises InvalidInput and what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    user = named(participants(session), "who", uuid=who)
    if user == by:
        raise InvalidInput(_("You cannot stop yourself from writing."), field="who")
    if is_muted(session, user) != muted:
        record_event(session, Kind.MUTE if muted else Kind.UNMUTE, by=by, about=user)
        audit.record("session.muted" if muted else "session.unmuted", session, by=by, who=str(user.uuid))
