"""The socket: each command with two clients, and nothing missed or doubled."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from enrollment.models import Enrollment
from live.models import LiveSession, RoomEvent, Visit
from live.services.chat import say
from live.sockets import Close
from tests.live.conftest import Class
from tests.live.factories import make_session
from tests.live.sockets import connected, joined, scenario, settle

pytestmark = pytest.mark.django_db(transaction=True)


# --- Commands, each with two clients ----------------------------------------------------------
@scenario
async def test_message_reaches_both_with_its_number(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        await learner.say("Assalomu alaykum")
        for client in (teacher, learner):
            event = await client.hear_event("say")
            assert event["text"] == "Assalomu alaykum"
            assert event["by"] == {"id": str(room.learner.uuid), "name": room.learner.name}
            assert event["seq"] == 2  # the class began with 1


@scenario
async def test_message_sent_again_with_its_key_is_said_once(room: Class) -> None:
    key = str(uuid4())
    async with joined(room.session, room.learner) as learner:
        for _ in range(2):
            await learner.say("Eshitilyapti", key)
        assert (await learner.hear_event("say"))["key"] == key
        assert await learner.hears_nothing()
    assert await RoomEvent.objects.filter(kind="say").acount() == 1


@scenario
async def test_hands_are_gathered_in_order(room: Class) -> None:
    async with (
        joined(room.session, room.teacher) as teacher,
        joined(room.session, room.learner) as learner,
        joined(room.session, room.other) as other,
    ):
        await settle()
        await learner.send("hand")
        await learner.send("hand")  # stays up
        await asyncio.sleep(0.05)
        await other.send("hand")
        frame = await teacher.hear("news", having="events")
        assert [event["about"]["id"] for event in frame["events"]] == [str(room.learner.uuid), str(room.other.uuid)]
        await teacher.send("lower", who=str(room.learner.uuid))
        assert (await learner.hear_event("lower"))["about"]["id"] == str(room.learner.uuid)
        await other.send("lower")
        assert (await teacher.hear_event("lower"))["about"]["id"] == str(room.learner.uuid)
        assert (await teacher.hear_event("lower"))["about"]["id"] == str(room.other.uuid)


@scenario
async def test_learner_lowers_nobody_elses_hand(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        await teacher.send("hand")
        await learner.hear_event("hand")
        assert await learner.refusal("lower", who=str(room.teacher.uuid)) == "teachers-only"


@scenario
async def test_teacher_removes_a_message_from_sight(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        await learner.say("Xato yozdim")
        seq = (await teacher.hear_event("say"))["seq"]
        assert await learner.refusal("hide", seq=seq) == "teachers-only"
        assert await teacher.refusal("hide", seq=1) == "no-such-message"
        for _ in range(2):
            await teacher.send("hide", seq=seq)
        assert (await learner.hear_event("hide"))["of"] == seq
        await learner.send("sync", since=1)
        events = (await learner.hear("events"))["events"]
        assert [event["kind"] for event in events] == ["say", "hide"]
        assert events[0]["hidden"] is True
        assert "text" not in events[0]


@scenario
async def test_muted_learner_is_refused_until_allowed_again(room: Class) -> None:
    who = str(room.learner.uuid)
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        assert await learner.refusal("mute", who=who) == "teachers-only"
        assert await teacher.refusal("mute", who=str(room.teacher.uuid)) == "invalid"
        assert await teacher.refusal("mute", who=str(uuid4())) == "unknown"
        await teacher.send("mute", who=who)
        assert (await learner.hear_event("mute"))["about"]["id"] == who
        assert await learner.refusal("say", text="Salom", key=str(uuid4())) == "muted"
        await teacher.send("unmute", who=who)
        await learner.hear_event("unmute")
        await learner.say("Salom")
        assert (await teacher.hear_event("say"))["text"] == "Salom"


@scenario
async def test_teacher_begins_and_ends_before_both(room: Class) -> None:
    session = await sync_to_async(make_session)(room.cohort, starts_at=room.session.ends_at)
    await LiveSession.objects.filter(pk=session.pk).aupdate(starts_at=room.session.starts_at + timedelta(seconds=1))
    async with joined(session, room.teacher) as teacher, joined(session, room.learner) as learner:
        assert await learner.refusal("say", text="Salom", key=str(uuid4())) == "class-not-begun"
        assert await learner.refusal("start") == "teachers-only"
        assert await teacher.refusal("end") == "illegal-move"
        await teacher.send("start")
        for client in (teacher, learner):
            await client.hear_event("start")
        assert await learner.refusal("end") == "teachers-only"
        await teacher.send("end")
        for client in (teacher, learner):
            await client.hear_event("end")
        assert await learner.refusal("hand") == "class-over"
        assert await learner.refusal("say", text="Salom", key=str(uuid4())) == "class-over"


@scenario
async def test_heartbeat_answers_with_the_last_number(room: Class) -> None:
    async with joined(room.session, room.learner) as learner:
        await learner.send("beat")
        assert await learner.hear("beat") == {"op": "beat", "seq": 1}


# --- Input ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", '"say"', "{}", '{"op": []}', '{"op": "dance"}', '{"op": {}}', "{" * 5000, "\\ud800"],
)
def test_nonsense_is_refused_and_the_socket_lives(text: str, room: Class) -> None:
    @scenario
    async def story() -> None:
        async with joined(room.session, room.learner) as learner:
            await learner.send_text(text)
            assert (await learner.hear("error"))["code"] == "unknown-command"
            await learner.send("beat")
            await learner.hear("beat")

    story()


@scenario
async def test_fields_are_checked(room: Class) -> None:
    key = str(uuid4())
    async with joined(room.session, room.teacher) as client:
        for op, fields in (
            ("say", {"text": "Salom"}),
            ("say", {"text": "Salom", "key": "1"}),
            ("say", {"text": 5, "key": key}),
            ("say", {"text": "  ", "key": key}),
            ("say", {"text": "a\0b", "key": key}),
            ("hide", {"seq": 10**30}),
        ):
            assert await client.refusal(op, **fields) == "invalid", fields
        assert await client.refusal("sync", since=-1) == "invalid"
        assert await client.refusal("hand", loud=True) == "invalid"


@scenario
async def test_refusal_names_the_command_it_answers(room: Class) -> None:
    async with joined(room.session, room.learner) as learner:
        await learner.send("say", text="a" * 1001, key=str(uuid4()), ref=7)
        refusal = await learner.hear("error")
        assert refusal == {
            "op": "error",
            "code": "invalid",
            "detail": "A message has from 1 to 1000 characters.",
            "ref": 7,
        }


@scenario
async def test_frame_too_large_closes(room: Class) -> None:
    async with joined(room.session, room.learner) as learner:
        await learner.say("a" * 20_000)
        assert await learner.close_code() == Close.TOO_LARGE


@scenario
async def test_messages_too_often_are_refused_then_the_socket_is_closed(room: Class) -> None:
    async with joined(room.session, room.learner) as learner:
        for number in range(6):
            await learner.say(f"{number}")
        assert (await learner.hear("error"))["code"] == "too-many-requests"
        assert await RoomEvent.objects.filter(kind="say").acount() == 5
        for _ in range(200):
            await learner.send("beat")
        assert await learner.close_code() == Close.TOO_MANY


# --- Nothing missed, each once ----------------------------------------------------------------
@scenario
async def test_client_that_was_away_asks_for_what_it_missed(room: Class) -> None:
    async with joined(room.session, room.learner) as learner:
        await learner.say("1")
        seen = (await learner.hear_event("say"))["seq"]
    async with joined(room.session, room.other) as other:
        for text in ("2", "3", "4"):
            await other.say(text)
            await other.hear_event("say")
    async with connected(room.session, room.learner) as learner:
        assert (await learner.hear("welcome"))["seq"] == seen + 3
        await learner.send("sync", since=seen)
        answer = await learner.hear("events")
        assert [(event["seq"], event["text"]) for event in answer["events"]] == [
            (seen + 1, "2"),
            (seen + 2, "3"),
            (seen + 3, "4"),
        ]
        assert answer["more"] is False
        assert await learner.hears_nothing()


@scenario
async def test_what_another_process_wrote_comes_with_the_next_pulse(room: Class) -> None:
    """The embedded default: nothing that a worker sends reaches a socket, so the hub asks the database."""
    from live.consumers import HUB

    async with joined(room.session, room.learner) as learner, joined(room.session, room.other) as other:
        await settle()
        await sync_to_async(write_silently)(room.session, room.teacher)
        await HUB.rooms[room.session.uuid].pulse()
        for client in (learner, other):
            assert (await client.hear_event("say"))["seq"] == 2
        await other.say("Keyingisi")
        for client in (learner, other):
            assert (await client.hear_event("say"))["seq"] == 3


def write_silently(session: LiveSession, user: User) -> None:
    """Say something as a process whose signals reach nobody here."""
    from live.signals import event_recorded

    receivers, event_recorded.receivers = event_recorded.receivers, []
    event_recorded.sender_receivers_cache.clear()
    try:
        say(session, text="Boshqa jarayondan", by=user)
    finally:
        event_recorded.receivers = receivers
        event_recorded.sender_receivers_cache.clear()


# --- Presence ---------------------------------------------------------------------------------
@scenario
async def test_presence_is_a_snapshot_then_differences(room: Class) -> None:
    teacher_data = {"id": str(room.teacher.uuid), "name": room.teacher.name, "teaches": True}
    learner_data = {"id": str(room.learner.uuid), "name": room.learner.name, "teaches": False}
    async with joined(room.session, room.teacher) as teacher:
        await settle()
        async with connected(room.session, room.learner) as learner:
            welcome = await learner.hear("welcome")
            assert welcome["here"] == 2
            assert welcome["people"] == [teacher_data, learner_data]
            news = await teacher.hear("news", having="here")
            if learner_data not in news["joined"]:  # the teacher's own arrival came first
                news = await teacher.hear("news", having="here")
            assert (news["here"], news["joined"], news["left"]) == (2, [learner_data], [])
        news = await teacher.hear("news", having="here")
        assert (news["here"], news["joined"], news["left"]) == (1, [], [learner_data["id"]])


@scenario
async def test_second_tab_is_the_same_person(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner):
        await settle()
        while not await teacher.hears_nothing():
            await teacher.hear()
        async with joined(room.session, room.learner):
            pass
        assert await teacher.hears_nothing()
    visits = Visit.objects.filter(user=room.learner)
    assert await visits.acount() == 2
    assert await visits.filter(left_at=None).acount() == 0


@scenario
async def test_visit_ends_with_the_enrollment_and_closes_the_socket(room: Class) -> None:
    from live.consumers import HUB

    async with joined(room.session, room.learner) as learner, joined(room.session, room.other) as other:
        await Enrollment.objects.filter(pk=room.enrollment.pk).aupdate(status=Enrollment.Status.WITHDRAWN)
        await HUB.rooms[room.session.uuid].pulse()
        assert await learner.close_code() == Close.OVER
        await other.send("beat")
        await other.hear("beat")


@scenario
async def test_account_closed_meanwhile_may_do_nothing_more(room: Class) -> None:
    async with joined(room.session, room.learner) as learner:
        await User.objects.filter(pk=room.learner.pk).aupdate(is_active=False)
        await learner.say("Salom")
        assert await learner.close_code() == Close.SIGN_IN
