from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from courses.models import CourseVersion, Lesson, Rendition, Video
from enrollment.models import Enrollment
from tests.courses.factories import make_course, make_film, make_lesson, make_module, publish
from tests.learning.factories import lesson_of, make_learning
from tests.pages import teach_url as at

pytestmark = pytest.mark.django_db
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nSalom"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def with_sizes(lesson: Lesson, *kinds: str) -> Video:
    video = make_film(lesson)
    for number, kind in enumerate(kinds, start=1):
        rendition = Rendition(video=video, kind=kind, size=number)
        rendition.file.save(f"{kind}.mp4", ContentFile(b"0123456789" * number), save=False)
        rendition.save()
    return video


@pytest.fixture
def enrollment(learner: User) -> Enrollment:
    course = make_course()
    lesson = make_lesson(make_module(course.versions.get()), "video")
    with_sizes(lesson, "audio", "240p", "360p")
    publish(course.versions.get())
    course.refresh_from_db()
    return make_learning(user=learner, course=course)


@pytest.fixture
def address(enrollment: Enrollment) -> str:
    return reverse("learning:lesson", args=[enrollment.uuid, lesson_of(enrollment, "video").uuid])


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "360p"),
        ({"Save-Data": "on"}, "240p"),
        ({"Sec-CH-UA-Mobile": "?1"}, "240p"),
        ({"User-Agent": "Mozilla/5.0 (Linux; Android 9) Mobile Safari"}, "240p"),
    ],
)
def test_a_phone_loads_the_smallest_size(
    client: Client, learner: User, address: str, headers: dict[str, str], kind: str
) -> None:
    client.force_login(learner)
    page = client.get(address, headers=headers)
    assert page.context["film"].chosen.kind == kind
    assert f'src="{address}film/{kind}/"' in page.content.decode()


def test_what_a_learner_chose_holds(client: Client, learner: User, address: str) -> None:
    client.force_login(learner)
    for asked, kind in (
        ("audio", "audio"),
        ("", "audio"),
        ("nothing", "audio"),
        ("720p", "360p"),
        ("original", "original"),
    ):
        assert client.get(address, {"quality": asked} if asked else {}).context["film"].chosen.kind == kind


def test_a_film_comes_in_byte_ranges(client: Client, learner: User, address: str) -> None:
    client.force_login(learner)
    url = f"{address}film/240p/"
    part = client.get(url, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.headers["Content-Range"], part.getvalue()) == (206, "bytes 5-9/20", b"56789")
    assert client.get(url, headers={"Range": "bytes=-3"}).getvalue() == b"789"
    beyond = client.get(url, headers={"Range": "bytes=20-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */20")
    assert client.get(f"{address}film/720p/").status_code == 404
    assert client.get(f"{address}film/poster/").status_code == 404


def test_captions_come_as_text_tracks(client: Client, learner: User, address: str, outsider: User) -> None:
    client.force_login(learner)
    assert f'<track kind="captions" src="{address}captions/uz/" srclang="uz"' in client.get(address).content.decode()
    told = client.get(f"{address}captions/uz/")
    assert (told.headers["Content-Type"], told.getvalue()[:6]) == ("text/vtt; charset=utf-8", b"WEBVTT")
    assert client.get(f"{address}captions/ru/").status_code == 404
    client.force_login(outsider)
    assert client.get(f"{address}captions/uz/").status_code == 404
    assert client.get(f"{address}film/240p/").status_code == 404


# --- Authors --------------------------------------------------------------------------------------
def test_an_author_sends_in_a_film_and_sees_how_far_it_is(browser: Client, version: CourseVersion) -> None:
    sent = {"title_uz": "Film", "minutes": "5", "file": SimpleUploadedFile("a.mp4", b"\0\0\0\x20ftypisom")}
    browser.post(at("lesson_new", make_module(version).uuid, "video"), sent)
    lesson = version.lessons.get()
    page = browser.get(at("lesson", lesson.uuid)).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert browser.get(at("film", lesson.uuid, "original")).getvalue() == b"\0\0\0\x20ftypisom"


def test_an_author_is_told_why_a_film_is_as_it_is(browser: Client, version: CourseVersion) -> None:
    lesson = make_lesson(make_module(version), "video")
    make_film(lesson)
    assert "ffmpeg" in browser.get(at("lesson", lesson.uuid)).content.decode()
    Video.objects.update(status="broken", problem="unplayable")
    assert "MP4" in browser.get(at("lesson", lesson.uuid)).content.decode()
    browser.post(at("film_again", lesson.uuid))
    assert Video.objects.get().status == "waiting"


def test_captions_and_posters_are_sent_in_and_taken_away(browser: Client, version: CourseVersion) -> None:
    lesson = make_lesson(make_module(version), "video")
    assert browser.get(at("captions_new", lesson.uuid)).status_code == 404
    make_film(lesson)
    url = at("captions_new", lesson.uuid)
    assert browser.get(url).status_code == 200
    wrong = browser.post(url, {"language": "ru", "file": SimpleUploadedFile("a.vtt", b"WEBVTT\n\nx")})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["file"])
    browser.post(url, {"language": "ru", "file": SimpleUploadedFile("a.vtt", CAPTIONS)})
    assert browser.get(at("captions", lesson.uuid, "ru")).getvalue().startswith(b"WEBVTT")
    browser.post(at("captions_remove", lesson.uuid, "ru"))
    assert browser.get(at("captions", lesson.uuid, "ru")).status_code == 404
    drawn = BytesIO()
    Image.new("RGB", (20, 10)).save(drawn, "PNG")
    assert browser.post(at("poster", lesson.uuid), {"picture": SimpleUploadedFile("a.png", b"x")}).status_code == 422
    browser.post(at("poster", lesson.uuid), {"picture": SimpleUploadedFile("a.png", drawn.getvalue())})
    assert browser.get(at("film", lesson.uuid, "poster")).status_code == 200
    assert browser.get(at("preview", version.uuid, lesson.uuid)).status_code == 200
