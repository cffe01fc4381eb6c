"""One hub per process: it carries what happens in a room to every socket of it here, encoded once.

The first socket of a room subscribes one channel of the channel layer, the last one gives it up. Sockets hold no
channel of their own: dispatching to each would cost ten times as much. docs/subsystems/live.md tells the whole story.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from channels.layers import channel_layers

from live import groups
from live.audience import CHANGES, Audience, told_in
from live.sockets import Close, Frame, Person, Socket, encode

TELL_SECONDS = 0.05  # who comes and goes waits for so long, to share a message to the other processes
GATHER_SECONDS = 0.2  # who comes and goes and whose hand is up waits for so long, to share a frame
PULSE_SECONDS = 15.0  # how often a room asks the database what it may have missed
SILENCE_SECONDS = 60.0  # a client that says nothing for so long, no heartbeat either, is gone
MOST_NAMED = 200  # in a room of more people only those who teach are named, the others counted
MOST_SOCKETS = 6  # of one person in one room and process
SUMMED = frozenset({"reactions"})  # what passes in counts, which add up until they are told

Event = dict[str, Any]
logger = logging.getLogger(__name__)


class TooManySockets(Exception):
    """Somebody has as many sockets in a room as one may."""


@dataclass
class Pulse:
    """What the database says of a room: its last number, what was missed, who is here, which visits go on."""

    seq: int
    events: list[Event] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    visits: set[int] = field(default_factory=set)
    audience: Audience | None = None  # asked for once, when a room opens: the events tell how it goes on


# Asks for the events after a number (None: for none of them) and says which visits gave a sign of life.
TakePulse = Callable[[UUID, int | None, set[int]], Awaitable[Pulse]]
# Says how these things in the room stand now, by the keys under which they pass.
LookUp = Callable[[UUID, set[str]], Awaitable[dict[str, Any]]]


# Does here what an event asks of the server itself; called once for each, in their order.
Heed = Callable[[UUID, Event], None]


class Room:
    """What this process knows of one class: its sockets, the last number that they were sent, and who is here."""

    def __init__(
        self, uuid: UUID, take_pulse: TakePulse, layer: str, heed: Heed, look_up: LookUp | None = None
    ) -> None:
        self.uuid = uuid
        self.seq = 0
        self.sockets: set[Socket] = set()
        self.tabs: Counter[str] = Counter()  # how many of the sockets each person has
        self.joining = 0  # sockets that wait for the room to open
        self.people: dict[str, Person] = {}
        self.audience = Audience()
        self.opened = asyncio.ensure_future(self._open())
        self._take_pulse = take_pulse
        self._look_up = look_up
        self._layer = layer
        self._heed = heed
        self._channel = ""
        self._early: dict[int, Event] = {}  # came before one with a smaller number
        self._events: list[Event] = []
        self._joined: dict[str, Person] = {}
        self._left: set[str] = set()
        self._passing: dict[str, Any] = {}
        self._stale: set[str] = set()
        self._looking: asyncio.Task[None] | None = None
        self._moved: set[str] = set()  # came or went since the last pulse was asked for
        self._timer: asyncio.TimerHandle | None = None
        self._missing = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._come: dict[str, Person] = {}
        self._gone: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    async def _open(self) -> None:
        layer = channel_layers[self._layer]
        self._channel = await layer.new_channel()
        await layer.group_add(groups.room_group(self.uuid), self._channel)
        pulse = await self._take_pulse(self.uuid, None, set())  # after subscribing, so that nothing falls between
        self.seq = pulse.seq
        self.audience = pulse.audience or Audience()
        self.people = {person["id"]: person for person in pulse.people}
        self._tasks = [asyncio.create_task(self._pump()), asyncio.create_task(self._keep_pulse())]

    async def shut(self) -> None:
        tasks = [task for task in (self.opened, self._telling, self._looking, *self._tasks) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._tell_gathered()
        if self._timer:
            self._timer.cancel()
        if self._channel:
            try:
                await channel_layers[self._layer].group_discard(groups.room_group(self.uuid), self._channel)
            except Exception:  # the channel layer is away, and has forgotten it
                logger.exception("Class %s could not be unsubscribed", self.uuid)

    async def _pump(self) -> None:
        layer = channel_layers[self._layer]
        while True:
            message = await layer.receive(self._channel)
            self.take(**{name: value for name, value in message.items() if name != "type"})

    def take(
        self,
        *,
        events: Iterable[Event] = (),
        joined: Iterable[Person] = (),
        left: Iterable[str] = (),
        passing: Mapping[str, Any] | None = None,
        stale: Iterable[str] = (),
        removed: Collection[str] = (),
        at_once: bool = False,
    ) -> None:
        """Let news wait for their frame, events in the order of their numbers and each once.

        What is `passing` has no number and is kept by nobody here: of each key the newest value is told, or the sum.
        What is `stale` is looked up once for all who say so, and then passes.
        Who was `removed` hears of it and is parted with.
        """
        self._note_events(events)
        self._note_passing(passing or {})
        self._stale.update(stale)
        if self._stale and self._look_up and self._looking is None:
            self._looking = asyncio.create_task(self._look())
        for person in joined:
            self._note_joined(person)
        for person_id in left:
            self._note_left(person_id)
        if at_once or removed:
            self.flush()
            for socket in [each for each in self.sockets if each.person["id"] in removed]:
                socket.close(Close.SENT_OUT)
        if self._timer is None and (self._events or self._joined or self._left or self._passing):
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self.flush)

    def _note_events(self, events: Iterable[Event]) -> None:
        self._early |= {event["seq"]: event for event in events if event["seq"] > self.seq}
        while event := self._early.pop(self.seq + 1, None):
            if event["kind"] in CHANGES:
                self._part_audiences(event)
            self.seq += 1
            self._events.append(event)
            self._heed(self.uuid, event)
        if self._early:
            self._missing.set()

    def _part_audiences(self, event: Event) -> None:
        """Let who is told what change; what waits is for those who were there before."""
        if any("breakout" in each for each in self._events):
            self.flush()
        self.audience.note(event)

    def _note_passing(self, passing: Mapping[str, Any]) -> None:
        for key, value in passing.items():
            summed = Counter(self._passing.get(key, {})) + Counter(value) if key in SUMMED else value
            self._passing[key] = summed

    def _note_joined(self, person: Person) -> None:
        person_id = person["id"]
        self._moved.add(person_id)
        if person_id not in self.people:
            self.people[person_id] = person
            if person_id in self._left:
                self._left.discard(person_id)
            else:
                self._joined[person_id] = person

    def _note_left(self, person_id: str) -> None:
        self._moved.add(person_id)
        if self.has(person_id):  # left elsewhere, and is still here
            self.tell_soon(joined=[self.people[person_id]])
        elif self.people.pop(person_id, None) and not self._joined.pop(person_id, None):
            self._left.add(person_id)

    def flush(self) -> None:
        """Send what waits, as one frame, to every socket."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        frame: Frame = {"op": "news", "seq": self.seq}
        if self._events:
            frame["events"] = self._events
        if self._joined or self._left:
            frame |= {"here": len(self.people), "joined": self._named(self._joined), "left": sorted(self._left)}
        if self._passing:
            frame["passing"] = self._passing
        self._events, self._joined, self._left, self._passing = [], {}, set(), {}
        if any("breakout" in event for event in frame.get("events", ())):
            self._tell_apart(frame)
        elif len(frame) > 2:
            message = {"type": "websocket.send", "text": encode(frame)}
            for socket in tuple(self.sockets):
                socket.put(message)

    def _tell_apart(self, frame: Frame) -> None:
        """Send a frame with what happened within groups: encoded once for each group, to others without it."""
        messages: dict[str, Frame] = {}
        for socket in tuple(self.sockets):
            place = self.audience.place_of(socket.person)
            if place not in messages:
                text = encode(frame | {"events": told_in(place, frame["events"])})
                messages[place] = {"type": "websocket.send", "text": text}
            socket.put(messages[place])

    def welcome(self) -> str:
        """The frame from which a client goes on: the last number, and who is here."""
        frame = {"op": "welcome", "seq": self.seq, "here": len(self.people), "people": self._named(self.people)}
        return encode(frame)

    def _named(self, people: dict[str, Person]) -> list[Person]:
        return [person for person in people.values() if person["teaches"] or len(self.people) <= MOST_NAMED]

    def add(self, socket: Socket) -> None:
        """Take a socket in. Raises TooManySockets."""
        if self.tabs[socket.person["id"]] >= MOST_SOCKETS:
            raise TooManySockets
        self.tabs[socket.person["id"]] += 1
        self.sockets.add(socket)

    def remove(self, socket: Socket) -> None:
        person_id = socket.person["id"]
        self.tabs[person_id] -= 1
        if not self.tabs[person_id]:
            del self.tabs[person_id]
        self.sockets.remove(socket)

    def has(self, person_id: str) -> bool:
        return person_id in self.tabs

    async def tell(self, **news: Any) -> None:
        """Hand news to every process that has a socket in this room, this one too."""
        try:
            await groups.tell(self.uuid, layer=self._layer, **news)
        except Exception:  # the channel layer is away: the next pulse of each process finds who is here
            logger.exception("News of class %s reached nobody", self.uuid)

    def tell_soon(self, *, joined: Iterable[Person] = (), left: Iterable[str] = ()) -> None:
        """Hand over who came and went, gathered: where hundreds come within a second they share a few messages."""
        for person in joined:
            self._gone.discard(person["id"])
            self._come[person["id"]] = person
        for person_id in left:
            self._come.pop(person_id, None)
            self._gone.add(person_id)
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell_gathered(TELL_SECONDS))

    async def _tell_gathered(self, seconds: float = 0.0) -> None:
        await asyncio.sleep(seconds)
        self._telling = None
        come, gone, self._come, self._gone = self._come, self._gone, {}, set()
        if come or gone:
            await self.tell(joined=list(come.values()), left=sorted(gone))

    async def _look(self) -> None:
        """Look up what is stale, no more often than frames are gathered, until nothing is."""
        assert self._look_up
        try:
            while self._stale:
                await asyncio.sleep(GATHER_SECONDS)
                stale, self._stale = self._stale, set()
                self.take(passing=await self._look_up(self.uuid, stale), at_once=True)
        except Exception:  # the database is away: whoever changes it next has it looked up again
            logger.exception("What passes in class %s was not looked up", self.uuid)
        finally:
            self._looking = None

    async def _keep_pulse(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._missing.wait(), PULSE_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)  # what is missing is mostly on its way
            self._missing.clear()
            try:
                await self.pulse()
            except Exception:  # the database is away: the next pulse finds what this one would have
                logger.exception("The pulse of class %s was missed", self.uuid)

    async def pulse(self) -> None:
        """Fetch what was missed, say which visits go on, and part with those that do not."""
        silent_since = asyncio.get_running_loop().time() - SILENCE_SECONDS
        heard = {socket.visit: socket for socket in self.sockets if socket.heard_at > silent_since}
        for socket in self.sockets - set(heard.values()):
            socket.close(Close.SILENT)
        self._moved = set()
        pulse = await self._take_pulse(self.uuid, self.seq, set(heard))
        here = {person["id"]: person for person in pulse.people if person["id"] not in self._moved}
        gone = [each for each in self.people.keys() - here.keys() - self._moved if not self.has(each)]
        self.take(events=pulse.events, joined=here.values(), left=gone, at_once=bool(pulse.events))
        for visit, socket in heard.items():
            if visit not in pulse.visits:
                socket.close(Close.OVER)
        if pulse.seq > self.seq:
            self._missing.set()


