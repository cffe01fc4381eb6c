"""Recording a class: begun in sight of all, made into a film, watched, credited and removed."""

import json
import struct
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEvent, User
from base.models import Job
from base.services.jobs import run_job
from enrollment.models import AttendanceEntry
from live.media import janus, tokens
from live.media.recordings import find_pieces
from live.models import LiveSession, Recording, RoomEvent, Viewing
from live.queries.recordings import films_of
from live.services.events import TeachersOnly
from live.services.recordings import (
    NoMediaServer,
    begin_recording,
    credit_viewings,
    is_running,
    note_viewing,
    remove_due,
    stop_recording,
)
from live.services.sessions import end_session
from live.tasks import settle_rooms, sweep_recordings
from tests.live.conftest import Class
from tests.live.factories import make_film

pytestmark = pytest.mark.django_db
Status = Recording.Status


@pytest.fixture(autouse=True)
def own_folders(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.RECORDINGS_DIR = tmp_path / "recordings"
    settings.JANUS_URL, settings.JANUS_ADMIN_URL = "ws://127.0.0.1:9", "http://127.0.0.1:9/admin"


def write_voice(session: LiveSession, user: User, *, at: float, seconds: int = 2) -> Path:
    """What Janus writes down of a voice: a head, then silence in Opus, packet by packet."""
    folder = Path(session_folder(session))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"videoroom-{session.uuid}-user-camera.{user.uuid}.1-{round(at * 1e6)}-audio-0.mjr"
    head = json.dumps({"t": "a", "c": "opus", "s": round(at * 1e6), "u": round(at * 1e6)}).encode()
    data = b"MJR00002" + struct.pack("!H", len(head)) + head
    for number in range(seconds * 50):
        packet = struct.pack("!BBHII", 0x80, 111, number, number * 960, 1) + b"\xf8\xff\xfe"
        data += b"MEET" + struct.pack("!IH", number * 20, len(packet)) + packet
    path.write_bytes(data)
    return path


def session_folder(session: LiveSession) -> Path:
    return Path(django_settings.RECORDINGS_DIR, str(session.uuid))


def recorded(room: Class, **voices: float) -> Recording:
    """A class recorded for ten seconds, with voices that began so many seconds after it."""
    recording = begin_recording(room.session, by=room.teacher)
    start = timezone.now() - timedelta(seconds=10)
    Recording.objects.update(started_at=start)
    for name, after in voices.items():
        write_voice(room.session, getattr(room, name), at=start.timestamp() + after)
    stop_recording(room.session, by=room.teacher)
    recording.refresh_from_db()
    return recording


# --- In the class -----------------------------------------------------------------------------
def test_recording_is_begun_and_ended_once_in_sight_of_all(room: Class) -> None:
    first = begin_recording(room.session, by=room.teacher)
    assert begin_recording(room.session, by=room.teacher) == first
    stop_recording(room.session, by=room.teacher)
    stop_recording(room.session, by=room.teacher)
    kinds = list(room.session.events.values_list("kind", flat=True))
    assert kinds == ["start", "record", "unrecord"]
    first.refresh_from_db()
    assert (first.status, first.keep_until) == (Status.WAITING, timezone.localdate() + timedelta(days=180))
    assert AuditEvent.objects.filter(action__startswith="recording.").count() == 2


def test_only_who_teaches_records_and_only_where_there_is_something(room: Class, settings: Settings) -> None:
    with pytest.raises(TeachersOnly):
        begin_recording(room.session, by=room.learner)
    settings.JANUS_URL = ""
    with pytest.raises(NoMediaServer):
        begin_recording(room.session, by=room.teacher)


def test_end_of_the_class_ends_its_recording(room: Class) -> None:
    LiveSession.objects.update(recording_days=7)
    begin_recording(room.session, by=room.teacher)
    end_session(room.session, by=None)
    recording = room.session.recordings.get()
    assert recording.status == Status.WAITING
    assert recording.keep_until == timezone.localdate() + timedelta(days=7)


def test_everybody_sees_that_the_class_is_recorded(room: Class) -> None:
    browser, path = Client(), reverse("live:room", args=[room.session.uuid])
    browser.force_login(room.learner)
    assert b"data-recording hidden" in browser.get(path).content
    begin_recording(room.session, by=room.teacher)
    page = browser.get(path).content
    assert b"data-recording>" in page
    assert b'data-op="unrecord"' not in page


def test_media_server_records_what_is_to_be_recorded(room: Class, media_server: None) -> None:
    begin_recording(room.session, by=room.teacher)
    settle_rooms()
    assert is_recorded(room.session)
    stop_recording(room.session, by=room.teacher)
    settle_rooms()
    assert not is_recorded(room.session)


def is_recorded(session: LiveSession) -> bool:
    (room,) = janus._ask({"request": "list", "admin_key": tokens.secret_of("rooms")})["list"]
    assert room["room"] == str(session.uuid)
    return bool(room["record"])


# --- The film ---------------------------------------------------------------------------------
def test_film_is_made_of_all_voices_with_a_chapter_for_each_slide(room: Class) -> None:
    begin_recording(room.session, by=room.teacher)
    for seq, body in enumerate(({"name": "Seams", "page": 1, "deck": ""}, {"page": 2, "deck": ""}), start=100):
        kind = RoomEvent.Kind.DECK if "name" in body else RoomEvent.Kind.SLIDE
        at = timezone.now() - timedelta(seconds=120 - seq)
        RoomEvent.objects.create(session=room.session, seq=seq, kind=kind, body=body, at=at)
    start = timezone.now() - timedelta(seconds=25)
    Recording.objects.update(started_at=start)
    for user, after in ((room.teacher, 1), (room.learner, 3.5)):
        write_voice(room.session, user, at=start.timestamp() + after)
    (session_folder(room.session) / "videoroom-x-user-camera.x.1-1-audio-0.mjr").write_bytes(b"damaged")
    stop_recording(room.session, by=room.teacher)
    recording = room.session.recordings.get()
    assert recording.job_id
    run_job(recording.job_id)
    recording.refresh_from_db()
    assert (recording.status, recording.seconds) == (Status.READY, 25)
    assert recording.chapters == [{"at": 5, "title": "Seams, 1"}, {"at": 6, "title": "Seams, 2"}]
    assert recording.file.size > 1000
    assert find_pieces(session_folder(room.session), since=start, until=timezone.now()) == []
    run_job(recording.job_id)  # a message that comes twice
    recording.refresh_from_db()
    assert recording.status == Status.READY


def test_class_in_which_nobody_was_heard_leaves_no_film(room: Class) -> None:
    recording = recorded(room)
    assert recording.job_id
    run_job(recording.job_id)
    recording.refresh_from_db()
    assert recording.status == Status.EMPTY
    assert not films_of(room.session, None)


def test_worker_that_was_killed_leaves_all_that_the_next_one_needs(
    room: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = recorded(room, teacher=1)
    assert recording.job_id
    with monkeypatch.context() as patch:
        patch.setattr("live.media.recordings.run_ffmpeg", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run_job(recording.job_id)
    Job.objects.update(lease_until=None)
    run_job(recording.job_id)
    recording.refresh_from_db()
    assert recording.status == Status.READY


def interrupted(*args: Any, **kwargs: Any) -> None:
    raise KeyboardInterrupt


# --- Watching ---------------------------------------------------------------------------------
def test_film_is_played_in_ranges_by_the_group_until_it_is_removed(room: Class, outsider: User) -> None:
    film = make_film(room.session)
    path = reverse("live:recording", args=[room.session.uuid, film.uuid])
    browser = Client()
    browser.force_login(room.learner)
    part = browser.get(path, headers={"range": "bytes=2-4"})
    assert (part.status_code, b"".join(part)) == (206, b"234")
    browser.force_login(outsider)
    assert browser.get(path).status_code == 404
    browser.force_login(room.learner)
    Recording.objects.update(keep_until=date(2020, 1, 1))
    assert sweep_recordings() == 1
    assert browser.get(path).status_code == 404


def test_each_minute_watched_counts_once_and_as_fast_as_the_clock_allows(room: Class) -> None:
    film = make_film(room.session)
    for start, end, waited, watched in (
        (0, 60, 0, 0),  # nobody watches a minute in no time
        (0, 60, 60, 1),
        (0, 60, 60, 1),
        (60, 500, 60, 2),  # beyond the end there is nothing
        (119, 60, 60, 2),
    ):
        Viewing.objects.update(seen_at=timezone.now() - timedelta(seconds=waited))
        viewing = note_viewing(film, room.enrollment, start=start, end=end)
        assert (viewing.watched, viewing.position) == (watched, min(end, 120))


def test_what_was_watched_is_credited_once_after_a_pause(room: Class) -> None:
    film = make_film(room.session)
    viewing = Viewing.objects.create(recording=film, enrollment=room.enrollment, minutes=[0, 1], watched=2)
    assert credit_viewings() == 0
    Viewing.objects.update(seen_at=timezone.now() - timedelta(minutes=10))
    assert (credit_viewings(), credit_viewings()) == (1, 0)
    entry = AttendanceEntry.objects.get(enrollment=room.enrollment)
    assert (entry.minutes, entry.source, entry.lesson) == (2, "online", room.session.lesson)
    viewing.refresh_from_db()
    assert viewing.credited == 2


def test_page_tells_what_a_learner_watched_and_goes_on_there(room: Class) -> None:
    film = make_film(room.session)
    end_session(room.session, by=None)
    path = reverse("live:watched", args=[room.session.uuid, film.uuid])
    browser = Client()
    browser.force_login(room.learner)
    assert browser.post(path, {"start": 0, "end": 40}).status_code == 204
    assert browser.post(path, {"start": -1, "end": "x"}).status_code == 422
    assert b'data-resume="40"' in browser.get(reverse("live:room", args=[room.session.uuid])).content
    browser.force_login(room.teacher)
    assert browser.post(path, {"start": 0, "end": 40}).status_code == 204
    assert Viewing.objects.count() == 1


def test_film_is_removed_after_its_day_and_not_before(room: Class) -> None:
    film = make_film(room.session, keep_until=timezone.localdate())
    assert remove_due() == 0
    Recording.objects.update(keep_until=timezone.localdate() - timedelta(days=1))
    assert (remove_due(), remove_due()) == (1, 0)
    film.refresh_from_db()
    assert (film.status, film.file.name, is_running(room.session)) == (Status.REMOVED, "", False)
    assert AuditEvent.objects.filter(action="recording.removed").exists()
