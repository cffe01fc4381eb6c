from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import CourseVersion, GradeCategory, Lesson
from tests.courses.factories import make_course, make_grade_category, make_module, make_quiz, publish
from tests.pages import signed_in, teach_url
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(world: World) -> CourseVersion:
    version = make_course(provider=world.centre).versions.get()
    module = make_module(version)
    for _ in range(2):
        make_quiz(module, ("single",))
    return version


@pytest.fixture
def client(instructor: User) -> Client:
    return signed_in(instructor)


def test_author_adds_changes_and_removes_a_category(version: CourseVersion, client: Client) -> None:
    typed = {"title_uz": "Testlar", "weight": "40", "drop_lowest": "1"}
    assert client.post(teach_url("category_new", version.uuid), typed | {"weight": "-1"}).status_code == 422
    assert client.post(teach_url("category_new", version.uuid), typed).status_code == 302
    category = GradeCategory.objects.get()
    page = client.get(teach_url("categories", version.uuid)).content.decode()
    assert teach_url("category", category.uuid) in page
    client.post(teach_url("category", category.uuid), typed | {"title_ru": "Тесты", "weight": "50"})
    category.refresh_from_db()
    assert (category.title, category.weight) == ({"uz": "Testlar", "ru": "Тесты"}, Decimal(50))
    assert client.get(teach_url("category_remove", category.uuid)).status_code == 200
    client.post(teach_url("category_remove", category.uuid))
    assert not GradeCategory.objects.exists()


def test_two_authors_each_place_what_they_touch(version: CourseVersion, client: Client) -> None:
    category, page = make_grade_category(version), teach_url("categories", version.uuid)
    first, second = version.lessons.all()
    seen = {f"initial-{lesson.uuid}": "" for lesson in (first, second)}
    mine = seen | {str(first.uuid): str(category.uuid), str(second.uuid): ""}
    theirs = seen | {str(first.uuid): "", str(second.uuid): str(category.uuid)}
    for typed in (mine, theirs):
        assert client.post(page, typed).status_code == 302
    assert Lesson.objects.filter(category=category).count() == 2


def test_a_category_that_is_gone_is_refused_in_words(version: CourseVersion, client: Client) -> None:
    category, lesson = make_grade_category(version), version.lessons.first()
    assert lesson
    typed = {str(lesson.uuid): str(category.uuid), f"initial-{lesson.uuid}": ""}
    category.delete()
    answer = client.post(teach_url("categories", version.uuid), typed)
    assert (answer.status_code, "taken this category out" in answer.content.decode()) == (422, True)


def test_published_version_shows_its_categories_only(version: CourseVersion, client: Client) -> None:
    category = make_grade_category(version, *version.lessons.all())
    publish(version)
    page = client.get(teach_url("categories", version.uuid)).content.decode()
    assert str(category) in page
    assert "<select" not in page
    answer = client.post(teach_url("category", category.uuid), {"title_uz": "x", "weight": "1", "drop_lowest": "0"})
    assert answer.status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_categories_take_as_many_queries_for_one_as_for_many(
    version: CourseVersion, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        make_grade_category(version)
    client.get(teach_url("categories", version.uuid))
    with django_assert_num_queries(7):
        client.get(teach_url("categories", version.uuid))
