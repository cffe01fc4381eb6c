from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.errors import IllegalMove, InvalidInput
from base.models import Notice
from enrollment import rules
from enrollment.models import Cohort, Enrollment, EnrollmentRequest
from enrollment.services.enrollments import AlreadyEnrolled, NoPerson
from enrollment.services.requests import (
    NotOnRequest,
    approve_request,
    ask_for_place,
    refuse_request,
    withdraw_request,
)
from enrollment.services.seats import CohortFull
from tests.accounts.factories import make_employment, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
LIST = "/requests/"


@pytest.fixture
def cohort(world: World) -> Cohort:
    return make_cohort(course=make_published_course(provider=world.academy), on_request=True, seats=1)


def path(name: str, request: EnrollmentRequest) -> str:
    return reverse(f"enrollment:request_{name}", args=[request.uuid])


def test_asked_once_approved_once_and_told(cohort: Cohort, learner: User, staff_manager: User) -> None:
    first, second = (ask_for_place(cohort, by=learner) for _ in range(2))
    assert first == second
    done = approve_request(first, by=staff_manager)
    assert approve_request(first, by=staff_manager).enrollment == done.enrollment == Enrollment.objects.get()
    assert (done.status, done.answered_by) == ("approved", staff_manager)
    assert Notice.objects.get(user=learner).kind == "request-approved"
    with pytest.raises(IllegalMove):
        refuse_request(first, reason="x", by=staff_manager)
    with pytest.raises(AlreadyEnrolled):
        ask_for_place(cohort, by=learner)


def test_refused_for_a_reason_and_asked_again(cohort: Cohort, learner: User, staff_manager: User) -> None:
    request = ask_for_place(cohort, by=learner)
    with pytest.raises(InvalidInput):
        refuse_request(request, reason=" ", by=staff_manager)
    for _ in range(2):
        assert refuse_request(request, reason="Hisobot davri", by=staff_manager).status == "refused"
    assert Notice.objects.get(user=learner).params["reason"] == "Hisobot davri"
    assert ask_for_place(cohort, by=learner) != request


def test_taken_back(cohort: Cohort, learner: User, staff_manager: User) -> None:
    request = ask_for_place(cohort, by=learner)
    for _ in range(2):
        assert withdraw_request(request, by=learner).status == "withdrawn"
    with pytest.raises(IllegalMove):
        approve_request(request, by=staff_manager)
    assert not Notice.objects.exists()


def test_groups_that_take_nobody_on_request(learner: User, world: World) -> None:
    with pytest.raises(NotOnRequest):
        ask_for_place(make_cohort(), by=learner)
    with pytest.raises(NoPerson):
        ask_for_place(make_cohort(on_request=True), by=make_user(person=None))


def test_a_full_group_leaves_the_request_waiting(cohort: Cohort, learner: User, academy_admin: User) -> None:
    request = ask_for_place(cohort, by=learner)
    make_enrollment(cohort=cohort)
    with pytest.raises(CohortFull):
        approve_request(request, by=academy_admin)
    request.refresh_from_db()
    assert request.status == "asked"


def test_who_sees_and_who_answers(request: Any, cohort: Cohort, learner: User) -> None:
    asked = ask_for_place(cohort, by=learner)
    answers = {"staff_manager", "academy_admin"}
    for name in (*answers, "learner", "centre_manager", "assistant", "instructor", "supervisor", "outsider"):
        user = request.getfixturevalue(name)
        assert rules.can_answer_request(user, asked) == (name in answers), name
        seen = name in answers or name == "learner"
        assert EnrollmentRequest.objects.visible_to(user).exists() == seen, name
        assert EnrollmentRequest.objects.to_decide(user).exists() == (name in answers), name


def test_nobody_approves_oneself(cohort: Cohort, staff_manager: User, world: World) -> None:
    make_employment(person=staff_manager.person, organization=world.hokimiyat)
    asked = ask_for_place(cohort, by=staff_manager)
    client = signed_in(staff_manager)
    assert client.post(path("approve", asked)).status_code == 403
    assert not client.get(LIST).context["page"].items


def test_the_whole_way_by_pages(cohort: Cohort, learner: User, staff_manager: User) -> None:
    course = reverse("enrollment:course_detail", args=[cohort.course.slug])
    ask = reverse("enrollment:cohort_ask", args=[cohort.uuid])
    mine, manager = signed_in(learner), signed_in(staff_manager)
    assert ask in mine.get(course).content.decode()
    assert "Asked for" in mine.post(ask, follow=True).content.decode()
    asked = EnrollmentRequest.objects.get()
    assert path("withdraw", asked) in mine.get(course).content.decode()
    assert "1 request for a place" in manager.get("/").content.decode()
    assert path("approve", asked) in manager.get(LIST).content.decode()
    assert manager.get(path("refuse", asked)).status_code == 200
    assert manager.post(path("refuse", asked), {"reason": ""}).status_code == 422
    assert manager.post(path("approve", asked)).status_code == 302
    assert Enrollment.objects.get().person == learner.person
    assert manager.post(path("approve", asked)).status_code == 302
    assert signed_in(learner).post(path("withdraw", asked), follow=True).status_code == 200
    assert EnrollmentRequest.objects.get().status == "approved"


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    staff_manager: User, world: World, cohort: Cohort, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(rows):
        user = make_user()
        make_employment(person=user.person, organization=world.hokimiyat)
        ask_for_place(cohort, by=user)
    client = signed_in(staff_manager)
    with django_assert_num_queries(10):
        client.get(LIST)
