"""Commands about the class itself, and about keeping in step with it."""

from pydantic import Field

from accounts.models import User
from live import rules
from live.commands.chat import MOST_SEQ
from live.commands.table import Command, Payload, Rate
from live.models import LiveSession
from live.queries.room import events_since
from live.schemas import event_data
from live.services import sessions
from live.services.events import TeachersOnly
from live.sockets import Frame

MOST_EVENTS = 200  # in one answer


class Nothing(Payload):
    pass


class Sync(Payload):
    since: int = Field(ge=0, le=MOST_SEQ)


def sync(session: LiveSession, *, since: int, by: User) -> Frame:
    """The events after number `since`; with `more`, ask on from the last of them."""
    events = [event_data(event) for event in events_since(session.pk, since, limit=MOST_EVENTS)]
    return {"op": "events", "events": events, "more": len(events) == MOST_EVENTS}


def start(session: LiveSession, *, by: User) -> None:
    _check_teaches(session, by)
    sessions.start_session(session, by=by)


def end(session: LiveSession, *, by: User) -> None:
    _check_teaches(session, by)
    sessions.end_session(session, by=by)


def _check_teaches(session: LiveSession, user: User) -> None:
    if not rules.can_teach(user, session.cohort):
        raise TeachersOnly


COMMANDS = {
    "sync": Command(Sync, sync, Rate(20, 20), answers=True, by_form=False),
    "start": Command(Nothing, start, Rate(4, 10)),
    "end": Command(Nothing, end, Rate(4, 10)),
}
