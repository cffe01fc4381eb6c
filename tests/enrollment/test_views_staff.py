from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, Employment, User
from enrollment.models import Cohort, Enrollment
from enrollment.services.cohorts import standing_cohort
from tests.accounts.factories import make_employment, make_organization, make_person
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
LIST = "/staff/"
ENROLL = "/staff/enroll/"


def make_post(world: World, surname: str = "Xodimov") -> Employment:
    return make_employment(person=make_person(surname=surname), organization=world.hokimiyat)


@pytest.fixture
def course_for_all(world: World) -> Cohort:
    """The standing cohort of a self-paced course."""
    return standing_cohort(make_published_course(provider=world.academy, self_paced=True))


def test_list_shows_own_staff_and_what_they_learn(staff_manager: User, world: World) -> None:
    learning, idle = make_post(world, "Oʻquvchi"), make_post(world, "Boshqa")
    make_enrollment(person=learning.person)
    make_employment()
    make_employment(organization=world.hokimiyat, ends_on="2025-01-01")
    client = signed_in(staff_manager)

    def surnames(**query: str) -> set[str]:
        return {post.person.surname for post in client.get(LIST, query).context["page"].items}

    assert surnames() == {"Oʻquvchi", "Boshqa"}
    assert surnames(q="o'quv") == {"Oʻquvchi"}
    assert surnames(state="learning") == {"Oʻquvchi"}
    assert surnames(state="completed") == set()
    assert surnames(state="nothing") == {idle.person.surname}
    assert surnames(state="\0") == {"Oʻquvchi", "Boshqa"}
    assert AuditEvent.objects.filter(action="staff.listed", actor=staff_manager).count() == 6


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    staff_manager: User, world: World, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(rows):
        make_enrollment(person=make_post(world).person)
    client = signed_in(staff_manager)
    with django_assert_num_queries(12):
        client.get(LIST)


def test_groups_that_take_learners_are_offered(staff_manager: User, world: World, course_for_all: Cohort) -> None:
    """Open groups of academies, and those open to all; a day or a seat may stand against it."""
    today = timezone.localdate()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    ours, theirs = (make_published_course(provider=provider) for provider in (world.academy, world.centre))
    last_day = make_cohort(course=ours, starts_on=today, enrol_until=today, ends_on=tomorrow)
    for_all = make_cohort(course=theirs, open_to_all=True, starts_on=today, ends_on=today)
    make_cohort(course=theirs)
    make_cohort(course=ours, enrol_until=yesterday)
    make_cohort(course=ours, starts_on=None, enrol_until=None, ends_on=yesterday)
    make_cohort(course=ours, is_published=False)
    make_enrollment(cohort=make_cohort(course=ours, seats=1))
    form = signed_in(staff_manager).get(LIST).context["form"]
    assert set(form.fields["cohort"].queryset) == {course_for_all, last_day, for_all}


def test_several_are_enrolled_at_once_and_twice_is_no_harm(
    staff_manager: User, world: World, course_for_all: Cohort
) -> None:
    posts = [make_post(world) for _n in range(2)]
    body = {"post": [post.uuid for post in posts], "cohort": course_for_all.uuid}
    client = signed_in(staff_manager)
    first = client.post(ENROLL, body, follow=True).content.decode()
    second = client.post(ENROLL, body, follow=True).content.decode()
    assert "2 people learn" in first
    assert "in this group already" in second
    assert Enrollment.objects.count() == 2
    assert all(hasattr(post.person, "user") for post in posts)


def test_one_is_enrolled_from_the_record(staff_manager: User, world: World, course_for_all: Cohort) -> None:
    post = make_post(world)
    url = reverse("enrollment:staff_detail", args=[post.uuid])
    client = signed_in(staff_manager)
    assert client.get(url).status_code == 200
    answer = client.post(ENROLL, {"post": post.uuid, "cohort": course_for_all.uuid})
    assert answer.headers["Location"] == url
    assert course_for_all.course.name in client.get(url).content.decode()


def test_full_group_says_who_found_no_seat(staff_manager: User, world: World) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.academy), seats=1)
    posts = [make_post(world, f"Xodim{n}") for n in range(2)]
    body = {"post": [post.uuid for post in posts], "cohort": cohort.uuid}
    page = signed_in(staff_manager).post(ENROLL, body, follow=True).content.decode()
    assert "1 person learns" in page
    assert Enrollment.objects.count() == 1
    assert sum(f"Xodim{n} Anvar" in page for n in range(2)) == 2


def test_bad_choices_are_refused(staff_manager: User, world: World, course_for_all: Cohort) -> None:
    post, stranger = make_post(world), make_employment()
    centre_cohort = make_cohort(course=make_published_course(provider=world.centre))
    client = signed_in(staff_manager)
    for body in (
        {},
        {"post": post.uuid},
        {"cohort": course_for_all.uuid},
        {"post": stranger.uuid, "cohort": course_for_all.uuid},
        {"post": post.uuid, "cohort": centre_cohort.uuid},
        {"post": "nonsense", "cohort": "\0"},
    ):
        assert client.post(ENROLL, body).status_code == 422
    assert not Enrollment.objects.exists()


def test_only_the_staff_manager_of_the_organization_gets_in(
    staff_manager: User, academy_admin: User, learner: User, assistant: User, world: World
) -> None:
    post, stranger = make_post(world), make_employment(organization=make_organization(kind="ministry"))
    own, foreign = (reverse("enrollment:staff_detail", args=[row.uuid]) for row in (post, stranger))
    client = signed_in(staff_manager)
    assert client.get(own).status_code == 200
    assert client.get(foreign).status_code == 404
    assert client.get(reverse("enrollment:staff_detail", args=[uuid4()])).status_code == 404
    assert client.get(ENROLL).status_code == 405
    for user in (academy_admin, learner, assistant):
        other = signed_in(user)
        assert {other.get(url).status_code for url in (LIST, own)} == {403}
        assert other.post(ENROLL, {}).status_code == 403
