"""What is spoken in a class, typed along for whoever does not hear it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import InvalidInput
from live.models import LiveSession, RoomEvent
from live.services.events import enter, record_event

LONGEST_LINE = 300


@transaction.atomic
def caption(session: LiveSession, *, text: str, key: UUID, by: User) -> RoomEvent:
    """Show a line of what is spoken to all; one with the same `key` is the one there is.

    Raises InvalidInput and what `enter` raises.
    """
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_LINE or "\0" in text:
        words = _("A line of captions has from 1 to %(most)d characters.")
        raise InvalidInput(words, field="text", values={"most": LONGEST_LINE})
    session = enter(session, by=by, teaching=True)
    if same := session.events.filter(key=key, user=by).first():
        return same
    return record_event(session, RoomEvent.Kind.CAPTION, by=by, body={"text": text}, key=key)
