"""One small film of ffmpeg's own making is looked at, made smaller and played."""

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from base.errors import InvalidInput
from base.models import Job
from base.services.jobs import cancel_job, run_job
from courses import transcoding
from courses.models import CourseVersion, Lesson, Video
from courses.queries import missing_to_publish
from courses.services import videos
from courses.services.outline import save_lesson
from courses.services.versions import new_draft
from courses.services.videos import make_again, remove_captions, set_captions, set_poster, sweep_videos
from courses.transcoding import Film, Size, Unplayable, sizes_for
from tests.courses.factories import FILM, make_course, make_film, make_lesson, make_module, publish

pytestmark = pytest.mark.django_db
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nSalom"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of a test picture with a tone."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=8", "-f", "lavfi", "-i", "sine=frequency=440"]
    small = ["-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *inputs, *small, str(path)], check=True)
    return path.read_bytes()


def video_with(data: bytes) -> Video:
    lesson = make_lesson(make_module(make_course().versions.get()), "video")
    name = "Dars 1.webm" if data.startswith(b"\x1a") else "Dars 1.mp4"
    lesson = save_lesson(lesson, file=ContentFile(data, name=name), by=None)
    assert lesson.video is not None
    return lesson.video


def done(video: Video) -> Video:
    assert video.job_id is not None
    run_job(video.job_id)
    video.refresh_from_db()
    return video


def test_a_film_is_made_in_sizes_with_a_picture_and_its_sound(film: bytes) -> None:
    video = done(video_with(film))
    assert (video.status, video.seconds) == ("ready", 2)
    assert sorted(video.renditions.values_list("kind", flat=True)) == ["240p", "audio"]
    with Image.open(video.poster.file) as picture:
        assert picture.size == (320, 240)
    small = transcoding.probe(Path(video.renditions.get(kind="240p").file.path))
    assert (small.width, small.height, small.has_sound, round(small.seconds)) == (320, 240, True, 2)
    assert video.job
    assert (video.job.status, video.job.rows_done, video.job.rows_total) == ("done", 200, 200)
    before = set(video.renditions.values_list("pk", flat=True))
    assert make_again(video, by=None).status == "ready"
    assert set(video.renditions.values_list("pk", flat=True)) == before


def test_a_killed_worker_costs_one_size(film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    video, made, make = video_with(film), list[str](), transcoding.transcode

    def die(source: Path, target: Path, size: Size, *, seconds: float, told: Callable[[float], None]) -> None:
        if made:
            raise KeyboardInterrupt
        made.append(size.kind)
        make(source, target, size, seconds=seconds, told=told)

    monkeypatch.setattr(transcoding, "transcode", die)
    with pytest.raises(KeyboardInterrupt):
        done(video)
    monkeypatch.undo()
    Job.objects.update(lease_until=None)
    kept = video.renditions.get().pk
    assert done(video).status == "ready"
    assert sorted(video.renditions.values_list("kind", flat=True)) == ["240p", "audio"]
    assert video.renditions.filter(pk=kept).exists()


def test_a_film_that_brings_the_worker_down_is_given_up(film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    video = video_with(film)
    monkeypatch.setattr(transcoding, "transcode", die)
    for _ in range(videos.MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            done(video)
        Job.objects.update(lease_until=None)
    assert done(video).status == "broken"


HOSTILE = [
    FILM,
    FILM[:12],
    b"\x1a\x45\xdf\xa3" + b"x" * 200,
    b"\0\0\0\x20ftypisom#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
]


@pytest.mark.parametrize("data", HOSTILE)
def test_what_is_no_film_is_told_and_not_published(data: bytes) -> None:
    video = done(video_with(data))
    assert (video.status, video.problem) == ("broken", "unplayable")
    assert video.job
    assert (video.job.status, video.job.error_code) == ("failed", "unplayable")
    assert len(missing_to_publish(CourseVersion.objects.get())) == 1
    assert not list(Path(video.file.path).parent.glob("*240p*"))


def test_a_list_of_other_files_is_not_followed(tmp_path: Path, film: bytes) -> None:
    (tmp_path / "film.mp4").write_bytes(film)
    playlist = tmp_path / "list.mp4"
    for words in (f"ffconcat version 1.0\nfile {tmp_path}/film.mp4\n", f"#EXTM3U\n#EXTINF:2,\n{tmp_path}/film.mp4\n"):
        playlist.write_text(words)
        with pytest.raises(Unplayable):
            transcoding.probe(playlist)


def test_without_ffmpeg_the_film_stays_as_it_is_until_it_comes(film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    video = done(video_with(film))
    assert (video.status, sweep_videos()) == ("plain", 0)
    assert missing_to_publish(CourseVersion.objects.get()) == []
    monkeypatch.undo()
    assert sweep_videos() == 1
    assert sweep_videos() == 0
    video.refresh_from_db()
    assert (video.status, video.job and video.job.status) == ("waiting", "queued")


def test_a_film_that_was_stopped_is_taken_up_again(film: bytes) -> None:
    video = video_with(film)
    assert video.job
    cancel_job(video.job)
    assert missing_to_publish(CourseVersion.objects.get()) != []
    assert make_again(video, by=None).job == video.job
    video.job.refresh_from_db()
    assert video.job.status == "queued"


def test_a_film_that_came_without_a_job_gets_one() -> None:
    video = make_film(make_lesson(make_module(make_course().versions.get()), "video"))
    assert make_again(video, by=None).job is not None


def test_no_size_is_larger_than_the_film() -> None:
    def kinds(width: int, height: int, *, has_sound: bool = True) -> list[str]:
        return [size.kind for size in sizes_for(Film(1, width, height, has_sound))]

    assert kinds(1920, 1080) == kinds(1080, 1920) == ["240p", "audio", "360p", "720p"]
    assert kinds(854, 480, has_sound=False) == ["240p", "360p"]
    assert kinds(160, 120) == ["240p", "audio"]


def test_further_versions_show_the_same_film() -> None:
    lesson = make_lesson(make_module(make_course().versions.get()), "video")
    video = make_film(lesson)
    publish(lesson.version)
    draft = new_draft(lesson.version.course, by=None)
    assert Lesson.objects.get(version=draft).video == video


def test_captions_and_poster_take_the_place_of_earlier_ones() -> None:
    video = make_film(make_lesson(make_module(make_course().versions.get()), "video"))
    assert set_captions(video, language="uz", data=CAPTIONS, by=None).pk == video.captions.get().pk
    set_captions(video, language="ru", data=CAPTIONS, by=None)
    for _ in range(2):
        remove_captions(video, language="uz", by=None)
    assert video.captions.get().language == "ru"
    for language, data in (("xx", CAPTIONS), ("uz", b"SRT")):
        with pytest.raises(InvalidInput):
            set_captions(video, language=language, data=data, by=None)
    drawn = BytesIO()
    Image.new("RGB", (20, 10)).save(drawn, "PNG")
    drawn.seek(0)
    assert set_poster(video, file=drawn, size=99, by=None).poster.read().startswith(b"\x89PNG")
    with pytest.raises(InvalidInput):
        set_poster(video, file=BytesIO(b"x"), size=1, by=None)
