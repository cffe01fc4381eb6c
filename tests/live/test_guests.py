"""Guests: coming in by a link, what they may, and what ends it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from base.errors import InvalidInput
from live.models import Guest, GuestLink, LiveSession, RoomEvent, Visit
from live.queries.minutes import minutes_present
from live.queries.room import last_seen
from live.services import guests
from live.services.chat import Muted
from live.services.events import TeachersOnly
from live.services.presence import join_as_guest, keep_alive
from live.services.sessions import end_session
from lms.asgi import application
from tests.live.conftest import Class
from tests.live.factories import make_session
from tests.live.sockets import HERE, WAIT, Client, scenario

pytestmark = pytest.mark.django_db


def link_of(room: Class, *, may_write: bool = True) -> GuestLink:
    LiveSession.objects.filter(pk=room.session.pk).update(lobby="nobody")
    return guests.open_to_guests(room.session, may_write=may_write, by=room.teacher)


def enter(link: GuestLink, name: str = "Mehmon Ali") -> Browser:
    cache.clear()
    browser = Browser()
    answer = browser.post(reverse("live:guest_enter", args=[guests.token_of(link)]), {"name": name})
    assert answer.status_code == 302
    return browser


def page(room: Class) -> str:
    return reverse("live:guest_room", args=[room.session.uuid])


# --- Pages ------------------------------------------------------------------------------------
def test_a_guest_comes_in_by_the_link_and_writes(room: Class) -> None:
    browser = enter(link_of(room))
    assert "Mehmon Ali" in browser.get(page(room)).content.decode()
    key = uuid4()
    for _ in range(2):
        browser.post(page(room), {"text": "Salom", "key": key})
    event = RoomEvent.objects.get(kind="say")
    assert (event.user, event.guest) == (None, Guest.objects.get())
    teacher = Browser()
    teacher.force_login(room.teacher)
    [message] = teacher.get(reverse("live:room", args=[room.session.uuid])).context["chat"]
    assert (message["name"], message["guest"], message["mine"]) == ("Mehmon Ali", True, False)


def test_a_guest_of_one_class_is_nobody_elsewhere(room: Class) -> None:
    browser = enter(link_of(room))
    other = make_session(room.cohort, starts_at=room.session.ends_at)
    guest = Guest.objects.get()
    assert guests.guest_by(guests.pass_of(guest), other.uuid) is None
    assert browser.get(reverse("live:guest_room", args=[other.uuid])).status_code == 410
    assert browser.get(reverse("live:room", args=[room.session.uuid])).status_code == 302  # to sign in
    assert browser.get("/notices/").status_code == 302


def test_what_was_made_up_lets_nobody_in(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    link = link_of(room)
    token, browser = guests.token_of(link), Browser()
    for forged in (link.uuid.hex, token[:-1], f"{uuid4().hex}.{token.partition('.')[2]}", "x", "\0."):
        assert guests.link_by(forged) is None
        assert guests.guest_by(forged, room.session.uuid) is None
    assert guests.guest_by(token, room.session.uuid) is None  # a link is no pass
    cache.clear()
    monkeypatch.setattr("live.views.guests.TRIES_A_MINUTE", 1)
    codes = [browser.get(reverse("live:guest_enter", args=["made-up"])).status_code for _ in range(3)]
    assert (codes[0], codes[-1]) == (404, 429)


@pytest.mark.parametrize(
    "ending",
    [
        lambda room, guest: guests.close_to_guests(room.session, by=room.teacher),
        lambda room, guest: guests.remove_guest(room.session, who=guest.uuid, by=room.teacher),
        lambda room, guest: end_session(room.session, by=None),
        lambda room, guest: LiveSession.objects.update(
            starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() - timedelta(minutes=61)
        ),
    ],
    ids=["withdrawn", "sent out", "over", "expired"],
)
def test_a_guest_is_out_when_it_ends(room: Class, ending: Callable[[Class, Guest], Any]) -> None:
    link = link_of(room)
    browser, guest = enter(link), Guest.objects.get()
    visit = join_as_guest(guest)
    assert keep_alive(room.session.pk, {visit.pk}) == {visit.pk}
    ending(room, guest)
    assert browser.get(page(room)).status_code == 410
    if not guest.link.is_open:
        assert Browser().get(reverse("live:guest_enter", args=[guests.token_of(link)])).status_code in (200, 410)


def test_who_teaches_opens_and_closes(room: Class) -> None:
    teacher, url = Browser(), reverse("live:guests", args=[room.session.uuid])
    teacher.force_login(room.teacher)
    teacher.post(url, {"may_write": "1"})
    first = GuestLink.objects.get()
    assert guests.token_of(first) in teacher.get(url).content.decode()
    teacher.post(url)
    assert GuestLink.objects.get().may_write is False
    enter(first)
    assert teacher.post(url, {"who": "x"}).status_code == 404
    teacher.post(url, {"who": uuid4()})
    assert not Guest.objects.get().removed_at
    teacher.post(url, {"who": Guest.objects.get().uuid})
    assert Guest.objects.get().removed_at
    teacher.post(url, {"close": "1"})
    assert not GuestLink.objects.filter(revoked_at=None).exists()
    with pytest.raises(TeachersOnly):
        guests.open_to_guests(room.session, may_write=True, by=room.learner)


# --- Rights -----------------------------------------------------------------------------------
def test_so_many_come_and_by_a_name(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    link = link_of(room, may_write=False)
    for name in ("", " ", "x" * 61, "a\0b", "a\u202eb"):
        with pytest.raises(InvalidInput):
            guests.come_in(link, name=name)
    monkeypatch.setattr(guests, "MOST_GUESTS", 1)
    guest = guests.come_in(link, name="  Ali   Valiyev ")
    assert guest.name == "Ali Valiyev"
    with pytest.raises(guests.TooManyGuests):
        guests.come_in(link, name="Vali")
    with pytest.raises(Muted):
        guests.say(room.session, text="Salom", key=uuid4(), by=guest)


def test_a_guest_counts_for_nothing(room: Class) -> None:
    join_as_guest(guests.come_in(link_of(room), name="Ali"))
    assert Visit.objects.count() == 1
    assert minutes_present(room.session) == {}
    assert last_seen(room.session) is None
    assert last_seen(room.session, teaching=True) is None


# --- The socket -------------------------------------------------------------------------------
async def open_guest(room: Class, kept: str) -> Any:
    headers = [(b"origin", HERE.encode()), (b"host", b"127.0.0.1:8000"), (b"cookie", f"guest={kept}".encode())]
    scope = {
        "type": "websocket",
        "path": f"/live/{room.session.uuid}/guest/socket/",
        "query_string": b"language=en",
        "headers": headers,
        "client": ("127.0.0.1", 40000),
    }
    socket: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]  # asgiref has no types
    await socket.send_input({"type": "websocket.connect"})
    assert (await socket.receive_output(timeout=WAIT))["type"] == "websocket.accept"
    return socket


async def hang_up(socket: Any) -> None:
    await socket.send_input({"type": "websocket.disconnect", "code": 1001})
    await socket.wait(timeout=WAIT)


@pytest.mark.django_db(transaction=True)
@scenario
async def test_a_guest_hears_and_writes_over_the_socket_and_no_more(room: Class) -> None:
    link = await sync_to_async(link_of)(room)
    guest = await sync_to_async(guests.come_in)(link, name="Ali")
    socket = await open_guest(room, guests.pass_of(guest))
    client = Client(socket)
    welcome = await client.hear("welcome")
    assert welcome["people"] == [{"id": str(guest.uuid), "name": "Ali", "guest": True, "teaches": False}]
    await client.say("Salom")
    assert (await client.hear_event("say"))["by"] == {"id": str(guest.uuid), "name": "Ali", "guest": True}
    for op in ("hand", "end", "dismiss", "here"):
        assert await client.refusal(op) == "unknown-command"
    await sync_to_async(guests.remove_guest)(room.session, who=guest.uuid, by=room.teacher)
    await client.say("Yana")
    assert await client.close_code() == 4410
    await hang_up(socket)


@pytest.mark.django_db(transaction=True)
@scenario
async def test_no_pass_no_socket(room: Class) -> None:
    socket = await open_guest(room, "made-up")
    assert await Client(socket).close_code() == 4410
    await hang_up(socket)
