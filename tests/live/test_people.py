"""Sending out, letting in again, letting help to lead; and the timer."""

from datetime import datetime

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEvent
from base.errors import InvalidInput
from live import rules
from live.commands import COMMANDS
from live.models import RoomEvent, Visit
from live.queries.room import hands_up, may_speak, timer_of
from live.services.chat import hide_message, say
from live.services.checks import ask
from live.services.drawing import point
from live.services.events import SentOut, TeachersOnly
from live.services.guests import come_in as come_in_as_guest
from live.services.guests import remove_guest
from live.services.hands import raise_hand
from live.services.people import set_host, set_removed
from live.services.polls import prepare_poll, vote
from live.services.recordings import is_running
from live.services.timer import clear_timer, pause_timer, resume_timer, start_timer
from live.sockets import Close
from tests.live.conftest import Class
from tests.live.factories import make_guest_link, make_visit
from tests.live.sockets import connected, joined, scenario
from tests.live.test_views import act, browser, page

pytestmark = pytest.mark.django_db


def come_in(room: Class) -> None:
    make_visit(room.session, room.learner, minutes=(0, 1), enrollment=room.enrollment)


def test_who_is_sent_out_may_do_nothing_until_let_in_again(room: Class) -> None:
    come_in(room)
    raise_hand(room.session, by=room.learner)
    poll = prepare_poll(room.session, text="?", choices=["a", "b"], at_once=True, by=room.teacher)
    for _ in range(2):
        set_removed(room.session, who=room.learner.uuid, removed=True, by=room.teacher)
    assert not hands_up(room.session)
    assert not rules.can_join(room.learner, room.session)
    for refused in (
        lambda: say(room.session, text="Salom", by=room.learner),
        lambda: vote(room.session, poll=poll.uuid, choices=["a"], by=room.learner),
    ):
        with pytest.raises(SentOut):
            refused()
    assert AuditEvent.objects.filter(action="session.sent-out").count() == 1
    set_removed(room.session, who=room.learner.uuid, removed=False, by=room.teacher)
    say(room.session, text="Salom", by=room.learner)


def test_who_may_send_out_and_whom(room: Class) -> None:
    come_in(room)
    make_visit(room.session, room.teacher, minutes=(0, 1))
    with pytest.raises(TeachersOnly):
        set_removed(room.session, who=room.teacher.uuid, removed=True, by=room.learner)
    with pytest.raises(InvalidInput):
        set_removed(room.session, who=room.teacher.uuid, removed=True, by=room.teacher)
    with pytest.raises(InvalidInput):
        set_removed(room.session, who=room.other.uuid, removed=True, by=room.teacher)  # was never there


def test_host_leads_the_room_and_nothing_besides(room: Class) -> None:
    come_in(room)
    message = say(room.session, text="Xato", by=room.other)
    with pytest.raises(TeachersOnly):
        hide_message(room.session, seq=message.seq, by=room.learner)
    for _ in range(2):
        set_host(room.session, who=room.learner.uuid, host=True, by=room.teacher)
    assert RoomEvent.objects.filter(kind="host").count() == 1
    hide_message(room.session, seq=message.seq, by=room.learner)
    assert may_speak(room.session, room.learner)
    point(room.session, x=1, y=1, by=room.learner)
    with pytest.raises(TeachersOnly):
        set_host(room.session, who=room.learner.uuid, host=True, by=room.learner)
    client = browser(room.learner)
    assert client.get(page("end", room.session.uuid)).status_code == 403
    assert page("end", room.session.uuid) not in client.get(page("room", room.session.uuid)).content.decode()
    assert "teachers-only" in refusal_code(room, "end")
    set_removed(room.session, who=room.learner.uuid, removed=True, by=room.teacher)
    assert not rules.can_host(room.learner, room.session)
    set_removed(room.session, who=room.learner.uuid, removed=False, by=room.teacher)
    set_host(room.session, who=room.learner.uuid, host=False, by=room.teacher)
    assert not rules.can_host(room.learner, room.session)


