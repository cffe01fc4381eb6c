"""The relay between browsers and Janus: a desk for each socket, a room for each class that somebody here is in.

Browsers never reach Janus itself: what they ask comes through the socket of the class, after its rights were looked up,
and goes to the room of that class and to no other. A desk ends with its socket, and with it all that it published.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from base.errors import DomainError
from live.hub import Event
from live.media.janus import NO_SUCH_ROOM, MediaServerAway, Refusal
from live.media.link import Handle, Link, Said
from live.media.tokens import ice_servers, room_token
from live.sockets import Frame, Person, encode

GATHER_SECONDS = 0.1  # changes of who publishes share a frame
PUBLISHERS_FULL = 432
HEEDED = frozenset({"hush", "unhost", "breakouts", "breakout-place", "breakouts-over"})
OTHERS = "others"  # the leg on which a browser takes in what the others publish


class MediaAway(DomainError):
    code = "media-away"
    status = 503
    message = _("Picture and sound cannot be reached just now.")


class NotAtDesk(DomainError):
    code = "not-watching"
    message = _("Ask for picture and sound first.")


class RoomFull(DomainError):
    code = "too-many-pictures"
    message = _("There are as many cameras and screens as this class can show.")


class BadDescription(DomainError):
    code = "bad-description"
    status = 422
    message = _("The description of picture and sound cannot be read.")


@contextmanager
def spoken() -> Iterator[None]:
    """Turn what Janus refuses into refusals of ours."""
    try:
        yield
    except MediaServerAway as error:
        raise MediaAway from error
    except Refusal as refusal:
        raise REFUSALS.get(refusal.code, BadDescription) from refusal


REFUSALS: dict[int, type[DomainError]] = {PUBLISHERS_FULL: RoomFull, NO_SUCH_ROOM: MediaAway}


@dataclass
class Feed:
    """One camera with its microphone, or one screen, that is published."""

    id: str
    who: str
    what: str
    name: str = ""
    sound: bool = False
    picture: bool = False

    def read(self, display: str) -> None:
        """Take in what the publisher's desk says of it; it alone writes there."""
        with suppress(ValueError, TypeError):
            said = json.loads(display)
            self.name, self.sound, self.picture = said["name"], said["sound"], said["picture"]

    def data(self) -> Frame:
        return {"feed": self.id, "by": {"id": self.who, "name": self.name}} | {
            "what": self.what,
            "sound": self.sound,
            "picture": self.picture,
        }