class Hub:
    """The rooms that have a socket in this process."""

    def __init__(
        self,
        take_pulse: TakePulse,
        layer: str = groups.LAYER,
        heed: Heed = lambda room, event: None,
        look_up: LookUp | None = None,
    ) -> None:
        self.rooms: dict[UUID, Room] = {}
        self._take_pulse = take_pulse
        self._look_up = look_up
        self._layer = layer
        self._heed = heed

    def is_full(self, uuid: UUID, person_id: str) -> bool:
        """Whether somebody has as many sockets in a room as one may; other threads may ask."""
        room = self.rooms.get(uuid)
        return room is not None and room.tabs.get(person_id, 0) >= MOST_SOCKETS

    async def join(self, uuid: UUID, socket: Socket) -> Room:
        """Add a socket to its room and write its welcome. Raises TooManySockets."""
        room = self.rooms.get(uuid)
        if room is None:
            room = self.rooms[uuid] = Room(uuid, self._take_pulse, self._layer, self._heed, self._look_up)
        room.joining += 1
        try:
            await asyncio.shield(room.opened)
        except BaseException:
            room.joining -= 1
            await self._shut_if_empty(room)
            raise
        room.joining -= 1
        is_new = not room.has(socket.person["id"])
        room.add(socket)
        room.take(joined=[socket.person])
        socket.welcome = room.welcome
        socket.write(room.welcome())
        if is_new:
            room.tell_soon(joined=[socket.person])
        return room

    async def leave(self, room: Room, socket: Socket) -> None:
        """Take a socket out of its room; a second time does nothing."""
        if socket not in room.sockets:
            return
        room.remove(socket)
        socket.drop()
        if not room.has(socket.person["id"]):
            room.tell_soon(left=[socket.person["id"]])
        await self._shut_if_empty(room)

    async def _shut_if_empty(self, room: Room) -> None:
        if not room.sockets and not room.joining and self.rooms.get(room.uuid) is room:
            del self.rooms[room.uuid]
            await room.shut()
