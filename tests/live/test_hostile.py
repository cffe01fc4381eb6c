"""Clients that mean harm: each is refused, and the others in the room do not notice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from live.consumers import HUB
from live.hub import MOST_SOCKETS
from live.models import LiveSession, RoomEvent, Visit
from live.sockets import MOST_FRAMES, Close
from tests.live.conftest import Class
from tests.live.factories import make_live_cohort, make_session
from tests.live.sockets import Client, connected, joined, open_socket, scenario, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def watched(room: Class) -> AsyncIterator[Client]:
    """A neighbour, who afterwards is still answered, and saw nothing of what was refused."""
    async with joined(room.session, room.other) as neighbour:
        yield neighbour
        await neighbour.send("beat")
        while (frame := await neighbour.hear())["op"] != "beat":
            assert "events" not in frame
    assert await RoomEvent.objects.filter(session=room.session, kind="say").acount() == 0


# --- Too large ---------------------------------------------------------------------------------
@scenario
async def test_binary_frame_closes(room: Class) -> None:
    async with watched(room), joined(room.session, room.learner) as learner:
        await learner.socket.send_input({"type": "websocket.receive", "bytes": b'{"op":"beat"}'})
        assert await learner.close_code() == Close.TOO_LARGE


@pytest.mark.parametrize(
    "text",
    [
        '{"op":"say","text":' + "[" * 7000 + "]" * 7000 + "}",
        '{"op":"say","key":' + '{"a":' * 2500 + "1" + "}" * 2500 + "}",
        '{"op":"hide","seq":' + "9" * 5000 + "}",
        '{"op":"sync","since":1e309}',
        '{"op":"sync","since":NaN}',
        '{"op":"say","text":"\\ud800","key":"16622986-83d2-484e-8b50-67b011315d5a"}',
    ],
)
def test_deep_and_endless_values_are_refused_and_the_socket_lives(text: str, room: Class) -> None:
    @scenario
    async def story() -> None:
        async with watched(room), joined(room.session, room.learner) as learner:
            await learner.send_text(text)
            assert (await learner.hear("error"))["code"] in {"unknown-command", "invalid"}
            await learner.send("beat")
            await learner.hear("beat")

    story()


# --- Too many ----------------------------------------------------------------------------------
@scenario
async def test_a_flood_of_sockets_of_one_person_leaves_as_many_as_one_may_have(room: Class) -> None:
    """All at once, so that none can be counted before the next is let in."""
    async with watched(room), AsyncExitStack() as stack:
        sockets = [stack.enter_async_context(connected(room.session, room.learner)) for _ in range(5 * MOST_SOCKETS)]
        flood = [await each for each in sockets]
        first = await asyncio.gather(*(each.socket.receive_output(timeout=5) for each in flood))
        codes = [message["code"] for message in first if message["type"] == "websocket.close"]
        assert codes == [Close.TOO_MANY] * (4 * MOST_SOCKETS)
        assert HUB.rooms[room.session.uuid].tabs[str(room.learner.uuid)] == MOST_SOCKETS
    visits = Visit.objects.filter(user=room.learner)
    assert await visits.filter(left_at=None).acount() == 0
    assert room.session.uuid not in HUB.rooms


@scenario
async def test_who_reads_nothing_is_held_up_alone(room: Class) -> None:
    """A reader that takes nothing in costs a bounded number of frames, and the others nothing."""
    async with watched(room), joined(room.session, room.learner) as learner:
        socket = next(
            each for each in HUB.rooms[room.session.uuid].sockets if each.person["id"] == str(room.learner.uuid)
        )
        is_ready = asyncio.Event()
        send = socket._send

        async def wait_and_send(message: object) -> None:
            await is_ready.wait()
            await send(message)

        socket._send = wait_and_send  # as a server waits whose buffer for this reader is full
        for _ in range(3 * MOST_FRAMES):
            socket.write('{"op":"noise"}')
        assert len(socket._waiting) <= MOST_FRAMES
        is_ready.set()
        assert (await learner.hear("welcome"))["here"] == 2


# --- Out of turn, or of another room -----------------------------------------------------------
@scenario
async def test_commands_for_another_room_reach_nothing(room: Class) -> None:
    """The room is that of the address: no field names another, and its messages have other numbers."""
    elsewhere = await sync_to_async(lambda: make_session(make_live_cohort(), on=True))()
    async with watched(room), joined(room.session, room.learner) as learner:
        for fields in ({"session": str(elsewhere.uuid)}, {"room": str(elsewhere.uuid)}):
            assert await learner.refusal("say", text="Salom", key=str(uuid4()), **fields) == "invalid"
    assert await RoomEvent.objects.filter(session=elsewhere, kind="say").acount() == 0


@scenario
async def test_learner_does_nothing_that_is_the_teachers(room: Class) -> None:
    who = str(room.other.uuid)
    async with watched(room), joined(room.session, room.learner) as learner:
        for op, fields in (("hide", {"seq": 1}), ("mute", {"who": who}), ("end", {}), ("start", {})):
            assert await learner.refusal(op, **fields) == "teachers-only", op
    assert (await LiveSession.objects.aget(pk=room.session.pk)).status == "live"


@scenario
async def test_a_command_before_the_welcome_is_heard_after_it(room: Class) -> None:
    socket = await open_socket(room.session, room.learner)
    await socket.send_input({"type": "websocket.receive", "text": json.dumps({"op": "beat"})})
    answers = [await socket.receive_output(timeout=5) for _ in range(3)]
    assert answers[0]["type"] == "websocket.accept"
    assert [json.loads(answer["text"])["op"] for answer in answers[1:]] == ["welcome", "beat"]
    await socket.send_input({"type": "websocket.disconnect", "code": 1001})
    await socket.wait(timeout=5)


# --- Another origin, a session that is over ----------------------------------------------------
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "", "http://127.0.0.1.elsewhere.example"])
def test_page_of_another_origin_gets_no_socket(origin: str, room: Class) -> None:
    @scenario
    async def story() -> None:
        async with watched(room):
            socket = await open_socket(room.session, room.learner, origin=origin)
            assert (await socket.receive_output(timeout=5))["type"] == "websocket.close"
            await socket.wait(timeout=5)

    story()


@pytest.mark.parametrize("kind", ["expired", "signed out", "invented", "\0"])
def test_session_that_is_over_opens_nothing(kind: str, room: Class) -> None:
    @scenario
    async def story() -> None:
        async with watched(room):
            cookie = await sync_to_async(sign_in)(room.learner)
            if kind == "expired":
                await Session.objects.filter(pk=cookie).aupdate(expire_date=timezone.now())
            elif kind == "signed out":
                await Session.objects.filter(pk=cookie).adelete()
            else:
                cookie = kind
            socket = await open_socket(room.session, None, cookie=cookie)
            assert (await socket.receive_output(timeout=5))["type"] == "websocket.accept"
            assert await Client(socket).close_code() == Close.SIGN_IN
            await socket.wait(timeout=5)

    story()


@pytest.mark.parametrize("kind", ["signed out", "a new password"])
def test_session_that_ends_meanwhile_does_nothing_more(kind: str, room: Class) -> None:
    @scenario
    async def story() -> None:
        async with watched(room), joined(room.session, room.learner) as learner:
            if kind == "signed out":
                await Session.objects.all().adelete()
            else:
                await User.objects.filter(pk=room.learner.pk).aupdate(password="md5$another")
            await learner.say("Salom")
            assert await learner.close_code() == Close.SIGN_IN

    story()
