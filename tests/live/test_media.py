"""Picture and sound over the socket of a class, on a real Janus: who may publish, who hears of it, hostile clients."""

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from enrollment.models import Cohort, Enrollment
from live.consumers import HUB, RELAY
from live.media import janus
from live.media.link import Said
from live.models import LiveSession
from live.queries.room import has_hand_up, may_speak, words_given
from live.services.events import TeachersOnly
from live.services.floor import TeacherSpeaks, set_speaking
from live.services.hands import raise_hand
from live.services.presence import look_in
from live.sockets import Close
from live.tasks import settle_rooms
from tests.live.conftest import Class
from tests.live.factories import make_live_cohort, make_session
from tests.live.sockets import Client as Socket
from tests.live.sockets import connected, joined, scenario

pytestmark = pytest.mark.django_db(transaction=True)

PRINT = ":".join(["AB"] * 32)
LINE = f"""c=IN IP4 0.0.0.0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 {PRINT}
a=setup:actpass
a=rtcp-mux
a=sendonly
"""
SOUND = f"m=audio 9 UDP/TLS/RTP/SAVPF 111\n{LINE}a=mid:0\na=rtpmap:111 opus/48000/2\na=ssrc:1 cname:c\n"
PICTURE = f"m=video 9 UDP/TLS/RTP/SAVPF 96\n{LINE}a=mid:1\na=rtpmap:96 VP8/90000\na=ssrc:2 cname:c\n"
DATA = f"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n{LINE}a=mid:2\na=sctp-port:5000\n"
HEAD = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE 0 1\n"


def sdp(*lines: str) -> str:
    """An offer as a browser makes it, from nowhere."""
    return (HEAD + "".join(lines)).replace("\n", "\r\n")


OFFER = sdp(SOUND, PICTURE)
CAMERA = {"what": "camera", "sdp": OFFER, "sound": True, "picture": False}


@pytest.fixture
def on_air(room: Class, media_server: None) -> Class:
    """A class whose room the media server keeps."""
    settle_rooms()
    return room


def another_cohort(room: Class) -> Cohort:
    return make_live_cohort(instructor=room.teacher, organization=room.cohort.organization)


async def at_desk(client: Socket) -> dict[str, object]:
    await client.send("media")
    return await client.hear("media")


async def seats(session: LiveSession) -> set[str]:
    """Whose cameras have a seat in the media server's room."""
    there = await sync_to_async(janus.participants)(str(session.uuid))
    return {each["id"].split(".")[1] for each in there if each["id"].startswith("camera.")}


@scenario
async def test_camera_goes_with_the_socket_that_published_it(on_air: Class) -> None:
    async with joined(on_air.session, on_air.learner) as learner:
        assert (await at_desk(learner))["may_speak"] is False
        async with joined(on_air.session, on_air.teacher) as teacher:
            assert (await at_desk(teacher))["may_speak"] is True
            await teacher.send("publish", **CAMERA)
            assert (await teacher.hear("published"))["sdp"].startswith("v=0")
            assert await seats(on_air.session) == {str(on_air.teacher.uuid)}
        assert await seats(on_air.session) == set()
    assert not RELAY.rooms


@scenario
async def test_what_the_media_server_says_of_cameras_is_told_to_all(on_air: Class) -> None:
    async with joined(on_air.session, on_air.learner) as learner:
        await at_desk(learner)
        room, feed = RELAY.rooms[str(on_air.session.uuid)], f"camera.{on_air.teacher.uuid}.1"
        display = '{"name": "A", "sound": true, "picture": false}'
        room.hear(Said({"publishers": [{"id": feed, "display": display}, {"id": "camera.x.2", "display": "["}]}))
        told = (await learner.hear("feeds"))["feeds"]
        assert told[0] == {
            "feed": feed,
            "by": {"id": str(on_air.teacher.uuid), "name": "A"},
            "what": "camera",
            "sound": True,
            "picture": False,
        }
        room.hear(Said({"id": feed, "display": display.replace("false", "true")}))
        room.hear(Said({"unpublished": "camera.x.2"}))
        assert [each["picture"] for each in (await learner.hear("feeds"))["feeds"]] == [True]
        room.hear(Said({"leaving": feed}))
        assert (await learner.hear("feeds"))["feeds"] == []


