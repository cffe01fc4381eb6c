import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import CourseVersion
from courses.services.outline import save_lesson
from courses.services.translations import translate
from courses.services.versions import submit_for_review
from learning.queries.translations import pieces_of
from tests.courses.factories import make_course, make_lesson, make_module
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client, instructor: User) -> Client:
    client.force_login(instructor)
    return client


@pytest.fixture
def version(world: World) -> CourseVersion:
    course = make_course(provider=world.centre, title={"uz": "Kurs"}, summary={"uz": "Qisqa"})
    version = course.versions.get()
    make_lesson(make_module(version), title={"uz": "Dars"}, body={"uz": "<p>Bir <b>ikki</b></p>"})
    return version


def at(version: CourseVersion, piece: object, language: str = "ru") -> str:
    return reverse("learning:teach_translate", args=[version.uuid, language, piece])


def overview(version: CourseVersion) -> str:
    return reverse("learning:teach_translation", args=[version.uuid])


def test_a_course_is_translated_piece_by_piece(browser: Client, version: CourseVersion) -> None:
    course, module, lesson = version.course, version.modules.get(), version.lessons.get()
    page = browser.get(overview(version))
    assert [piece.state for piece in page.context["pieces"]] == ["missing"] * 3
    answer = browser.post(at(version, course.uuid), {"title": "Курс", "summary": "Коротко"})
    assert answer.headers["Location"] == at(version, module.uuid)
    answer = browser.post(at(version, module.uuid), {"title": "Модуль"})
    assert answer.headers["Location"] == at(version, lesson.uuid)
    assert "<p>Bir <b>ikki</b></p>" in browser.get(at(version, lesson.uuid)).content.decode()
    answer = browser.post(at(version, lesson.uuid), {"title": "Урок", "body": "<p>Раз</p>"})
    assert answer.headers["Location"] == f"{overview(version)}?to=ru"
    page = browser.get(overview(version), {"to": "ru"})
    assert at(version, lesson.uuid) in page.content.decode()
    assert page.context["done"] == 3
    save_lesson(lesson, body={"uz": "<p>Uch</p>", "ru": "<p>Раз</p>"}, by=None)
    version = CourseVersion.objects.get(pk=version.pk)
    assert [piece.state for piece in pieces_of(version, "ru")] == ["done", "done", "late"]
    shown = browser.get(at(version, lesson.uuid))
    assert [row["is_late"] for row in shown.context["rows"]] == [False, True]


@pytest.mark.parametrize("asked", ["", "xx", "uz"])
def test_another_language_than_that_of_the_course_is_shown(browser: Client, version: CourseVersion, asked: str) -> None:
    assert browser.get(overview(version), {"to": asked}).context["target"] == "ru"


def test_what_is_not_there_or_not_in_work_is_refused(browser: Client, version: CourseVersion) -> None:
    lesson = version.lessons.get()
    other = make_lesson(make_module(make_course().versions.get()))
    assert browser.get(at(version, other.uuid)).status_code == 404
    assert browser.get(at(version, lesson.uuid, "xx")).status_code == 404
    assert browser.post(at(version, lesson.uuid), {"title": "x" * 300}).status_code == 422
    submit_for_review(version, by=None)
    assert browser.post(at(version, lesson.uuid), {"title": "Урок"}).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_overview_takes_the_same_queries_however_long(
    version: CourseVersion, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        translate(make_lesson(version.modules.get()), language="ru", texts={"title": f"{number}"}, by=None)
    version = CourseVersion.objects.select_related("course").get(pk=version.pk)
    with django_assert_num_queries(4):
        assert len(pieces_of(version, "ru")) == count + 3
