"""Mandatory training and the confirming of applications by the REST interface."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from courses.models import Course
from enrollment.models import Referral, TrainingAssignment, TrainingRule
from enrollment.services.mandatory import settle_noted
from enrollment.services.referrals import accept_referral, lapse_referral
from tests.accounts.factories import make_employment, make_organization, make_user
from tests.api import ApiClient
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_household, make_open_referral, make_resident, make_rule
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(world: World) -> Course:
    return make_published_course(provider=world.academy, self_paced=True)


def today(days: int = 0) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def rule_of(world: World, course: Course, **more: Any) -> dict[str, Any]:
    return {"issuer": str(world.hokimiyat.uuid), "course": course.slug, "every_years": 3, "valid_from": today()} | more


def errors_of(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


# --- Applications -------------------------------------------------------------------------------
@pytest.fixture
def application(world: World) -> Referral:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    return make_open_referral(resident=resident, door=Referral.Door.SELF)


@pytest.mark.parametrize("role", ["assistant", "counter"])
def test_an_application_is_confirmed_once(application: Referral, role: str, request: pytest.FixtureRequest) -> None:
    client = ApiClient(request.getfixturevalue(role))
    path = f"/referrals/{application.uuid}/submit"
    answers = [client.post(path, key="a"), client.post(path, key="a"), client.post(path)]
    assert [answer.json()["status"] for answer in answers] == ["submitted"] * 3
    assert [move["to"] for move in answers[2].json()["history"]] == ["draft", "submitted"]


def test_an_application_is_refused_for_a_reason(application: Referral, assistant: User) -> None:
    client = ApiClient(assistant)
    answer = client.post(f"/referrals/{application.uuid}/withdraw", {"reason": "other", "note": "Too young"})
    assert answer.json()["status"] == "withdrawn"
    assert client.post(f"/referrals/{application.uuid}/submit").status_code == 409


def test_what_lapsed_is_sent_again_and_nobody_else_sends(
    world: World, assistant: User, centre_manager: User, outsider: User
) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    cohort = make_cohort(course=make_published_course(provider=world.centre))
    referral = make_open_referral(cohort=cohort, resident=resident)
    accept_referral(referral, cohort=cohort, by=centre_manager)
    Referral.objects.filter(pk=referral.pk).update(hold_until=timezone.localdate() - timedelta(days=1))
    lapse_referral(referral)
    path = f"/referrals/{referral.uuid}/submit"
    assert ApiClient(centre_manager).post(path).status_code == 403
    assert ApiClient(outsider).post(path).status_code == 404
    assert ApiClient(assistant).post(path).json()["status"] == "submitted"


# --- Rules --------------------------------------------------------------------------------------
def test_a_rule_is_made_once_and_ended(world: World, course: Course, staff_manager: User) -> None:
    client = ApiClient(staff_manager)
    body = rule_of(world, course, basis="Act 1", categories=["chief-specialist"])
    made = [client.post("/training-rules", body, key="a") for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    rule = made[0].json()
    assert rule["employers"] == [{"id": str(world.hokimiyat.uuid), "name": rule["issuer"]["name"]}]
    assert [one["code"] for one in rule["categories"]] == ["chief-specialist"]
    assert (rule["every_years"], rule["by_month"], rule["by_day"], rule["valid_until"]) == (3, 12, 31, None)
    assert client.post("/training-rules", body).status_code == 409
    path = f"/training-rules/{rule['id']}"
    assert client.post(f"{path}/end", {"on": today()}).json()["valid_until"] == today()
    assert client.get(path).json()["valid_until"] == today()
    assert client.get("/training-rules", in_force="true").json()["items"] == []
    assert [one["id"] for one in client.get("/training-rules", in_force="false").json()["items"]] == [rule["id"]]
    assert TrainingRule.objects.count() == 1


def test_what_is_wrong_with_a_rule_is_named_at_its_field(world: World, course: Course, staff_manager: User) -> None:
    client = ApiClient(staff_manager)
    strange = make_organization(kind="ministry")
    wrong: dict[str, dict[str, Any]] = {
        "course": {"course": "none"},
        "employers": {"employers": [str(strange.uuid)]},
        "categories": {"categories": ["none"]},
        "every_months": {"every_months": 12},
        "every_years": {"every_years": 10**12},
        "by_day": {"by_day": 99},
        "within_days": {"every_years": None},
        "valid_from": {"valid_from": "9999-12-31"},
        "valid_until": {"valid_until": today(-1)},
    }
    for field, more in wrong.items():
        answer = client.post("/training-rules", rule_of(world, course) | more)
        assert (answer.status_code, errors_of(answer)) == (422, [field]), field


def test_rules_are_made_and_ended_by_those_of_the_organization_alone(
    world: World, course: Course, staff_manager: User, academy_admin: User, learner: User
) -> None:
    theirs = make_rule(issuer=world.academy, course=course)
    manager = ApiClient(staff_manager)
    assert manager.post("/training-rules", rule_of(world, course, issuer=str(world.academy.uuid))).status_code == 403
    assert manager.get(f"/training-rules/{theirs.uuid}").status_code == 200  # it binds own staff
    assert manager.post(f"/training-rules/{theirs.uuid}/end", {"on": today()}).status_code == 403
    assert ApiClient(learner).get("/training-rules").json()["items"] == []
    assert ApiClient(learner).get(f"/training-rules/{theirs.uuid}").status_code == 404
    answer = ApiClient(academy_admin).post("/training-rules", rule_of(world, course, issuer=str(world.academy.uuid)))
    assert (answer.status_code, answer.json()["employers"]) == (201, [])


# --- Assignments --------------------------------------------------------------------------------
@pytest.fixture
def assignment(world: World, course: Course, learner: User) -> TrainingAssignment:
    make_rule(issuer=world.academy, course=course)
    settle_noted()
    return TrainingAssignment.objects.get(person=learner.person)


def test_a_staff_manager_follows_own_staff(
    assignment: TrainingAssignment, staff_manager: User, world: World, learner: User
) -> None:
    elsewhere = make_employment()
    settle_noted()
    client = ApiClient(staff_manager)
    (row,) = client.get("/training-assignments", due_by=today(4000), status="due").json()["items"]
    assert (row["id"], row["post"], row["met_on"]) == (str(assignment.uuid), "Bosh mutaxassis", None)
    assert row["organization"]["id"] == str(world.hokimiyat.uuid)
    assert client.get("/training-assignments", status="met").json()["items"] == []
    assert client.get("/training-assignments", person=str(elsewhere.person.uuid)).json()["items"] == []
    assert AuditEvent.objects.filter(action="training.listed").count() == 3
    (own,) = ApiClient(learner).get("/training-assignments").json()["items"]
    assert own == ApiClient(learner).get(f"/training-assignments/{assignment.uuid}").json()
    assert ApiClient(make_user()).get("/training-assignments").json()["items"] == []


def test_somebody_is_exempted_and_asked_again(assignment: TrainingAssignment, staff_manager: User) -> None:
    client, path = ApiClient(staff_manager), f"/training-assignments/{assignment.uuid}"
    body = {"reason": "retiring", "starts_on": today()}
    assert [client.post(f"{path}/exempt", body).json()["status"] for _ in range(2)] == ["exempt"] * 2
    assert client.post(f"{path}/exempt", body | {"starts_on": today(-3)}).status_code == 409
    assert [client.post(f"{path}/lift").json()["status"] for _ in range(2)] == ["due"] * 2


def test_exemptions_are_refused_in_words(
    assignment: TrainingAssignment, staff_manager: User, learner: User, academy_admin: User, outsider: User
) -> None:
    path = f"/training-assignments/{assignment.uuid}/exempt"
    body = {"reason": "retiring", "starts_on": today()}
    for wrong, field in (({"reason": "none"}, "reason"), ({"ends_on": today()}, "ends_on")):
        answer = ApiClient(staff_manager).post(path, body | wrong)
        assert (answer.status_code, errors_of(answer)) == (422, [field])
    assert [ApiClient(user).post(path, body).status_code for user in (learner, academy_admin, outsider)] == [
        403,
        403,
        404,
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_as_many_queries_for_one_as_for_three(
    world: World, course: Course, staff_manager: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make_employment(organization=world.hokimiyat)
        make_rule(issuer=world.hokimiyat, course=course, employers=[world.hokimiyat], every_months=number + 1)
    settle_noted()
    client = ApiClient(staff_manager)
    client.get("/training-rules")
    with django_assert_num_queries(7):
        assert len(client.get("/training-rules").json()["items"]) == rows
    with django_assert_num_queries(7):
        assert len(client.get("/training-assignments").json()["items"]) == rows * rows
