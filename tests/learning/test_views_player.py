from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Lesson
from enrollment.models import Enrollment, LessonProgress
from tests.accounts.factories import make_user
from tests.courses.factories import make_course, make_film, make_lesson, make_module, make_published_course, publish
from tests.learning.factories import lesson_of, make_learning

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment(learner: User) -> Enrollment:
    return make_learning(user=learner, course=make_published_course(kinds=("page", "page", "quiz", "on-site", "live")))


@pytest.fixture
def browser(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def address(name: str, enrollment: Enrollment, lesson: Lesson | None = None) -> str:
    return reverse(f"learning:{name}", args=[enrollment.uuid, *([lesson.uuid] if lesson else [])])


def test_the_player_begins_with_the_first_lesson_and_resumes_where_one_left(
    browser: Client, enrollment: Enrollment
) -> None:
    first, second = enrollment.cohort.version.lessons.all()[:2]
    assert browser.get(address("player", enrollment)).headers["Location"] == address("lesson", enrollment, first)
    browser.get(address("lesson", enrollment, second))
    assert browser.get(address("player", enrollment)).headers["Location"] == address("lesson", enrollment, second)


@pytest.mark.parametrize("kind", ["page", "quiz", "on-site", "live"])
def test_every_kind_of_lesson_is_shown(browser: Client, enrollment: Enrollment, kind: str) -> None:
    lesson = lesson_of(enrollment, kind)
    page = browser.get(address("lesson", enrollment, lesson))
    assert page.status_code == 200
    assert lesson.name in page.content.decode()
    assert LessonProgress.objects.filter(enrollment=enrollment, lesson=lesson).exists()


def test_a_page_is_read_in_the_readers_language_else_in_the_nearest(browser: Client, enrollment: Enrollment) -> None:
    page = address("lesson", enrollment, lesson_of(enrollment, "page"))
    for language, text in (("en", '<div class="prose" lang="en"><p>Text</p>'), ("ru", 'lang="uz"><p>Matn</p>')):
        assert text in browser.get(page, headers={"Accept-Language": language}).content.decode()
    cyrillic = browser.get(page, headers={"Accept-Language": "uz-cyrl"}).content.decode()
    assert "<p>Матн</p>" in cyrillic


def test_marking_as_read_goes_on_to_the_next_lesson(browser: Client, enrollment: Enrollment) -> None:
    first, second = enrollment.cohort.version.lessons.all()[:2]
    for _again in range(2):
        answer = browser.post(address("lesson_complete", enrollment, first))
        assert answer.headers["Location"] == address("lesson", enrollment, second)
    enrollment.refresh_from_db()
    assert enrollment.progress == pytest.approx(1 / 5)


@pytest.mark.parametrize("kind", ["quiz", "on-site", "live"])
def test_what_is_proved_otherwise_is_not_done_by_saying_so(browser: Client, enrollment: Enrollment, kind: str) -> None:
    browser.post(address("lesson_complete", enrollment, lesson_of(enrollment, kind)))
    assert not LessonProgress.objects.exclude(completed_at=None).exists()


def test_the_last_lesson_leads_to_congratulations(browser: Client, learner: User) -> None:
    enrollment = make_learning(user=learner, course=make_published_course(kinds=("page",)))
    answer = browser.post(address("lesson_complete", enrollment, lesson_of(enrollment, "page")), follow=True)
    assert answer.redirect_chain == [(address("player", enrollment), 302)]
    assert answer.templates[0].name == "learning/ended.html"


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_after_the_end_it_can_be_read_but_not_changed(browser: Client, enrollment: Enrollment, status: str) -> None:
    Enrollment.objects.filter(pk=enrollment.pk).update(status=status)
    lesson = lesson_of(enrollment, "page")
    assert browser.get(address("player", enrollment)).status_code == 200
    assert browser.get(address("lesson", enrollment, lesson)).status_code == 200
    browser.post(address("lesson_complete", enrollment, lesson))
    browser.post(address("lesson_position", enrollment, lesson), {"seconds": "5"})
    browser.post(address("attempt_start", enrollment, lesson_of(enrollment, "quiz")))
    assert not LessonProgress.objects.exists()
    assert not enrollment.attempts.exists()


def test_nobody_else_finds_an_enrollment(client: Client, enrollment: Enrollment, centre_manager: User) -> None:
    lesson = lesson_of(enrollment, "page")
    for user in (make_user(), centre_manager, make_user(person=None)):
        client.force_login(user)
        assert client.get(address("player", enrollment)).status_code == 404
        assert client.get(address("lesson", enrollment, lesson)).status_code == 404
        assert client.get(address("lesson_file", enrollment, lesson)).status_code == 404
        assert client.post(address("lesson_complete", enrollment, lesson)).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client: Client, enrollment: Enrollment) -> None:
    assert client.get(address("player", enrollment)).status_code == 302


