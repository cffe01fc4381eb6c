"""The hub by itself: order, gaps, slow readers, and two processes over Redis."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from channels.layers import channel_layers

from live.groups import tell
from live.hub import MOST_NAMED, Event, Hub, Pulse
from live.sockets import MOST_FRAMES, Close, Frame, Person, Socket
from tests.live.sockets import scenario, settle


class Database:
    """What the pulse reads: a room's events and people, written by hand."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.people: list[Person] = []
        self.ended: set[int] = set()
        self.pulses = 0

    def add(self) -> Event:
        event = {"seq": len(self.events) + 1, "kind": "say"}
        self.events.append(event)
        return event

    async def take_pulse(self, room: UUID, since: int | None, visits: set[int]) -> Pulse:
        self.pulses += 1
        events = [] if since is None else self.events[since:]
        return Pulse(len(self.events), events, list(self.people), visits - self.ended)


class Reader:
    """The far end of a socket; while `is_slow` it takes nothing more in."""

    def __init__(self, name: str, visit: int = 1) -> None:
        self.person = {"id": name, "name": name, "teaches": False}
        self.visit = visit
        self.frames: list[Frame] = []
        self.codes: list[int] = []
        self.is_ready = asyncio.Event()
        self.is_ready.set()

    async def take(self, message: dict[str, Any]) -> None:
        await self.is_ready.wait()
        if message["type"] == "websocket.close":
            self.codes.append(message["code"])
        else:
            self.frames.append(json.loads(message["text"]))

    def numbers(self) -> list[int]:
        return [event["seq"] for frame in self.frames for event in frame.get("events", ())]

    async def until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not happened():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def reading(hub: Hub, room: UUID, *readers: Reader) -> AsyncIterator[list[Socket]]:
    sockets = [Socket(reader.take, person=reader.person, visit=reader.visit) for reader in readers]
    rooms = [await hub.join(room, socket) for socket in sockets]
    try:
        yield sockets
    finally:
        for joined, socket in zip(rooms, sockets, strict=True):
            await hub.leave(joined, socket)
        assert not hub.rooms


@scenario
async def test_events_out_of_order_are_told_in_order_and_once() -> None:
    database, room, reader = Database(), uuid4(), Reader("a")
    hub = Hub(database.take_pulse)
    async with reading(hub, room, reader):
        first, second, third = database.add(), database.add(), database.add()
        for event in (second, third, first, second):
            await tell(room, events=[event], at_once=True)
        await reader.until(lambda: reader.numbers() == [1, 2, 3])
        await settle()
        assert reader.numbers() == [1, 2, 3]
        assert [frame["seq"] for frame in reader.frames if "events" in frame] == [3]


@scenario
async def test_event_that_never_came_is_fetched() -> None:
    database, room, reader = Database(), uuid4(), Reader("a")
    async with reading(Hub(database.take_pulse), room, reader):
        database.add()
        await tell(room, events=[database.add()], at_once=True)
        await reader.until(lambda: reader.numbers() == [1, 2])


@scenario
async def test_hands_and_presence_share_a_frame_and_a_message_takes_them_along() -> None:
    database, room, reader = Database(), uuid4(), Reader("a")
    async with reading(Hub(database.take_pulse), room, reader):
        await settle()
        reader.frames.clear()
        await tell(room, joined=[{"id": "b", "name": "b", "teaches": False}])
        await tell(room, events=[database.add()])
        await tell(room, left=["b"], joined=[{"id": "c", "name": "c", "teaches": True}])
        await asyncio.sleep(0.05)
        assert reader.frames == []
        await tell(room, events=[database.add()], at_once=True)
        await reader.until(lambda: reader.frames)
        (frame,) = reader.frames
        assert reader.numbers() == [1, 2]
        assert (frame["here"], [person["id"] for person in frame["joined"]], frame["left"]) == (2, ["c"], [])


@scenario
async def test_what_passes_is_gathered_by_key_and_told_once() -> None:
    database, room, reader = Database(), uuid4(), Reader("a")
    async with reading(Hub(database.take_pulse), room, reader):
        await settle()
        reader.frames.clear()
        for number in range(3):
            await tell(room, passing={"pointer": {"x": number}, "reactions": {"clap": 1, f"r{number}": 2}})
        await reader.until(lambda: reader.frames)
        await tell(room, events=[database.add()], at_once=True)
        await reader.until(lambda: len(reader.frames) == 2)
        counts = {"clap": 3, "r0": 2, "r1": 2, "r2": 2}
        assert reader.frames[0] == {"op": "news", "seq": 0, "passing": {"pointer": {"x": 2}, "reactions": counts}}
        assert "passing" not in reader.frames[1]