def test_host_gives_the_word_records_and_sends_guests_out(room: Class, settings: Settings) -> None:
    settings.JANUS_URL, settings.JANUS_ADMIN_URL = "ws://127.0.0.1:9", "http://127.0.0.1:9/admin"
    come_in(room)
    make_visit(room.session, room.other, minutes=(0, 1))
    guest = come_in_as_guest(make_guest_link(room.session), name="Mehmon")
    with pytest.raises(TeachersOnly):
        remove_guest(room.session, who=guest.uuid, by=room.learner)
    set_host(room.session, who=room.learner.uuid, host=True, by=room.teacher)
    client = browser(room.learner)
    for op, about in (("speak", {"who": room.other.uuid}), ("record", {}), ("dismiss", {"who": guest.uuid})):
        act(client, room.session, op, **about)
    guest.refresh_from_db()
    assert (may_speak(room.session, room.other), is_running(room.session)) == (True, True)
    assert guest.removed_at
    act(client, room.session, "unrecord")
    act(client, room.session, "hush", who=room.other.uuid)
    assert (may_speak(room.session, room.other), is_running(room.session)) == (False, False)


def test_host_is_shown_what_a_host_may_do_and_asked_as_a_learner(room: Class) -> None:
    come_in(room)
    set_host(room.session, who=room.learner.uuid, host=True, by=room.teacher)
    ask(room.session, by=room.teacher)
    shown = browser(room.learner).get(page("room", room.session.uuid)).content.decode()
    assert page("act", room.session.uuid, "here") in shown  # else own minutes were doubtful
    assert "slide-choice" in shown
    for name in ("slides", "guests", "minutes", "end"):
        assert f'"{page(name, room.session.uuid)}"' not in shown
    shown = browser(room.teacher).get(page("room", room.session.uuid)).content.decode()
    assert all(f'"{page(name, room.session.uuid)}"' in shown for name in ("slides", "guests", "end"))


def refusal_code(room: Class, op: str) -> str:
    with pytest.raises(TeachersOnly) as refusal:
        COMMANDS[op].service(room.session, by=room.learner)
    return refusal.value.code


def test_sent_out_by_form_and_page_says_so(room: Class) -> None:
    come_in(room)
    act(browser(room.teacher), room.session, "remove", who=room.learner.uuid)
    client = browser(room.learner)
    assert client.get(page("room", room.session.uuid)).templates[0].name == "live/removed.html"
    html = act(browser(room.teacher), room.session, "readmit", who=room.learner.uuid)
    assert page("act", room.session.uuid, "readmit") in html
    assert client.get(page("room", room.session.uuid)).templates[0].name == "live/class.html"


@pytest.mark.django_db(transaction=True)
@scenario
async def test_sockets_of_who_is_sent_out_are_closed_and_none_is_opened(room: Class) -> None:
    who = str(room.learner.uuid)
    async with (
        joined(room.session, room.teacher) as teacher,
        joined(room.session, room.learner) as learner,
        joined(room.session, room.learner) as tab,
    ):
        assert await learner.refusal("remove", who=who) == "teachers-only"
        await teacher.send("remove", who=who)
        for client in (learner, tab):
            assert await client.close_code() == Close.SENT_OUT
        assert (await teacher.hear_event("remove"))["about"]["id"] == who
    assert not await Visit.objects.filter(user=room.learner, left_at=None).aexists()
    async with connected(room.session, room.learner) as learner:
        assert await learner.close_code() == Close.SENT_OUT
    await sync_to_async(set_removed)(room.session, who=room.learner.uuid, removed=False, by=room.teacher)
    async with joined(room.session, room.learner):
        pass


def test_timer_runs_pauses_goes_on_and_goes_away(room: Class) -> None:
    with pytest.raises(TeachersOnly):
        start_timer(room.session, minutes=5, by=room.learner)
    start_timer(room.session, minutes=5, by=room.teacher)
    left = datetime.fromisoformat(timer_of(room.session)["ends_at"]) - timezone.now()
    assert 295 < left.total_seconds() <= 300
    for _ in range(2):
        pause_timer(room.session, by=room.teacher)
    assert 295 <= timer_of(room.session)["left"] <= 300
    for _ in range(2):
        resume_timer(room.session, by=room.teacher)
    assert "ends_at" in timer_of(room.session)
    for _ in range(2):
        clear_timer(room.session, by=room.teacher)
    assert timer_of(room.session) == {}
    assert RoomEvent.objects.filter(kind="timer").count() == 4


@pytest.mark.django_db(transaction=True)
@scenario
async def test_timer_reaches_both(room: Class) -> None:
    async with joined(room.session, room.teacher) as teacher, joined(room.session, room.learner) as learner:
        for minutes in (0, 181, "x", None):
            assert await teacher.refusal("timer", minutes=minutes) == "invalid"
        await teacher.send("timer", minutes=1)
        for client in (teacher, learner):
            assert "ends_at" in await client.hear_event("timer")