def test_who_left_the_course_no_longer_finds_it(browser: Client, enrollment: Enrollment) -> None:
    Enrollment.objects.filter(pk=enrollment.pk).update(status="withdrawn")
    assert browser.get(address("player", enrollment)).status_code == 404


def test_a_lesson_of_another_course_is_not_there(browser: Client, enrollment: Enrollment) -> None:
    other = lesson_of(make_learning(), "page")
    assert browser.get(address("lesson", enrollment, other)).status_code == 404


@pytest.fixture
def with_files(learner: User, settings: Any, tmp_path: Path) -> Enrollment:
    settings.MEDIA_ROOT = tmp_path
    course = make_course()
    module = make_module(course.versions.get())
    make_film(make_lesson(module, "video"))
    make_lesson(module, "file", file=ContentFile(b"%PDF-1.7", name="reja.pdf"))
    publish(course.versions.get())
    course.refresh_from_db()
    return make_learning(user=learner, course=course)


def film_address(enrollment: Enrollment, lesson: Lesson) -> str:
    return f"{address('lesson', enrollment, lesson)}film/original/"


def test_a_video_is_played_in_ranges_and_resumes(browser: Client, with_files: Enrollment) -> None:
    lesson = lesson_of(with_files, "video")
    file = browser.get(film_address(with_files, lesson), headers={"Range": "bytes=12-15"})
    assert (file.status_code, file.getvalue()) == (206, b"vvvv")
    assert browser.post(address("lesson_position", with_files, lesson), {"seconds": "95"}).status_code == 204
    page = browser.get(address("lesson", with_files, lesson)).content.decode()
    assert 'data-resume="95"' in page
    assert 'preload="none"' in page


def test_pages_are_compressed_and_videos_are_not(browser: Client, with_files: Enrollment) -> None:
    zipped = {"Accept-Encoding": "gzip"}
    page = browser.get(address("lesson", with_files, lesson_of(with_files, "video")), headers=zipped)
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.content) < 30_000
    file = browser.get(film_address(with_files, lesson_of(with_files, "video")), headers=zipped)
    assert file.getvalue().startswith(b"\0\0\0\x20ftyp")
    assert int(file.headers["Content-Length"]) == 112


@pytest.mark.parametrize("seconds", ["", "-1", "x", "1e3", "9999999", "٣"])
def test_a_place_that_is_no_number_is_refused(browser: Client, with_files: Enrollment, seconds: str) -> None:
    place = address("lesson_position", with_files, lesson_of(with_files, "video"))
    assert browser.post(place, {"seconds": seconds}).status_code == 400


def test_a_file_is_an_attachment(browser: Client, with_files: Enrollment) -> None:
    lesson = lesson_of(with_files, "file")
    file = browser.get(address("lesson_file", with_files, lesson))
    assert file.getvalue() == b"%PDF-1.7"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert browser.get(address("lesson", with_files, lesson)).status_code == 200


@pytest.mark.parametrize("n", [1, 3])
def test_a_lesson_takes_the_same_queries_however_long_the_course(
    browser: Client, learner: User, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enrollment = make_learning(user=learner, course=make_published_course(kinds=("page",) * n))
    page = address("lesson", enrollment, lesson_of(enrollment, "page"))
    browser.get(page)
    with django_assert_num_queries(16):
        browser.get(page)


@pytest.mark.parametrize("n", [1, 3])
def test_my_courses_take_the_same_queries_however_many(
    browser: Client, learner: User, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _one in range(n):
        make_learning(user=learner)
    browser.get(reverse("learning:home"))
    with django_assert_num_queries(6):
        assert len(browser.get(reverse("learning:home")).context["cards"]) == n
