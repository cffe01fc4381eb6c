"""Commands about picture and sound: each looks the right up here, and says what is then done at the socket's desk."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from accounts.models import User
from live.commands.table import Command, Payload, Rate
from live.media.relay import BadDescription, Desk
from live.models import LiveSession
from live.queries.room import may_speak
from live.services import floor
from live.services.events import ClassNotBegun, ClassOver
from live.services.floor import MayNotSpeak
from live.sockets import Frame

MOST_LETTERS = 12_000  # of a session description
OWN_LINES = {"m=audio", "m=video"}  # what a browser may publish

Description = Annotated[str, StringConstraints(min_length=1, max_length=MOST_LETTERS)]
FeedId = Annotated[str, StringConstraints(max_length=64)]
What = Literal["camera", "screen"]
AtDesk = Callable[[Desk], Awaitable[Frame | None]]


class Nothing(Payload):
    pass


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


def media(session: LiveSession, *, by: User) -> AtDesk:
    """Take a desk; the answer says what one may and who publishes."""
    return greeting(session, may_speak=may_speak(_on(session), by))


def greeting(session: LiveSession, *, may_speak: bool) -> AtDesk:
    """Say at the desk of a class that is on whether one may speak there."""
    _on(session)

    async def greet(desk: Desk) -> Frame:
        return desk.greet() | {"may_speak": may_speak}

    return greet


def publish(session: LiveSession, *, what: What, sdp: str, sound: bool, picture: bool, by: User) -> AtDesk:
    """Raises MayNotSpeak, BadDescription."""
    if not may_speak(_on(session), by):
        raise MayNotSpeak
    lines = [line.partition(" ")[0] for line in sdp.splitlines() if line.startswith("m=")]
    if not sdp.startswith("v=0") or len(lines) > len(OWN_LINES) or not OWN_LINES.issuperset(lines):
        raise BadDescription
    return partial(Desk.publish, what=what, sdp=sdp, sound=sound, picture=picture)


def show(session: LiveSession, *, what: What, sound: bool, picture: bool, by: User) -> AtDesk:
    return partial(Desk.show, what=what, sound=sound, picture=picture)


def unpublish(session: LiveSession, *, what: What, by: User) -> AtDesk:
    return partial(Desk.unpublish, what=what)


def watch(session: LiveSession, *, feeds: dict[str, int | None], restart: bool, by: User) -> AtDesk:
    _on(session)
    return partial(Desk.watch, feeds=feeds, restart=restart)


def answer(session: LiveSession, *, sdp: str, by: User) -> AtDesk:
    return partial(Desk.answer, sdp=sdp)


def _on(session: LiveSession) -> LiveSession:
    """The class as it stands now. Raises ClassNotBegun, ClassOver."""
    session = LiveSession.objects.select_related("cohort").get(pk=session.pk)
    if session.status == LiveSession.Status.SCHEDULED:
        raise ClassNotBegun
    if session.status != LiveSession.Status.LIVE:
        raise ClassOver
    return session


COMMANDS = {
    "media": Command(Nothing, media, Rate(6, 20), at_desk=True),
    "publish": Command(Publish, publish, Rate(10, 20), at_desk=True),
    "show": Command(Show, show, Rate(10, 10), at_desk=True),
    "unpublish": Command(Unpublish, unpublish, Rate(10, 20), at_desk=True),
    "watch": Command(Watch, watch, Rate(20, 20), at_desk=True),
    "answer": Command(Answer, answer, Rate(20, 20), at_desk=True),
    "speak": Command(Who, partial(floor.set_speaking, speaking=True), Rate(10, 10)),
    "hush": Command(Who, partial(floor.set_speaking, speaking=False), Rate(10, 10)),
}
