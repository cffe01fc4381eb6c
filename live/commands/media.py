"""Commands about picture and sound: each looks the right up here, and says what is then done at the socket's desk."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from accounts.models import User
from live.commands.table import Command, Payload, Rate
from live.media.relay import BadDescription, Desk, NotAtDesk
from live.models import Guest, LiveSession
from live.queries.breakouts import may_publish, rooms_of
from live.services import floor
from live.services.breakouts import NotInBreakout
from live.services.events import ClassNotBegun, ClassOver
from live.services.floor import MayNotSpeak
from live.sockets import Frame

MOST_LETTERS = 12_000  # of a session description
OWN_LINES = {"m=audio", "m=video"}  # what a browser may publish

Description = Annotated[str, StringConstraints(min_length=1, max_length=MOST_LETTERS)]
FeedId = Annotated[str, StringConstraints(max_length=64)]
What = Literal["camera", "screen"]
AtDesk = Callable[[Desk], Awaitable[Frame | None]]


class Enter(Payload):
    breakout: UUID | None = None  # who leads looks into this group; others are where they are


class Publish(Payload):
    what: What
    sdp: Description
    sound: bool
    picture: bool


class Show(Payload):
    what: What
    sound: bool
    picture: bool


class Unpublish(Payload):
    what: What


class Watch(Payload):
    feeds: dict[FeedId, Annotated[int, Field(ge=0, le=2)] | None] = Field(max_length=16)
    restart: bool = False


class Answer(Payload):
    sdp: Description


class Who(Payload):
    who: UUID


@dataclass(frozen=True)
class Greeting:
    """What is said at a desk in a room of the media server: the class, or one of its groups."""

    room: str
    may_speak: bool

    async def __call__(self, desk: Desk) -> Frame:
        return desk.greet() | {"may_speak": self.may_speak}


def media(session: LiveSession, *, breakout: UUID | None, by: User) -> Greeting:
    """Take a desk; the answer says what one may and who publishes. Raises InvalidInput."""
    session = _on(session)
    rooms = rooms_of(session, by)
    room = str(breakout) if breakout else rooms[0]
    if room not in rooms:
        raise NotInBreakout
    return Greeting(room, may_publish(session, by, room))


def greeting(session: LiveSession) -> Greeting:
    """Take a desk from which one sees and hears the class."""
    return Greeting(str(_on(session).uuid), may_speak=False)


def publish(session: LiveSession, *, what: What, sdp: str, sound: bool, picture: bool, by: User) -> AtDesk:
    """Raises MayNotSpeak, BadDescription."""
    session = _on(session)
    rooms = [room for room in rooms_of(session, by) if may_publish(session, by, room)]
    if not rooms:
        raise MayNotSpeak
    lines = [line.partition(" ")[0] for line in sdp.splitlines() if line.startswith("m=")]
    if not sdp.startswith("v=0") or len(lines) > len(OWN_LINES) or not OWN_LINES.issuperset(lines):
        raise BadDescription
    return _within(rooms, partial(Desk.publish, what=what, sdp=sdp, sound=sound, picture=picture))


def show(session: LiveSession, *, what: What, sound: bool, picture: bool, by: User) -> AtDesk:
    return partial(Desk.show, what=what, sound=sound, picture=picture)


def unpublish(session: LiveSession, *, what: What, by: User) -> AtDesk:
    return partial(Desk.unpublish, what=what)


def watch(session: LiveSession, *, feeds: dict[str, int | None], restart: bool, by: User | Guest) -> AtDesk:
    session = _on(session)
    rooms = rooms_of(session, by) if isinstance(by, User) else [str(session.uuid)]
    return _within(rooms, partial(Desk.watch, feeds=feeds, restart=restart))


def answer(session: LiveSession, *, sdp: str, by: User) -> AtDesk:
    return partial(Desk.answer, sdp=sdp)


def _within(rooms: list[str], act: AtDesk) -> AtDesk:
    """Do it at a desk in one of these rooms: one may have been placed elsewhere since it was taken."""

    async def do(desk: Desk) -> Frame | None:
        if desk.room.name not in rooms:
            raise NotAtDesk
        return await act(desk)

    return do


def _on(session: LiveSession) -> LiveSession:
    """The class as it stands now. Raises ClassNotBegun, ClassOver."""
    session = LiveSession.objects.select_related("cohort").get(pk=session.pk)
    if session.status == LiveSession.Status.SCHEDULED:
        raise ClassNotBegun
    if session.status != LiveSession.Status.LIVE:
        raise ClassOver
    return session


COMMANDS = {
    "media": Command(Enter, media, Rate(6, 20), at_desk=True),
    "publish": Command(Publish, publish, Rate(10, 20), at_desk=True),
    "show": Command(Show, show, Rate(10, 10), at_desk=True),
    "unpublish": Command(Unpublish, unpublish, Rate(10, 20), at_desk=True),
    "watch": Command(Watch, watch, Rate(20, 20), at_desk=True),
    "answer": Command(Answer, answer, Rate(20, 20), at_desk=True),
    "speak": Command(Who, partial(floor.set_speaking, speaking=True), Rate(10, 10)),
    "hush": Command(Who, partial(floor.set_speaking, speaking=False), Rate(10, 10)),
}
