"""Commands about the class itself, and about keeping in step with it."""

from pydantic import Field

from accounts.models import User
from live import rules
from live.audience import redacted
from live.commands.chat import MOST_SEQ
from live.commands.table import Command, Payload, Rate
from live.models import Guest, LiveSession, RoomEvent
from live.queries.breakouts import told_of
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


def sync(session: LiveSession, *, since: int, by: User | Guest) -> Frame:
    """The events after number `since`; with `more`, ask on from the last of them."""
    events = events_since(session.pk, since, limit=MOST_EVENTS)
    return {"op": "events", "events": _told(session, events, by), "more": len(events) == MOST_EVENTS}


def _told(session: LiveSession, events: list[RoomEvent], reader: User | Guest) -> list[Frame]:
    """These events as the reader is told them: of what happened in groups of others, the number alone."""
    within = [event for event in events if event.breakout_id]
    told = told_of(session, reader, within) if within and isinstance(reader, User) else set()
    untold = {event.seq for event in within} - told
    return [redacted(event_data(event)) if event.seq in untold else event_data(event) for event in events]


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
