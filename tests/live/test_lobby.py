"""The lobby: who waits, who lets in, and that nobody gets past it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEvent, User
from base.errors import DomainError, InvalidInput
from live import rules
from live.commands import COMMANDS
from live.models import Guest, LiveSession, RoomEvent, Visit, Waiter
from live.queries.lobby import people_waiting, place_in_order
from live.services import chat, guests, lobby, people, presence
from live.services.events import ClassOver, SentOut, StillWaiting, TeachersOnly
from live.services.sessions import end_session
from live.sockets import Close
from tests.live.conftest import Class
from tests.live.factories import make_guest_link
from tests.live.sockets import connected, joined, scenario
from tests.live.test_guests import hang_up, open_guest
from tests.live.test_views import act, browser, page

pytestmark = pytest.mark.django_db


def fresh(room: Class) -> LiveSession:
    return LiveSession.objects.get(pk=room.session.pk)


@pytest.fixture
def closed(room: Class) -> Class:
    """A class in which everybody waits."""
    lobby.set_lobby(room.session, lobby="everybody", by=room.teacher)
    room.session.refresh_from_db()
    return room


def names(room: Class) -> list[str]:
    return [waiter.name for waiter in people_waiting(room.session)]


# --- Waiting ------------------------------------------------------------------------------------------
def test_who_waits_does_nothing_until_let_in_and_then_stays_in(closed: Class) -> None:
    lobby.knock(closed.session, by=closed.learner)
    for refused in (
        lambda: presence.join(closed.session, by=closed.learner),
        lambda: presence.look_in(closed.session, by=closed.learner),
        lambda: chat.say(closed.session, text="Salom", by=closed.learner),
    ):
        with pytest.raises(StillWaiting):
            refused()
    assert not Visit.objects.exists()  # no minutes yet
    for _ in range(2):
        lobby.let_in(closed.session, who=closed.learner.uuid, by=closed.teacher)
    assert AuditEvent.objects.filter(action="session.admitted").count() == 1
    presence.leave(presence.join(closed.session, by=closed.learner).pk)
    presence.join(closed.session, by=closed.learner)
    chat.say(closed.session, text="Salom", by=closed.learner)


def test_order_is_kept_and_asking_twice_is_one_row(closed: Class) -> None:
    first = lobby.knock(closed.session, by=closed.learner)
    second = lobby.knock(closed.session, by=closed.other)
    assert lobby.knock(closed.session, by=closed.learner) == first
    assert [place_in_order(waiter) for waiter in (first, second)] == [1, 2]
    assert names(closed) == [closed.learner.name, closed.other.name]
    lobby.let_in(closed.session, who=closed.learner.uuid, by=closed.teacher)
    assert place_in_order(second) == 1
    assert lobby.let_in(closed.session, by=closed.teacher) == 1
    assert names(closed) == []


def test_nobody_lets_oneself_or_another_in(closed: Class) -> None:
    lobby.knock(closed.session, by=closed.learner)
    presence.VISITS.insert(Visit(session=closed.session, user=closed.other))  # has been in before it was closed
    for by in (closed.learner, closed.other):
        for refused in (
            lambda by=by: lobby.let_in(closed.session, who=closed.learner.uuid, by=by),
            lambda by=by: lobby.let_in(closed.session, by=by),
            lambda by=by: lobby.turn_away(closed.session, who=closed.learner.uuid, by=by),
            lambda by=by: lobby.set_lobby(closed.session, lobby="nobody", by=by),
        ):
            with pytest.raises(TeachersOnly):
                refused()
    assert rules.waits(closed.learner, fresh(closed))
    assert not rules.waits(closed.other, fresh(closed))
    with pytest.raises(InvalidInput):
        lobby.let_in(closed.session, who=uuid4(), by=closed.teacher)
    with pytest.raises(InvalidInput):
        lobby.set_lobby(closed.session, lobby="x", by=closed.teacher)


def test_who_is_turned_away_is_sent_out_and_can_be_let_in_again(closed: Class) -> None:
    lobby.knock(closed.session, by=closed.learner)
    for _ in range(2):
        lobby.turn_away(closed.session, who=closed.learner.uuid, by=closed.teacher)
    assert RoomEvent.objects.filter(kind="remove").count() == 1
    assert names(closed) == []
    with pytest.raises(SentOut):
        chat.say(closed.session, text="Salom", by=closed.learner)
    assert "live/removed.html" in templates(browser(closed.learner).get(page("room", closed.session.uuid)))
    people.set_removed(closed.session, who=closed.learner.uuid, removed=False, by=closed.teacher)
    presence.join(closed.session, by=closed.learner)


def test_co_host_lets_in(closed: Class) -> None:
    lobby.knock(closed.session, by=closed.other)
    people.set_host(closed.session, who=closed.other.uuid, host=True, by=closed.teacher)
    lobby.knock(closed.session, by=closed.learner)
    lobby.let_in(closed.session, who=closed.learner.uuid, by=closed.other)
    assert not rules.waits(closed.learner, fresh(closed))


# --- The page and the socket ----------------------------------------------------------------------------
def templates(answer: Any) -> set[str]:
    return {template.name for template in answer.templates}


def test_page_waits_and_moves_on_when_let_in(closed: Class) -> None:
    learner, teacher = browser(closed.learner), browser(closed.teacher)
    assert "live/lobby.html" in templates(learner.get(page("room", closed.session.uuid)))
    assert "1" in learner.get(page("waiting", closed.session.uuid)).content.decode()
    for name in ("slides_now", "groups_now", "lobby"):
        assert learner.get(page(name, closed.session.uuid)).status_code == 403
    for op, fields in (("hand", {}), ("admit", {}), ("say", {"text": "Salom", "key": str(uuid4())})):
        assert "live/lobby.html" in templates(learner.post(page("act", closed.session.uuid, op), fields, follow=True))
    assert not RoomEvent.objects.exclude(kind="start").exists()
    assert closed.learner.name in teacher.get(page("lobby", closed.session.uuid)).content.decode()
    act(teacher, closed.session, "admit")
    assert learner.get(page("waiting", closed.session.uuid)).status_code == 204
    assert "live/class.html" in templates(learner.get(page("room", closed.session.uuid)))


def test_class_that_has_not_begun_is_waited_for_in_the_lobby(closed: Class) -> None:
    LiveSession.objects.update(status="scheduled", started_at=None)
    learner, teacher = browser(closed.learner), browser(closed.teacher)
    assert "live/lobby.html" in templates(learner.get(page("room", closed.session.uuid)))
    assert closed.learner.name in teacher.get(page("room", closed.session.uuid)).content.decode()
    act(teacher, closed.session, "admit", who=str(closed.learner.uuid))
    assert "live/waiting.html" in templates(learner.get(page("room", closed.session.uuid)))


@pytest.mark.django_db(transaction=True)
@scenario
async def test_socket_waits_and_who_leads_is_told(room: Class) -> None:
    async with joined(room.session, room.learner) as inside, joined(room.session, room.teacher) as teacher:
        await teacher.send("lobby", lobby="everybody")
        await teacher.hear("news", having="passing")
        async with connected(room.session, room.other) as other:
            assert await other.close_code() == Close.WAITING
        await sync_to_async(lobby.knock)(room.session, by=room.other)
        assert (await teacher.hear("news", having="passing"))["passing"] == {"lobby": True}
        assert await inside.refusal("admit") == "teachers-only"
        await inside.say("Men ichkaridaman")  # was in before one had to wait
        await inside.hear_event("say")
        await teacher.send("admit", who=str(room.other.uuid))
        await teacher.hear("news", having="passing")
        async with joined(room.session, room.other):
            pass


# --- Guests ---------------------------------------------------------------------------------------------
def come(room: Class) -> Guest:
    return guests.come_in(make_guest_link(room.session), name="Mehmon")


@pytest.mark.django_db(transaction=True)
@scenario
async def test_guests_wait_unless_it_was_planned_otherwise(room: Class) -> None:
    guest = await sync_to_async(come)(room)
    socket = await open_guest(room, guests.pass_of(guest))
    assert (await socket.receive_output(timeout=5))["code"] == Close.WAITING
    await hang_up(socket)
    await sync_to_async(lobby.knock)(room.session, by=guest)
    await sync_to_async(lobby.let_in)(room.session, who=guest.uuid, by=room.teacher)
    socket = await open_guest(room, guests.pass_of(guest))
    assert (await socket.receive_output(timeout=5))["type"] == "websocket.send"
    await hang_up(socket)


def test_guest_waits_on_the_page_and_can_be_turned_away(room: Class) -> None:
    cache.clear()
    link, client = make_guest_link(room.session), Browser()
    link.may_write = True
    link.save()
    client.post(reverse("live:guest_enter", args=[guests.token_of(link)]), {"name": "Mehmon"})
    at = {
        name: reverse(f"live:{name}", args=[room.session.uuid])
        for name in ("guest_room", "guest_waiting", "guest_slides")
    }
    assert "live/lobby.html" in templates(client.get(at["guest_room"]))
    client.post(at["guest_room"], {"text": "Salom", "key": str(uuid4())})
    assert not RoomEvent.objects.filter(kind="say").exists()
    assert client.get(at["guest_slides"]).status_code == 404
    guest = Guest.objects.get()
    with pytest.raises(StillWaiting):
        guests.say(room.session, text="Salom", key=uuid4(), by=guest)
    assert names(room) == ["Mehmon"]
    lobby.turn_away(room.session, who=guest.uuid, by=room.teacher)
    assert client.get(at["guest_waiting"]).status_code == 204
    assert client.get(at["guest_room"]).status_code == 410


# --- At the same time -----------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_is_let_in_before_the_class_ends_or_not_at_all(closed: Class) -> None:
    lobby.knock(closed.session, by=closed.learner)

    def run(act: Any) -> DomainError | None:
        try:
            act()
        except DomainError as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as pool:
        acts = [
            lambda: lobby.let_in(closed.session, who=closed.learner.uuid, by=closed.teacher),
            lambda: end_session(closed.session, by=closed.teacher),
        ]
        refused, ended = pool.map(run, acts)
    assert ended is None
    assert refused is None or isinstance(refused, ClassOver)
    assert (Waiter.objects.get().let_in_at is None) == isinstance(refused, ClassOver)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_tabs_knock_at_once_and_wait_once(closed: Class) -> None:
    def run(_number: int) -> None:
        try:
            lobby.knock(closed.session, by=closed.learner)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert Waiter.objects.count() == 1


def test_every_command_of_a_learner_is_refused_to_who_waits(closed: Class) -> None:
    learner = browser(closed.learner)
    for op, command in COMMANDS.items():
        if command.by_form and not command.at_desk:
            learner.post(page("act", closed.session.uuid, op), {})
    assert not RoomEvent.objects.exclude(kind="start").exists()
    assert User.objects.filter(pk=closed.learner.pk).exists()