@scenario
async def test_learner_publishes_only_while_having_the_word(on_air: Class) -> None:
    async with joined(on_air.session, on_air.teacher) as teacher, joined(on_air.session, on_air.learner) as learner:
        await at_desk(learner)
        assert await learner.refusal("publish", **CAMERA) == "may-not-speak"
        await teacher.send("speak", who=str(on_air.learner.uuid))
        await learner.hear_event("speak")
        await learner.send("publish", **CAMERA)
        await learner.hear("published")
        await teacher.send("hush", who=str(on_air.learner.uuid))
        assert (await learner.hear("cut"))["what"] == "camera"
        assert await learner.refusal("publish", **CAMERA) == "may-not-speak"
        assert await learner.refusal("speak", who=str(on_air.learner.uuid)) == "teachers-only"


@scenario
async def test_who_was_sent_out_cannot_publish_on_the_old_socket_nor_on_a_new_one(on_air: Class) -> None:
    async with joined(on_air.session, on_air.teacher) as teacher, joined(on_air.session, on_air.learner) as learner:
        await at_desk(teacher)
        await at_desk(learner)
        await teacher.send("speak", who=str(on_air.learner.uuid))
        await learner.hear_event("speak")
        await learner.send("publish", **CAMERA)
        await learner.hear("published")
        assert await seats(on_air.session) == {str(on_air.learner.uuid)}
        await Enrollment.objects.filter(pk=on_air.enrollment.pk).aupdate(status=Enrollment.Status.WITHDRAWN)
        await HUB.rooms[on_air.session.uuid].pulse()
        assert await learner.close_code() == Close.OVER
    assert await seats(on_air.session) == set()
    async with connected(on_air.session, on_air.learner) as again:
        assert await again.close_code() == Close.NOT_FOUND


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        ("", "invalid"),
        ("v=0" + "a" * 12_000, "invalid"),
        ("not a description", "bad-description"),
        (sdp(SOUND, DATA), "bad-description"),
        (sdp(SOUND, PICTURE, PICTURE), "bad-description"),
        (sdp("m=audio\n"), "bad-description"),
    ],
)
def test_descriptions_that_are_none_are_refused(on_air: Class, offer: str, code: str) -> None:
    @scenario
    async def story() -> None:
        async with joined(on_air.session, on_air.teacher) as teacher:
            await at_desk(teacher)
            assert await teacher.refusal("publish", **CAMERA | {"sdp": offer}) == code
            await teacher.send("publish", **CAMERA)  # and nothing is hurt by it
            await teacher.hear("published")

    story()


@scenario
async def test_nothing_is_done_without_a_desk_nor_for_another_room(on_air: Class) -> None:
    elsewhere = await sync_to_async(lambda: make_session(another_cohort(on_air), on=True))()
    await sync_to_async(settle_rooms)()
    async with joined(on_air.session, on_air.teacher) as teacher, joined(elsewhere, on_air.teacher) as other:
        assert await teacher.refusal("publish", **CAMERA) == "not-watching"
        assert await teacher.refusal("watch", feeds={}) == "not-watching"
        await at_desk(teacher)
        assert await teacher.refusal("publish", **CAMERA, room=str(elsewhere.uuid)) == "invalid"
        await teacher.send("publish", **CAMERA)
        await teacher.hear("published")
        (feed,) = (
            each["id"]
            for each in await sync_to_async(janus.participants)(str(on_air.session.uuid))
            if "." in each["id"]
        )
        assert (await at_desk(other))["feeds"] == []
        await other.send("watch", feeds={feed: 2})
        assert await other.hears_nothing()


