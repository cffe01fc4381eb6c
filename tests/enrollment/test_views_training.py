from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, Employment, Organization, Person, User
from courses.models import Course
from enrollment import rules
from enrollment.models import Enrollment, TrainingAssignment, TrainingRule
from enrollment.services.cohorts import standing_cohort
from enrollment.services.mandatory import settle_noted
from enrollment.services.progress import complete_lesson
from tests.accounts.factories import make_employment, make_organization, make_person
from tests.courses.factories import make_published_course
from tests.enrollment.factories import complete, make_enrollment, make_rule
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
LIST, RULES = "/training/", "/training/rules/"


@pytest.fixture
def course(world: World) -> Course:
    return make_published_course(("page",), provider=world.academy, self_paced=True)


def hire(organization: Organization, surname: str = "Xodimov", days_ago: int = 100) -> Employment:
    person = make_person(surname=surname, search_key=surname.lower())
    return make_employment(
        person=person, organization=organization, starts_on=timezone.localdate() - timedelta(days=days_ago)
    )


def ask(world: World, course: Course, **fields: Any) -> TrainingRule:
    rule = make_rule(course=course, issuer=world.academy, **fields)
    settle_noted()
    return rule


def of(post: Employment) -> TrainingAssignment:
    return TrainingAssignment.objects.get(person=post.person, status__in=TrainingAssignment.OPEN)


def test_list_shows_own_staff_by_state(staff_manager: User, world: World, course: Course) -> None:
    hire(world.hokimiyat, "Kechikkan")
    hire(world.hokimiyat, "Yangi", days_ago=10)
    hire(make_organization(kind="ministry"), "Begona")
    done = hire(world.hokimiyat, "Tugatgan")
    complete(done.person, course)
    ask(world, course)
    client = signed_in(staff_manager)

    def surnames(**query: str) -> list[str]:
        return [row.person.surname for row in client.get(LIST, query).context["page"].items]

    assert surnames() == ["Kechikkan", "Yangi", "Tugatgan"]
    assert surnames(state="overdue") == ["Kechikkan"]
    assert surnames(state="soon") == ["Yangi"]
    assert surnames(state="met") == ["Tugatgan"]
    assert surnames(q="YANGI") == ["Yangi"]
    assert surnames(course=course.slug, state="due") == ["Kechikkan", "Yangi", "Tugatgan"]
    assert surnames(course="no-such") == surnames(state="\0") == surnames()
    assert AuditEvent.objects.filter(action="training.listed", actor=staff_manager).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    staff_manager: User, world: World, course: Course, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(count):
        hire(world.hokimiyat)
    ask(world, course)
    client = signed_in(staff_manager)
    with django_assert_num_queries(13):
        client.get(LIST)


def test_pages_follow_by_key(staff_manager: User, world: World, course: Course) -> None:
    for n in range(52):
        hire(world.hokimiyat, f"X{n}", days_ago=n)
    ask(world, course)
    client = signed_in(staff_manager)
    first = client.get(LIST).context["page"]
    second = client.get(LIST, {"after": first.next}).context["page"]
    assert (len(first.items), len(second.items), second.next) == (50, 2, None)
    assert client.get(LIST, {"after": "nonsense"}).status_code == 404


def test_those_chosen_are_enrolled_from_the_list(staff_manager: User, world: World, course: Course) -> None:
    post = hire(world.hokimiyat)
    ask(world, course)
    client = signed_in(staff_manager)
    client.post(reverse("enrollment:staff_enroll"), {"post": [post.uuid], "cohort": standing_cohort(course).uuid})
    settle_noted()
    assert of(post).status == "started"
    assert Enrollment.objects.get().person == post.person


def test_exempting_and_lifting(staff_manager: User, world: World, course: Course) -> None:
    post = hire(world.hokimiyat)
    ask(world, course)
    row, client = of(post), signed_in(staff_manager)
    url = reverse("enrollment:training_exempt", args=[row.uuid])
    assert client.get(url).status_code == 200
    assert client.post(url, {}).status_code == 422
    today = timezone.localdate().isoformat()
    body = {"reason": "parental-leave", "starts_on": today, "until": today, "note": ""}
    assert client.post(url, body | {"until": "2020-01-01"}).status_code == 422
    assert client.post(url, body).status_code == 302
    page = client.get(reverse("enrollment:training_detail", args=[row.uuid])).content.decode()
    assert "Parental leave" in page
    assert "Lift the exemption" in page
    assert client.post(reverse("enrollment:training_lift", args=[row.uuid])).status_code == 302
    row.refresh_from_db()
    assert row.status == "due"
    assert row.due_on == timezone.localdate() + timedelta(days=30)


def test_nobody_frees_oneself(staff_manager: User, world: World, course: Course) -> None:
    assert staff_manager.person
    own = make_employment(person=staff_manager.person, organization=world.hokimiyat)
    ask(world, course)
    client = signed_in(staff_manager)
    assert client.get(reverse("enrollment:training_detail", args=[of(own).uuid])).status_code == 200
    assert client.get(reverse("enrollment:training_exempt", args=[of(own).uuid])).status_code == 403