@scenario
async def test_slow_reader_waits_bounded_then_is_welcomed_anew() -> None:
    database, room, slow, quick = Database(), uuid4(), Reader("slow"), Reader("quick", visit=2)
    async with reading(Hub(database.take_pulse), room, slow, quick) as (socket, _):
        await settle()
        slow.frames.clear()
        slow.is_ready.clear()
        for _ in range(10):
            await tell(room, events=[database.add()], at_once=True)
        await quick.until(lambda: len(quick.numbers()) == 10)
        slow.is_ready.set()
        await slow.until(lambda: slow.numbers() == list(range(1, 11)))  # a little behind: nothing is lost
        slow.is_ready.clear()
        for _ in range(MOST_FRAMES + 20):
            await tell(room, events=[database.add()], at_once=True)
        await quick.until(lambda: len(quick.numbers()) == MOST_FRAMES + 30)
        assert len(socket._waiting) <= MOST_FRAMES
        slow.frames.clear()
        slow.is_ready.set()
        await slow.until(lambda: any(frame["op"] == "welcome" for frame in slow.frames))
        welcome = next(frame for frame in slow.frames if frame["op"] == "welcome")
        assert welcome["seq"] == MOST_FRAMES + 30
        assert len(slow.frames) < MOST_FRAMES
        await tell(room, events=[database.add()], at_once=True)
        await slow.until(lambda: slow.numbers()[-1:] == [MOST_FRAMES + 31])


@scenario
async def test_reader_that_is_gone_harms_nobody() -> None:
    database, room, quick = Database(), uuid4(), Reader("quick", visit=2)

    async def fail(message: object) -> None:
        raise ConnectionResetError

    gone = Reader("gone")
    gone.take = fail  # type: ignore[method-assign]  # its socket is gone
    async with reading(Hub(database.take_pulse), room, gone, quick):
        await tell(room, events=[database.add()], at_once=True)
        await quick.until(lambda: quick.numbers() == [1])


@scenario
async def test_silent_sockets_and_ended_visits_are_closed() -> None:
    database, room = Database(), uuid4()
    silent, ended, well = Reader("a", visit=1), Reader("b", visit=2), Reader("c", visit=3)
    hub = Hub(database.take_pulse)
    async with reading(hub, room, silent, ended, well) as sockets:
        sockets[0].heard_at -= 61
        database.ended = {2}
        await hub.rooms[room].pulse()
        assert (silent.codes, ended.codes, well.codes) == ([Close.SILENT], [Close.OVER], [])


@scenario
async def test_people_of_a_killed_process_go_with_a_pulse() -> None:
    database, room, reader = Database(), uuid4(), Reader("a")
    ghost = {"id": "ghost", "name": "ghost", "teaches": False}
    database.people = [ghost]
    hub = Hub(database.take_pulse)
    async with reading(hub, room, reader):
        assert reader.frames[0]["here"] == 2
        database.people = [reader.person]
        await settle()
        await hub.rooms[room].pulse()
        await reader.until(lambda: any(frame.get("left") == ["ghost"] for frame in reader.frames))


@scenario
async def test_large_room_names_only_who_teaches() -> None:
    database, room, reader = Database(), uuid4(), Reader("a")
    database.people = [{"id": f"{n}", "name": f"{n}", "teaches": n == 0} for n in range(MOST_NAMED + 5)]
    async with reading(Hub(database.take_pulse), room, reader):
        welcome = reader.frames[0]
        assert welcome["here"] == MOST_NAMED + 6
        assert [person["id"] for person in welcome["people"]] == ["0"]


@scenario
async def test_room_that_cannot_open_lets_nobody_in_and_opens_later() -> None:
    database, room, reader = Database(), uuid4(), Reader("a")
    is_away = True

    async def take_pulse(room: UUID, since: int | None, visits: set[int]) -> Pulse:
        if is_away:
            raise ConnectionError("the database is away")
        return await database.take_pulse(room, since, visits)

    hub = Hub(take_pulse)
    with pytest.raises(ConnectionError):
        await hub.join(room, Socket(reader.take, person=reader.person, visit=1))
    assert not hub.rooms
    is_away = False
    async with reading(hub, room, reader):
        assert reader.frames[0]["op"] == "welcome"


# --- Two processes ----------------------------------------------------------------------------
def over_redis(story: Callable[[Hub, Hub, Database], Awaitable[None]]) -> None:
    """Two hubs on the configured channel layer, as two processes have them."""
    database = Database()

    async def run() -> None:
        await story(Hub(database.take_pulse), Hub(database.take_pulse), database)
        await channel_layers["default"].flush()  # closes the connections of this loop

    async_to_sync(run)()


@pytest.mark.services
def test_two_processes_hear_the_same_each_once() -> None:
    async def story(one: Hub, two: Hub, database: Database) -> None:
        room, here, there = uuid4(), Reader("here"), Reader("there", visit=2)
        async with reading(one, room, here), reading(two, room, there):
            for _ in range(20):
                await tell(room, events=[database.add()], at_once=True)
            await here.until(lambda: here.numbers() == list(range(1, 21)))
            await there.until(lambda: there.numbers() == list(range(1, 21)))
            await here.until(lambda: any("there" in str(frame.get("joined")) for frame in here.frames))
        assert database.pulses == 2  # one as each opened: nothing was missing

    over_redis(story)


@pytest.mark.services
def test_who_leaves_one_process_and_stays_in_another_is_still_here() -> None:
    async def story(one: Hub, two: Hub, database: Database) -> None:
        room, here, tab, watcher = uuid4(), Reader("a"), Reader("a", visit=2), Reader("w", visit=3)
        async with reading(two, room, tab, watcher):
            async with reading(one, room, here):
                await settle()
            await settle()
            await settle()
            assert "a" in two.rooms[room].people
            assert not any("a" in frame.get("left", ()) for frame in watcher.frames)

    over_redis(story)