class MediaRoom:
    """What this process knows of one room of Janus: who publishes, and the desks here that are told."""

    def __init__(self, name: str, session: str) -> None:
        self.name = name
        self.session = session  # the class, whose name its main room has
        self.feeds: dict[str, Feed] = {}
        self.desks: set[Desk] = set()
        self.joining = 0
        self.opened: asyncio.Future[None]
        self.observer: Handle | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def open(self, link: Link) -> None:
        self.observer = await link.attach(self.hear)
        said = await self.observer.ask("join", ptype="publisher", room=self.name, token=room_token(self.name))
        self._note(said.data)

    def hear(self, said: Said) -> None:
        """Take in who began and stopped publishing."""
        self._note(said.data)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._tell)

    def _note(self, data: dict[str, Any]) -> None:
        for publisher in data.get("publishers", ()):
            what, _dot, rest = publisher["id"].partition(".")
            feed = self.feeds.setdefault(publisher["id"], Feed(publisher["id"], rest.partition(".")[0], what))
            feed.read(publisher.get("display", ""))
        for change in ("unpublished", "leaving", "kicked"):
            self.feeds.pop(str(data.get(change)), None)
        if "display" in data and data.get("id") in self.feeds:
            self.feeds[data["id"]].read(data["display"])

    def _tell(self) -> None:
        self._timer = None
        text = encode({"op": "feeds", "feeds": self.feeds_data()})
        for desk in tuple(self.desks):
            if not desk.is_closed:
                desk.write(text)

    def feeds_data(self) -> list[Frame]:
        return [feed.data() for feed in self.feeds.values()]

    async def shut(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self.observer:
            await self.observer.detach()


class Desk:
    """What one socket publishes and watches. One command at a time, as the socket takes them."""

    def __init__(self, room: MediaRoom, link: Link, person: Person, write: Callable[[str], None]) -> None:
        self.room = room
        self.person = person
        self.write = write
        self.is_closed = False
        self._link = link
        self._name = token_hex(8)
        self._legs: dict[str, Handle] = {}
        self._streams: list[dict[str, Any]] = []  # of the leg to the others, as Janus numbers them
        self._watched: set[str] = set()

    def is_in(self, room: str) -> bool:
        return self.room.name == room and not self.is_closed

    def greet(self) -> Frame:
        """What a client needs to begin: who publishes, and by which relays it may go."""
        return {
            "op": "media",
            "desk": self._name,
            "servers": ice_servers(self.person["id"]),
            "feeds": self.room.feeds_data(),
        }

    async def publish(self, *, what: str, sdp: str, sound: bool, picture: bool) -> Frame:
        """Publish a camera or a screen, or describe it anew. Raises RoomFull, MediaAway, BadDescription."""
        display = self._display(sound, picture)
        leg = self._legs.get(what)
        if leg:
            said = await leg.ask("configure", sdp=sdp, display=display)
        else:
            leg = self._legs[what] = await self._link.attach(lambda said: self._hear(what, said))
            feed = f"{what}.{self.person['id']}.{token_hex(4)}"
            place = {"room": self.room.name, "token": room_token(self.room.name)}
            try:
                said = await leg.ask("joinandconfigure", sdp=sdp, ptype="publisher", id=feed, display=display, **place)
            except (Refusal, MediaServerAway):
                await self.unpublish(what=what)
                raise
        if not said.sdp:
            raise BadDescription
        return {"op": "published", "what": what, "sdp": said.sdp}

    async def show(self, *, what: str, sound: bool, picture: bool) -> None:
        """Tell the others whether the microphone and the camera are on."""
        if leg := self._legs.get(what):
            await leg.ask("configure", display=self._display(sound, picture))

    async def unpublish(self, *, what: str) -> None:
        if leg := self._legs.pop(what, None):
            await leg.detach()

    async def watch(self, *, feeds: dict[str, int | None], restart: bool = False) -> None:
        """Take in these feeds and no others: the sound, and the picture in a size from 0 to 2 or, if None, not at all.

        What has to be described anew comes as a frame `offer`.
        """
        there = {feed: size for feed, size in feeds.items() if feed in self.room.feeds}
        own = {feed for feed in there if self.room.feeds[feed].who == self.person["id"]}
        wanted = {feed: size for feed, size in there.items() if feed not in own}
        if OTHERS not in self._legs:
            await self._begin(wanted)
        else:
            await self._change(wanted)
        await self._choose_sizes(wanted, restart=restart)

    async def _begin(self, wanted: Iterable[str]) -> None:
        streams = [{"feed": feed} for feed in wanted]
        if not streams:
            return
        leg = self._legs[OTHERS] = await self._link.attach(lambda said: self._hear(OTHERS, said))
        place = {"room": self.room.name, "token": room_token(self.room.name)}
        try:
            said = await leg.ask("join", ptype="subscriber", use_msid=True, streams=streams, **place)
        except (Refusal, MediaServerAway):
            await self.unpublish(what=OTHERS)
            raise
        self._watched = set(wanted)
        self._hear(OTHERS, said)

    async def _change(self, wanted: Iterable[str]) -> None:
        more = [{"feed": feed} for feed in wanted if feed not in self._watched]
        less = [{"feed": feed} for feed in self._watched.difference(wanted)]
        self._watched = set(wanted)
        fields: dict[str, Any] = ({"subscribe": more} if more else {}) | ({"unsubscribe": less} if less else {})
        if fields:
            self._hear(OTHERS, await self._legs[OTHERS].ask("update", **fields))

    async def _choose_sizes(self, wanted: dict[str, int | None], *, restart: bool) -> None:
        streams = [
            {"mid": stream["mid"], "send": wanted[stream["feed_id"]] is not None}
            | ({} if wanted[stream["feed_id"]] is None else {"substream": wanted[stream["feed_id"]]})
            for stream in self._streams
            if stream["type"] == "video" and stream.get("feed_id") in wanted
        ]
        if OTHERS in self._legs and (streams or restart):
            self._hear(OTHERS, await self._legs[OTHERS].ask("configure", streams=streams, restart=restart))

    async def answer(self, *, sdp: str) -> None:
        """Take the client's answer to an `offer`."""
        if leg := self._legs.get(OTHERS):
            await leg.ask("start", sdp=sdp, kind="answer")

    async def silence(self) -> None:
        """Stop all that is published here: the word was taken back."""
        for what in [each for each in self._legs if each != OTHERS]:
            await self.unpublish(what=what)
            self.write(encode({"op": "cut", "what": what}))

    async def part(self) -> None:
        """End all that goes over this desk, and say so."""
        if not self.is_closed:
            await self.close()
            self.write(encode({"op": "cut", "what": "all"}))

    def _hear(self, what: str, said: Said) -> None:
        if said.has_ended:
            self._legs.pop(what, None)
            self.write(encode({"op": "cut", "what": what}))
            return
        if what != OTHERS:
            return
        if "streams" in said.data:
            self._streams = said.data["streams"]
        if said.sdp:
            streams = [
                {"mid": each["mid"], "feed": each["feed_id"], "kind": each["type"]}
                for each in self._streams
                if each.get("active") and "feed_id" in each
            ]
            self.write(encode({"op": "offer", "sdp": said.sdp, "streams": streams}))

    def _display(self, sound: bool, picture: bool) -> str:
        return json.dumps({"name": self.person["name"], "sound": sound, "picture": picture}, ensure_ascii=False)

    async def close(self) -> None:
        self.is_closed = True
        for what in tuple(self._legs):
            await self.unpublish(what=what)


class Relay:
    """The rooms that have a desk in this process, over one link that lives as long as any of them."""

    def __init__(self, ask_for_rooms: Callable[[], Awaitable[object]]) -> None:
        self.rooms: dict[str, MediaRoom] = {}
        self._ask_for_rooms = ask_for_rooms  # when Janus does not know a room that should be there
        self._link: asyncio.Task[Link] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def enter(self, uuid: UUID, person: Person, write: Callable[[str], None], name: str = "") -> Desk:
        """Take a desk in the room of a class or, by its name, of a group. Raises MediaServerAway, Refusal."""
        name = name or str(uuid)
        room = self.rooms.get(name)
        if room is None:
            room = self.rooms[name] = MediaRoom(name, str(uuid))
            room.opened = asyncio.ensure_future(self._open(room))
        room.joining += 1
        try:
            await asyncio.shield(room.opened)
        except BaseException:
            room.joining -= 1
            await self._shut_if_empty(room)
            raise
        room.joining -= 1
        assert self._link
        desk = Desk(room, self._link.result(), person, write)
        room.desks.add(desk)
        return desk

    async def _open(self, room: MediaRoom) -> None:
        self._link = self._link or asyncio.create_task(self._connect())
        try:
            link = await asyncio.shield(self._link)
        except (Refusal, MediaServerAway):
            self._link = None
            raise
        try:
            await room.open(link)
        except Refusal as refusal:
            if refusal.code == NO_SUCH_ROOM:
                await self._ask_for_rooms()
            raise

    async def _connect(self) -> Link:
        link = Link(self._lose)
        await link.open()
        return link

    def _lose(self) -> None:
        """Janus is gone, and with it all desks: their clients begin anew."""
        self._link = None
        rooms, self.rooms = self.rooms, {}
        for room in rooms.values():
            for desk in room.desks:
                desk.is_closed = True
                desk.write(encode({"op": "cut", "what": "all"}))

    async def leave(self, desk: Desk) -> None:
        """Give a desk up with all that it published; a second time does nothing."""
        room = desk.room
        if desk not in room.desks:
            return
        room.desks.discard(desk)
        await desk.close()
        await self._shut_if_empty(room)

    async def _shut_if_empty(self, room: MediaRoom) -> None:
        if not room.desks and not room.joining and self.rooms.get(room.name) is room:
            del self.rooms[room.name]
            await room.shut()
        if not self.rooms and self._link:
            link, self._link = self._link, None
            with suppress(MediaServerAway, Refusal):
                await (await link).shut()

    def heed(self, uuid: UUID, event: Event) -> None:
        """Do what an event of the class asks for, in every process and at once.

        Who may no longer speak is silent; who was placed elsewhere loses the desk, and asks for another.
        """
        acts = [
            act
            for room in (self.rooms.values() if event["kind"] in HEEDED else ())
            if room.session == str(uuid)
            for desk in room.desks
            if (act := _asked_of(desk, event))
        ]
        for act in acts:
            task = asyncio.get_running_loop().create_task(act)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def _asked_of(desk: Desk, event: Event) -> Coroutine[Any, Any, None] | None:
    """What an event asks of a desk in the class."""
    main, there, who = desk.room.session, desk.room.name, desk.person["id"]
    is_about = event.get("about", {}).get("id") == who
    match event["kind"]:
        case "hush":
            return desk.silence() if is_about and there == main else None
        case "unhost" if is_about:
            due = main
        case "breakouts-over":
            due = main
        case "breakout-place" if is_about:
            due = event["to"] or main
        case "breakouts":
            due = next((each["id"] for each in event["breakouts"] if who in each["people"]), there)
        case _:
            due = there
    return None if due == there else desk.part()