def rule_body(course: Course, issuer: Organization, **more: Any) -> dict[str, Any]:
    return {
        "issuer": issuer.uuid,
        "course": course.slug,
        "repeats": "years",
        "every_years": 3,
        "by_day": 31,
        "by_month": 12,
        "valid_from": timezone.localdate().isoformat(),
    } | more


def test_an_academy_asks_everybody(academy_admin: User, world: World, course: Course) -> None:
    client = signed_in(academy_admin)
    answer = client.post(f"{RULES}new/", rule_body(course, world.academy))
    rule = TrainingRule.objects.get()
    assert answer.headers["Location"] == reverse("enrollment:rule_detail", args=[rule.uuid])
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Once in 3 years, by 31 December." in page
    assert "Every employer" in page
    assert "is being worked out" in page
    assert client.post(f"{RULES}new/", rule_body(course, world.academy)).status_code == 422


def test_a_staff_manager_asks_the_own_organization(staff_manager: User, world: World, course: Course) -> None:
    client = signed_in(staff_manager)
    body = rule_body(course, world.hokimiyat, repeats="once", within_days=30, categories=["specialist", "support"])
    assert client.post(f"{RULES}new/", body).status_code == 302
    rule = TrainingRule.objects.get()
    assert [*rule.employers.all()] == [world.hokimiyat]
    assert rule.categories.count() == 2
    for bad in (
        {"issuer": world.academy.uuid},
        {"employers": [world.academy.uuid]},
        {"within_days": ""},
        {"course": "x"},
    ):
        assert client.post(f"{RULES}new/", body | bad).status_code == 422
    assert client.post(f"{RULES}new/", {"by_day": "\0", "valid_from": "31.02.2026"}).status_code == 422
    assert TrainingRule.objects.count() == 1


def test_ending_a_rule(academy_admin: User, staff_manager: User, world: World, course: Course) -> None:
    post = hire(world.hokimiyat)
    rule = ask(world, course)
    url = reverse("enrollment:rule_end", args=[rule.uuid])
    assert signed_in(staff_manager).get(url).status_code == 403
    client = signed_in(academy_admin)
    assert client.post(url, {"on": "2020-01-01"}).status_code == 422
    assert client.post(url, {"on": timezone.localdate().isoformat()}).status_code == 302
    settle_noted()
    assert TrainingAssignment.objects.get(person=post.person).status == "ended"
    assert client.get(reverse("enrollment:rule_detail", args=[rule.uuid])).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_rules_cost_the_same_for_any_number(
    academy_admin: User, world: World, course: Course, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for months in range(1, count + 1):
        make_rule(course=course, issuer=world.academy, every_months=months)
    client = signed_in(academy_admin)
    with django_assert_num_queries(6):
        client.get(RULES)


def test_what_is_seen_is_what_the_rule_says(request: Any, world: World, course: Course, learner: User) -> None:
    unit = make_organization(kind="agency", parent=world.hokimiyat)
    hire(unit)
    hire(make_organization(kind="agency"))
    ask(world, course)
    assert TrainingAssignment.objects.count() == 3
    for name in ("learner", "staff_manager", "academy_admin", "assistant", "supervisor", "outsider"):
        user = request.getfixturevalue(name)
        visible = set(TrainingAssignment.objects.visible_to(user))
        everything = TrainingAssignment.objects.select_related("rule")
        assert visible == {row for row in everything if rules.can_view_training(user, row)}, name


def test_home_says_what_is_required(learner: User, staff_manager: User, world: World, course: Course) -> None:
    ask(world, course)
    page = signed_in(learner).get("/").content.decode()
    assert "Required of you" in page
    assert "Overdue since" in page
    assert reverse("enrollment:course_start", args=[course.slug]) in page
    assert "1 mandatory course is overdue" in signed_in(staff_manager).get("/").content.decode()
    assert isinstance(learner.person, Person)
    enrollment = make_enrollment(person=learner.person, cohort=standing_cohort(course))
    assert reverse("learning:player", args=[enrollment.uuid]) in signed_in(learner).get("/").content.decode()
    complete_by_hand(enrollment)
    settle_noted()
    page = signed_in(learner).get("/").content.decode()
    assert "Overdue since" not in page


def complete_by_hand(enrollment: Enrollment) -> None:
    for lesson in enrollment.cohort.version.lessons.all():
        complete_lesson(enrollment, lesson)


def test_the_list_as_a_file(staff_manager: User, world: World, course: Course) -> None:
    post = hire(world.hokimiyat, '=HYPERLINK("x")')
    hire(make_organization(kind="ministry"), "Begona")
    ask(world, course)
    answer = signed_in(staff_manager).get("/training/export.csv", {"state": "overdue"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = answer.content.decode().removeprefix("\ufeff").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("\"'=HYPERLINK")
    assert "Overdue" in lines[1]
    assert post.post in lines[1]
    assert AuditEvent.objects.get(action="training.exported").detail["count"] == 1