@scenario
async def test_flood_is_refused(on_air: Class) -> None:
    async with joined(on_air.session, on_air.teacher) as teacher:
        await at_desk(teacher)
        for _ in range(25):
            await teacher.send("answer", sdp="v=0")
        assert (await teacher.hear("error"))["code"] == "too-many-requests"


@scenario
async def test_room_that_the_media_server_lost_is_said_to_be_away(room: Class, media_server: None) -> None:
    async with joined(room.session, room.learner) as learner:
        assert await learner.refusal("media") == "media-away"
        await sync_to_async(settle_rooms)()
        assert (await at_desk(learner))["op"] == "media"


@scenario
async def test_class_goes_on_without_a_media_server(room: Class, settings: Settings) -> None:
    settings.JANUS_URL = "ws://127.0.0.1:9"
    async with joined(room.session, room.learner) as learner:
        assert await learner.refusal("media") == "media-away"
        await learner.say("Good day")
        assert (await learner.hear_event("say"))["text"] == "Good day"
    assert not RELAY.rooms


@scenario
async def test_there_is_nothing_to_see_before_the_class_begins(room: Class, media_server: None) -> None:
    session = await sync_to_async(lambda: make_session(another_cohort(room)))()
    async with joined(session, room.teacher) as teacher:
        assert await teacher.refusal("media") == "class-not-begun"


# --- Who has the word -------------------------------------------------------------------------
def test_word_is_given_once_and_lowers_the_hand(room: Class) -> None:
    look_in(room.session, by=room.learner)
    raise_hand(room.session, by=room.learner)
    for _ in range(2):
        set_speaking(room.session, who=room.learner.uuid, speaking=True, by=room.teacher)
    assert [event.kind for event in room.session.events.all()] == ["start", "hand", "speak", "lower"]
    assert not has_hand_up(room.session, room.learner)
    assert words_given(room.session) == {room.learner.pk}
    set_speaking(room.session, who=room.learner.uuid, speaking=False, by=room.teacher)
    assert (may_speak(room.session, room.learner), words_given(room.session)) == (False, set())


def test_only_who_teaches_gives_the_word_and_keeps_it(room: Class) -> None:
    look_in(room.session, by=room.teacher)
    with pytest.raises(TeachersOnly):
        set_speaking(room.session, who=room.learner.uuid, speaking=True, by=room.learner)
    with pytest.raises(TeacherSpeaks):
        set_speaking(room.session, who=room.teacher.uuid, speaking=False, by=room.teacher)


def test_where_the_floor_is_open_all_speak_but_those_whose_word_was_taken(room: Class) -> None:
    LiveSession.objects.update(is_open_floor=True)
    room.session.refresh_from_db()
    look_in(room.session, by=room.learner)
    assert may_speak(room.session, room.learner)
    set_speaking(room.session, who=room.learner.uuid, speaking=False, by=room.teacher)
    assert not may_speak(room.session, room.learner)
    assert may_speak(room.session, room.other)


def test_controls_are_shown_where_there_is_a_media_server_alone(room: Class, settings: Settings) -> None:
    browser = Client()
    browser.force_login(room.teacher)
    path = reverse("live:room", args=[room.session.uuid])
    assert b"data-media" not in browser.get(path).content
    settings.JANUS_URL = "ws://127.0.0.1:9"
    assert b"data-media" in browser.get(path).content


def test_form_gives_the_word_but_does_nothing_at_a_desk(room: Class) -> None:
    look_in(room.session, by=room.learner)
    browser = Client()
    browser.force_login(room.teacher)
    browser.post(reverse("live:act", args=[room.session.uuid, "speak"]), {"who": str(room.learner.uuid)})
    assert words_given(room.session) == {room.learner.pk}
    assert browser.post(reverse("live:act", args=[room.session.uuid, "media"])).status_code == 404
