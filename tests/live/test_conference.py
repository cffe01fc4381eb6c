"""A conference system in the place of Janus: what each is told, who comes in as what, what is done when it fails."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from urllib.request import urlopen
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from enrollment.models import Enrollment
from live.conference import calls
from live.conference.bigbluebutton import BigBlueButton
from live.conference.calls import signed
from live.conference.chosen import chosen, our_prefix
from live.conference.jitsi import Jitsi
from live.conference.livekit import LiveKit
from live.conference.system import ConferenceAway, Role, Room, Visitor
from live.models import LiveSession
from live.queries.conference import visitors_of
from live.queries.room import may_speak
from live.rules import can_host
from live.services import guests
from live.services.floor import set_speaking
from live.services.people import set_host, set_removed
from live.services.presence import look_in
from live.services.sessions import end_session, start_session
from live.tasks import settle_rooms
from lms.conference import check_conference
from tests.live.conference_servers import KEY, SECRET, Fake, FakeBigBlueButton, FakeLiveKit, read_token
from tests.live.conftest import Class
from tests.live.factories import make_guest_link, make_live_cohort, make_session

ROOM = Room("malaka-1", "Payvandlash & <b>kesish</b>")
ENGLISH = {"Accept-Language": "en"}
HOSTILE = 'O‘tkir "<script>" & Ўткир = 5%; +'


@pytest.fixture
def bbb() -> Iterator[Fake]:
    with FakeBigBlueButton().running() as fake:
        yield fake


@pytest.fixture
def kit() -> Iterator[Fake]:
    with FakeLiveKit().running() as fake:
        yield fake


@pytest.fixture
def on_bbb(bbb: Fake, settings: Settings) -> Fake:
    settings.CONFERENCE, settings.CONFERENCE_SECRET = "bigbluebutton", SECRET
    settings.CONFERENCE_URL = settings.CONFERENCE_ORIGIN = f"{bbb.url}/bigbluebutton/"
    return bbb


@pytest.fixture
def on_kit(kit: Fake, settings: Settings) -> Fake:
    settings.CONFERENCE, settings.CONFERENCE_SECRET, settings.CONFERENCE_KEY = "livekit", SECRET, KEY
    settings.CONFERENCE_URL, settings.CONFERENCE_PAGE = kit.url, "https://meet.example/custom"
    return kit


def visitor(role: Role = Role.LISTENER, name: str = "Dilnoza") -> Visitor:
    return Visitor(str(uuid4()), name, role)


# --- BigBlueButton ----------------------------------------------------------------------------------
def test_bigbluebutton_keeps_a_room_however_often_it_is_asked(bbb: Fake) -> None:
    system = BigBlueButton(f"{bbb.url}/bigbluebutton/", SECRET)
    for _ in range(2):
        system.open(ROOM)
    assert system.rooms() == {"malaka-1"}
    assert bbb.rooms["malaka-1"]["name"] == ROOM.title
    assert bbb.rooms["malaka-1"]["lockSettingsDisableMic"] == "true"
    for _ in range(2):
        system.close("malaka-1")
    assert system.rooms() == set()


@pytest.mark.parametrize(
    ("role", "told"), [(Role.HOST, "MODERATOR"), (Role.SPEAKER, "VIEWER"), (Role.LISTENER, "VIEWER")]
)
def test_bigbluebutton_lets_in_by_an_address_that_it_checks(bbb: Fake, role: Role, told: str) -> None:
    system = BigBlueButton(f"{bbb.url}/bigbluebutton/api", SECRET)
    system.open(ROOM)
    who = visitor(role, HOSTILE)
    with urlopen(system.door(ROOM, who)) as answer:
        assert b"SUCCESS" in answer.read()
    fields = bbb.rooms["malaka-1"]["people"][who.id]
    assert (fields["fullName"], fields["role"], "guest" in fields) == (HOSTILE, told, False)


def test_bigbluebutton_refuses_an_address_that_was_changed(bbb: Fake) -> None:
    system = BigBlueButton(f"{bbb.url}/bigbluebutton", SECRET)
    system.open(ROOM)
    with urlopen(system.door(ROOM, visitor()).replace("VIEWER", "MODERATOR")) as answer:
        assert b"checksumError" in answer.read()


def test_bigbluebutton_takes_titles_of_any_length(bbb: Fake) -> None:
    system = BigBlueButton(f"{bbb.url}/bigbluebutton", SECRET)
    system.open(Room("malaka-2", "ў" * 300))
    system.open(Room("malaka-3", "x", is_open_floor=True))
    assert [bbb.rooms[name]["lockSettingsDisableMic"] for name in ("malaka-2", "malaka-3")] == ["true", "false"]


def test_other_secret_opens_nothing(bbb: Fake, kit: Fake) -> None:
    for system in (BigBlueButton(f"{bbb.url}/bigbluebutton", "guessed"), LiveKit(kit.url, KEY, "guessed", "")):
        with pytest.raises(ConferenceAway):
            system.open(ROOM)
    assert not bbb.rooms
    assert not kit.rooms


BOMB = b'<!DOCTYPE r [<!ENTITY a "SUCC"><!ENTITY b "&a;ESS">]><response><returncode>&b;</returncode></response>'


@pytest.mark.parametrize(
    "broken",
    [
        (200, BOMB, 0),
        (200, b"<html>Welcome", 0),
        (200, b"", 0),
        (200, b"\xff\xfe\x00", 0),
        (200, b"[" * 100_000, 0),
        (200, b"[]", 0),
        (200, b'{"rooms": [1], "returncode": "SUCCESS"}', 0),
        (500, b"", 0),
        (302, b"", 0),
        (200, b"<response>" + b" " * 2048, 0),
        (200, b"<response/>", 0.3),
    ],
)
def test_what_answers_otherwise_is_taken_to_be_away(
    bbb: Fake, kit: Fake, broken: tuple[int, bytes, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "SECONDS", 0.2)
    monkeypatch.setattr(calls, "MOST_BYTES", 1024)
    bbb.broken = kit.broken = broken
    begun = time.monotonic()
    for system in (BigBlueButton(f"{bbb.url}/bigbluebutton", SECRET), LiveKit(kit.url, KEY, SECRET, "")):
        with pytest.raises(ConferenceAway) as away:
            system.rooms()
        assert SECRET not in str(away.value)
    assert time.monotonic() - begun < 2


def test_what_is_not_there_is_away() -> None:
    for system in (BigBlueButton("http://127.0.0.1:9", SECRET), LiveKit("http://127.0.0.1:9", KEY, SECRET, "")):
        with pytest.raises(ConferenceAway):
            system.open(ROOM)


# --- Jitsi ------------------------------------------------------------------------------------------
def test_token_is_as_others_make_it() -> None:
    claims = {"sub": "1234567890", "name": "John Doe", "iat": 1516239022}  # the example of jwt.io
    assert signed(claims, "your-256-bit-secret") == (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
        "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    )


@pytest.mark.parametrize(("role", "leads"), [(Role.HOST, "true"), (Role.LISTENER, "false")])
def test_jitsi_lets_in_by_a_token_for_one_room_and_two_minutes(role: Role, leads: str) -> None:
    system = Jitsi("https://meet.example/", "malaka", SECRET)
    parts = urlsplit(system.door(ROOM, visitor(role, HOSTILE)))
    claims = read_token(parse_qs(parts.query)["jwt"][0])
    assert (parts.netloc, parts.path) == ("meet.example", "/malaka-1")
    assert [claims[name] for name in ("aud", "iss", "sub", "room")] == ["malaka", "malaka", "meet.example", "malaka-1"]
    assert (claims["context"]["user"]["name"], claims["context"]["user"]["moderator"]) == (HOSTILE, leads)
    assert claims["exp"] - time.time() <= 120
    settings = dict(parse_qsl(parts.fragment))
    assert settings["config.subject"] == '"Payvandlash & <b>kesish</b>"'
    assert ("config.toolbarButtons" in settings) == (role == Role.LISTENER)
    assert read_token(parse_qs(parts.query)["jwt"][0], "other") == {}


def test_jitsi_is_asked_nothing() -> None:
    system = Jitsi("https://meet.example", "malaka", SECRET)
    system.open(ROOM)
    system.close(ROOM.name)
    assert system.rooms() == set()


# --- LiveKit ----------------------------------------------------------------------------------------
def test_livekit_keeps_rooms_and_who_is_in_them(kit: Fake) -> None:
    system = LiveKit(kit.url.replace("http", "ws"), KEY, SECRET, "https://meet.example/custom")
    for _ in range(2):
        system.open(ROOM)
    kit.rooms[ROOM.name]["people"] = {"a": False, "b": True}
    system.let_speak(ROOM.name, "a", speaks=True)
    system.remove(ROOM.name, "b")
    assert (system.rooms(), system.present(ROOM.name)) == ({ROOM.name}, {"a": True})
    for _ in range(2):
        system.close(ROOM.name)
    system.remove(ROOM.name, "a")
    assert (system.rooms(), system.present(ROOM.name)) == (set(), {})


@pytest.mark.parametrize(("role", "speaks"), [(Role.HOST, True), (Role.SPEAKER, True), (Role.LISTENER, False)])
def test_livekit_lets_in_by_a_token_on_a_page_of_the_operator(role: Role, speaks: bool) -> None:
    who = visitor(role, HOSTILE)
    system = LiveKit("https://kit.example", KEY, SECRET, "https://meet.example/custom?theme=dark")
    parts = urlsplit(system.door(ROOM, who))
    query = parse_qs(parts.query)
    claims = read_token(query["token"][0])
    assert (parts.netloc, query["liveKitUrl"], query["theme"]) == ("meet.example", ["wss://kit.example"], ["dark"])
    assert (claims["sub"], claims["name"], claims["iss"]) == (who.id, HOSTILE, KEY)
    grants = claims["video"]
    assert (grants["room"], grants["canPublish"], grants["roomAdmin"]) == (ROOM.name, speaks, role == Role.HOST)


# --- Settings ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("system", "given", "complaint"),
    [
        ("zoom", {}, "MALAKA_CONFERENCE is"),
        ("bigbluebutton", {"url": "https://b.example"}, "needs MALAKA_CONFERENCE_SECRET"),
        ("jitsi", {"url": "https://b.example", "secret": "s"}, "needs MALAKA_CONFERENCE_KEY"),
        ("livekit", {"url": "wss://b.example", "secret": "s", "key": "k"}, "needs MALAKA_CONFERENCE_PAGE"),
        ("", {"secret": "s"}, "MALAKA_CONFERENCE does not say"),
        ("bigbluebutton", {"url": "https://b.example", "secret": "s", "key": "k"}, "bigbluebutton has none"),
        ("bigbluebutton", {"url": "http://b.example", "secret": "s"}, "MALAKA_CONFERENCE_URL is an address"),
        ("bigbluebutton", {"url": "b.example", "secret": "s"}, "MALAKA_CONFERENCE_URL is an address"),
        ("bigbluebutton", {"url": "https://b.example; script-src *", "secret": "s"}, "is an address"),
        ("bigbluebutton", {"url": "https://[b", "secret": "s"}, "is an address"),
    ],
)
def test_half_a_setting_is_refused(system: str, given: dict[str, str], complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=complaint):
        check_conference(system, **{"url": "", "key": "", "secret": "", "page": ""} | given)


def test_frame_is_of_the_page_that_people_meet_on() -> None:
    assert check_conference("") == ""
    assert (
        check_conference("bigbluebutton", url="https://b.example:8443/bigbluebutton/", secret="s")
        == "https://b.example:8443"
    )
    whole = {"url": "wss://kit.example", "key": "k", "secret": "s", "page": "https://meet.example/custom"}
    assert check_conference("livekit", **whole) == "https://meet.example"


# --- Rooms of classes -------------------------------------------------------------------------------
@pytest.mark.django_db
def test_room_is_kept_for_each_class_that_is_on_and_no_other_of_ours(room: Class, on_bbb: Fake) -> None:
    on_bbb.rooms["of-others"] = {}
    later = make_session(make_live_cohort())
    assert (settle_rooms(), settle_rooms()) == (1, 0)
    assert set(on_bbb.rooms) == {"of-others", f"{our_prefix()}{room.session.uuid}"}
    end_session(room.session, by=None)
    start_session(later, by=None)
    assert settle_rooms() == 2
    assert set(on_bbb.rooms) == {"of-others", f"{our_prefix()}{later.uuid}"}
    on_bbb.rooms.clear()  # as after a restart
    assert settle_rooms() == 1


@pytest.mark.django_db
def test_class_goes_on_while_the_system_is_away(room: Class, on_bbb: Fake) -> None:
    door = reverse("live:conference", args=[room.session.uuid])
    browser = Client()
    browser.force_login(room.learner)
    settle_rooms()
    assert browser.get(door).status_code == 302
    on_bbb.broken = (502, b"", 0)
    with pytest.raises(ConferenceAway):
        settle_rooms()
    answer = browser.get(door)
    assert (answer.status_code, answer["Refresh"], answer["X-Frame-Options"]) == (503, "5", "SAMEORIGIN")
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert browser.get(reverse("live:room", args=[room.session.uuid])).status_code == 200
    on_bbb.broken = None
    settle_rooms()
    assert browser.get(door).status_code == 302


@pytest.mark.django_db
def test_one_room_that_is_refused_keeps_no_other_back(room: Class, on_bbb: Fake) -> None:
    other = make_session(make_live_cohort(), on=True)
    on_bbb.rooms[f"{our_prefix()}{room.session.uuid}"] = {"name": "another"}
    on_bbb.on_getmeetings = lambda fields: b"<response><returncode>SUCCESS</returncode></response>"  # type: ignore[attr-defined]  # a fake takes any answer
    with pytest.raises(ConferenceAway):
        settle_rooms()
    assert set(LiveSession.objects.filter(is_conference_open=True)) == {other}


@pytest.mark.django_db
def test_who_may_not_be_there_is_sent_out_and_the_word_is_given(room: Class, on_kit: Fake) -> None:
    settle_rooms()
    people = on_kit.rooms[f"{our_prefix()}{room.session.uuid}"]["people"]
    ids = {user: str(user.uuid) for user in (room.teacher, room.learner, room.other)}
    people |= {
        ids[room.teacher]: True,
        ids[room.learner]: False,
        ids[room.other]: True,
        str(uuid4()): True,
        "EG_rec": True,
    }
    for user in (room.learner, room.other):
        look_in(room.session, by=user)
    teacher = Client()
    teacher.force_login(room.teacher)
    assert b"Give the word" in teacher.get(reverse("live:room", args=[room.session.uuid]), headers=ENGLISH).content
    set_speaking(room.session, who=room.learner.uuid, speaking=True, by=room.teacher)
    settle_rooms()
    assert people == {ids[room.teacher]: True, ids[room.learner]: True, ids[room.other]: False, "EG_rec": True}
    set_removed(room.session, who=room.learner.uuid, removed=True, by=room.teacher)
    Enrollment.objects.filter(person=room.other.person).update(status=Enrollment.Status.WITHDRAWN)
    settle_rooms()
    assert people == {ids[room.teacher]: True, "EG_rec": True}


# --- The way in -------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_roles_say_the_same_as_the_rules_of_the_class(room: Class) -> None:
    helper = room.other
    for user in (room.learner, helper):
        look_in(room.session, by=user)
    set_host(room.session, who=helper.uuid, host=True, by=room.teacher)
    for is_open in (False, True):
        LiveSession.objects.update(is_open_floor=is_open)
        session = LiveSession.objects.get()
        for user in (room.teacher, room.learner, helper):
            role = visitors_of(session, [user.uuid])[user.uuid].role
            assert (role == Role.HOST) == can_host(user, session)
            assert (role != Role.LISTENER) == may_speak(session, user)


@pytest.mark.django_db
def test_address_is_asked_for_anew_and_no_page_holds_it(room: Class, on_bbb: Fake) -> None:
    settle_rooms()
    browser = Client()
    browser.force_login(room.learner)
    page = browser.get(reverse("live:room", args=[room.session.uuid])).content.decode()
    door = reverse("live:conference", args=[room.session.uuid])
    assert f'src="{door}"' in page
    assert f"camera {on_bbb.url}" in page
    assert "checksum" not in page
    answer = browser.get(door)
    assert answer["Location"].startswith(f"{on_bbb.url}/bigbluebutton/api/join?")
    assert (answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) == ("no-referrer", True)
    look_in(room.session, by=room.learner)
    set_removed(room.session, who=room.learner.uuid, removed=True, by=room.teacher)
    assert browser.get(door).status_code == 403
    end_session(room.session, by=None)
    browser.force_login(room.teacher)
    assert browser.get(door).status_code == 409


@pytest.mark.django_db
def test_guest_listens_until_sent_out(room: Class, on_kit: Fake, client: Client) -> None:
    settle_rooms()
    guest = guests.come_in(make_guest_link(room.session), name="Mehmon & do‘st")
    client.cookies[guests.COOKIE] = guests.pass_of(guest)
    door = reverse("live:guest_conference", args=[room.session.uuid])
    assert client.get(door).status_code == 404  # waits
    LiveSession.objects.filter(pk=room.session.pk).update(lobby="nobody")
    claims = read_token(parse_qs(urlsplit(client.get(door)["Location"]).query)["token"][0])
    assert (claims["name"], claims["video"]["canPublish"]) == ("Mehmon & do‘st", False)
    assert door in client.get(reverse("live:guest_room", args=[room.session.uuid])).content.decode()
    guests.remove_guest(room.session, who=guest.uuid, by=room.teacher)
    assert client.get(door).status_code == 404


@pytest.mark.django_db
def test_nothing_is_shown_where_no_system_is_chosen(room: Class, client: Client) -> None:
    client.force_login(room.teacher)
    assert chosen() is None
    assert b"data-conference" not in client.get(reverse("live:room", args=[room.session.uuid])).content
    assert client.get(reverse("live:conference", args=[room.session.uuid])).status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2])
def test_learners_are_looked_up_together(room: Class, count: int, django_assert_num_queries: Any) -> None:
    ids = [room.learner.uuid, room.other.uuid][:count]
    with django_assert_num_queries(4 + count):  # and what each may beyond learning
        assert len(visitors_of(room.session, ids)) == count
