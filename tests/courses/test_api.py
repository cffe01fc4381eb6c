from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.services.courses import retire_course
from tests.accounts.factories import make_profession
from tests.api import ApiClient
from tests.courses.factories import make_course, make_published_course

pytestmark = pytest.mark.django_db


def test_a_course_has_the_shape_of_the_interface(learner: User) -> None:
    profession = make_profession(code="7531.2")
    course = make_published_course(title={"uz": "Tikuvchilik", "ru": "Шитьё"}, profession=profession, self_paced=True)
    answer = ApiClient(learner, **{"Accept-Language": "ru"}).get(f"/courses/{course.slug}").json()
    assert answer == {
        "slug": "tikuvchilik",
        "title": "Шитьё",
        "summary": "Qisqacha",
        "language": "uz",
        "hours": 72,
        "provider": {"id": str(course.provider.uuid), "name": course.provider.names["ru"]},
        "self_paced": True,
        "profession": {"code": "7531.2", "name": profession.names["ru"]},
    }


def test_only_the_published_are_listed(instructor: User) -> None:
    shown = make_published_course()
    draft = make_course(provider=instructor.memberships.get().organization)
    retired = retire_course(make_published_course(), by=None)
    client = ApiClient(instructor)
    assert [item["slug"] for item in client.get("/courses").json()["items"]] == [shown.slug]
    for hidden in (draft, retired):
        assert client.get(f"/courses/{hidden.slug}").status_code == 404


def test_courses_are_filtered(learner: User) -> None:
    course = make_published_course(title={"uz": "Choʻl oʻsimliklari"}, language="ru")
    make_published_course()
    client = ApiClient(learner)
    for query in ({"q": "чўл"}, {"organization": str(course.provider.uuid)}, {"language": "ru"}):
        assert [item["slug"] for item in client.get("/courses", **query).json()["items"]] == [course.slug]
    assert client.get("/courses", organization=str(uuid4())).json() == {"items": [], "next": None}
    assert client.get("/courses", language="xx").status_code == 422


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_does_not_slow_down(learner: User, n: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _course in range(n):
        make_published_course(profession=make_profession())
    client = ApiClient(learner)
    client.get("/courses")
    with django_assert_num_queries(2):
        assert len(client.get("/courses").json()["items"]) == n
