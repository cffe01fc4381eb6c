from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEvent, Employment, Organization, Person, PostCategory
from accounts.services.employments import appoint, end_employment, transfer
from base.errors import IllegalMove, InvalidInput
from courses.models import Course
from enrollment.models import ExemptionReason, TrainingAssignment, TrainingCheck, TrainingExemption, TrainingRule
from enrollment.services import mandatory
from enrollment.services.cohorts import standing_cohort
from enrollment.services.completions import correct_completion
from enrollment.services.enrollments import withdraw_enrollment
from enrollment.services.mandatory import (
    AlreadyExempt,
    AssignmentClosed,
    Changes,
    exempt,
    lift_exemption,
    settle_all,
    settle_noted,
    settle_people,
)
from enrollment.services.training_rules import RuleEnded, RuleKnown, end_rule
from tests.accounts.factories import make_employment, make_organization, make_person, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import complete, make_enrollment, make_rule

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)


@pytest.fixture
def course(db: None) -> Course:
    return make_published_course(("page",), self_paced=True)


@pytest.fixture
def office(db: None) -> Organization:
    return make_organization(kind="agency")


def today() -> date:
    return timezone.localdate()


def hire(office: Organization, *, days_ago: int = 10, post: str = "Bosh mutaxassis", **fields: Any) -> Employment:
    person = fields.pop("person", None) or make_person()
    starts_on = today() - days_ago * DAYS
    return appoint(person=person, organization=office, post=post, starts_on=starts_on, by=None)


def states(person: Person) -> list[tuple[str, date]]:
    rows = TrainingAssignment.objects.filter(person=person).order_by("cycle")
    return [(row.status, row.due_on) for row in rows]


def open_of(person: Person) -> TrainingAssignment:
    return TrainingAssignment.objects.get(person=person, status__in=TrainingAssignment.OPEN)


def test_an_appointment_brings_an_assignment_by_itself(course: Course, office: Organization) -> None:
    make_rule(course=course)
    post = hire(office)
    assert settle_noted() == 1
    assert states(post.person) == [("due", post.starts_on + 30 * DAYS)]
    row = open_of(post.person)
    assert (row.employment, row.organization, row.course) == (post, office, course)
    assert [(move.from_status, move.to_status, move.by) for move in row.moves.all()] == [("", "due", None)]
    assert AuditEvent.objects.filter(action="training.moved", detail={"due": 1}).count() == 1
    assert not TrainingCheck.objects.exists()
    assert settle_noted() == settle_all() == 0


def test_a_rule_holds_from_its_first_day_for_those_in_office(course: Course, office: Organization) -> None:
    post = hire(office, days_ago=3000)
    make_rule(course=course, valid_from=today() - 5 * DAYS)
    settle_noted()
    assert states(post.person) == [("due", today() + 25 * DAYS)]


def test_a_rule_of_the_future_waits_for_its_day(course: Course, office: Organization) -> None:
    hire(office)
    make_rule(course=course, valid_from=today() + DAYS)
    assert settle_noted() == settle_all() == 0


def test_only_named_posts_and_employers_with_their_units_are_bound(course: Course, office: Organization) -> None:
    unit = make_organization(kind="agency", parent=office)
    category = PostCategory.objects.get(code="chief-specialist")
    make_rule(course=course, employers=[office], categories=[category])
    bound = {hire(office).person, hire(unit).person}
    hire(office, post="Haydovchi")
    hire(make_organization(kind="agency"))
    settle_noted()
    assert {row.person for row in TrainingAssignment.objects.all()} == bound


def test_begun_and_met_and_due_again(course: Course, office: Organization) -> None:
    make_rule(course=course)
    post = hire(office)
    settle_noted()
    enrollment = make_enrollment(person=post.person, cohort=standing_cohort(course))
    settle_noted()
    assert open_of(post.person).status == "started"
    withdraw_enrollment(enrollment, reason="mistake", by=None)
    settle_noted()
    assert open_of(post.person).status == "due"
    done = complete(post.person, course)
    settle_noted()
    (met, _), (again, due_on) = states(post.person)
    assert (met, again) == ("met", "due")
    assert due_on == mandatory_next(today())
    first = TrainingAssignment.objects.get(person=post.person, cycle=1)
    assert (first.enrollment, first.met_on) == (done, today())
    assert [move.to_status for move in first.moves.all()] == ["due", "started", "due", "met"]


def mandatory_next(met_on: date) -> date:
    rule = TrainingRule.objects.get()
    due = rule.schedule.next_due(met_on)
    assert due
    return due


def test_what_was_taken_within_the_interval_before_counts(course: Course, office: Organization) -> None:
    person = make_person()
    complete(person, course, days_ago=100)
    make_rule(course=course)
    hire(office, person=person)
    settle_noted()
    assert [status for status, _ in states(person)] == ["met", "due"]
    assert states(person)[1][1] == mandatory_next(today() - 100 * DAYS)


def test_what_was_taken_too_long_ago_does_not_count(course: Course, office: Organization) -> None:
    person = make_person()
    complete(person, course, days_ago=500)
    make_rule(course=course)
    post = hire(office, person=person)
    settle_noted()
    assert states(person) == [("due", post.starts_on + 30 * DAYS)]


def test_once_is_asked_once(course: Course, office: Organization) -> None:
    make_rule(course=course, within_days=60)
    post = hire(office)
    complete(post.person, course, days_ago=1)
    settle_noted()
    assert [status for status, _ in states(post.person)] == ["met"]
    assert settle_all() == 0


def test_a_transfer_within_the_scope_keeps_the_deadline(course: Course, office: Organization) -> None:
    other = make_organization(kind="ministry")
    make_rule(course=course)
    post = hire(office)
    settle_noted()
    due_on = open_of(post.person).due_on
    moved = transfer(post, on=today(), post="Inspektor", organization=other, by=None)
    assert settle_noted() == 0
    row = open_of(post.person)
    assert (row.employment, row.organization, row.due_on) == (moved, other, due_on)


def test_a_transfer_out_of_the_scope_ends_it_and_back_asks_again(course: Course, office: Organization) -> None:
    other = make_organization(kind="ministry")
    make_rule(course=course, employers=[office])
    post = hire(office, days_ago=60)
    settle_noted()
    away = transfer(post, on=today() - 20 * DAYS, post="Inspektor", organization=other, by=None)
    settle_noted()
    assert [status for status, _ in states(post.person)] == ["ended"]
    transfer(away, on=today() - 2 * DAYS, post="Inspektor", organization=office, by=None)
    settle_noted()
    assert states(post.person)[1:] == [("due", today() + 28 * DAYS)]


def test_leaving_office_ends_it_on_the_day(course: Course, office: Organization) -> None:
    make_rule(course=course)
    post = hire(office)
    settle_noted()
    end_employment(post, on=today() + DAYS, by=None)
    assert settle_noted() == 0
    Employment.objects.filter(pk=post.pk).update(ends_on=today())  # tomorrow has come
    assert settle_all() == 1
    assert states(post.person)[0][0] == "ended"


def test_ending_a_rule_ends_what_it_asked(course: Course, office: Organization) -> None:
    rule = make_rule(course=course)
    post = hire(office)
    settle_noted()
    end_rule(rule, on=today(), by=None)
    assert end_rule(rule, on=today(), by=None).applied_at is None
    settle_noted()
    assert states(post.person)[0][0] == "ended"
    assert settle_noted() == settle_all() == 0
    with pytest.raises(RuleEnded):
        end_rule(rule, on=today() + DAYS, by=None)


def test_a_corrected_completion_asks_again(course: Course, office: Organization) -> None:
    make_rule(course=course)
    post = hire(office)
    settle_noted()
    due_on = open_of(post.person).due_on
    done = complete(post.person, course)
    settle_noted()
    correct_completion(done, is_met=False, reason="Boshqa odam topshirgan", by=make_user())
    settle_noted()
    assert [status for status, _ in states(post.person)] == ["due", "ended"]
    assert open_of(post.person).due_on == due_on
    correct_completion(done, is_met=True, reason="Adashilgan", by=make_user())
    settle_noted()
    assert [status for status, _ in states(post.person)] == ["met", "ended", "due"]


def reason() -> str:
    return ExemptionReason.objects.get(code="parental-leave").code


def test_an_exemption_has_a_reason_and_an_end(course: Course, office: Organization) -> None:
    rule = make_rule(course=course)
    post = hire(office, days_ago=100)
    settle_noted()
    by = make_user()
    row = exempt(open_of(post.person), reason=reason(), starts_on=today(), ends_on=today() + 9 * DAYS, by=by)
    assert row.status == "exempt"
    assert exempt(row, reason=reason(), starts_on=today(), ends_on=today() + 9 * DAYS, by=by).status == "exempt"
    assert TrainingExemption.objects.count() == 1
    with pytest.raises(AlreadyExempt):
        exempt(row, reason=reason(), starts_on=today(), by=by)
    move = row.moves.last()
    assert move is not None
    assert (move.to_status, move.by, move.reason) == ("exempt", by, reason())
    TrainingExemption.objects.update(starts_on=today() - 9 * DAYS, ends_on=today())  # its end has come
    assert settle_people(rule, [post.person_id]) == 1
    assert states(post.person) == [("due", today() + 30 * DAYS)]


def test_an_exemption_of_the_future_waits_and_can_be_lifted(course: Course, office: Organization) -> None:
    make_rule(course=course)
    post = hire(office)
    settle_noted()
    row = exempt(open_of(post.person), reason=reason(), starts_on=today() + DAYS, by=None)
    assert row.status == "due"
    TrainingExemption.objects.update(starts_on=today())
    settle_all()
    row.refresh_from_db()
    assert row.status == "exempt"
    assert lift_exemption(row, by=None).status == "due"
    assert lift_exemption(row, by=None).status == "due"


def test_exemptions_are_refused(course: Course, office: Organization) -> None:
    make_rule(course=course)
    post = hire(office)
    settle_noted()
    row = open_of(post.person)
    with pytest.raises(InvalidInput):
        exempt(row, reason="nonsense", starts_on=today(), by=None)
    with pytest.raises(InvalidInput):
        exempt(row, reason=reason(), starts_on=today(), ends_on=today(), by=None)
    end_employment(post, on=today(), by=None)
    settle_noted()
    with pytest.raises(AssignmentClosed):
        exempt(row, reason=reason(), starts_on=today(), by=None)


def test_what_ended_never_moves_again(course: Course, office: Organization) -> None:
    make_rule(course=course)
    post = hire(office)
    settle_noted()
    row = open_of(post.person)
    row.status = "ended"
    with pytest.raises(IllegalMove):
        Changes().move(row, "due")


def test_a_rule_is_made_once(course: Course) -> None:
    academy = make_organization(kind="academy")
    make_rule(course=course, issuer=academy)
    with pytest.raises(RuleKnown):
        make_rule(course=course, issuer=academy)
    make_rule(course=course, issuer=academy, every_years=3)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("within_days", {"within_days": None}),
        ("within_days", {"within_days": 0}),
        ("every_months", {"every_months": 12, "every_years": 1}),
        ("every_months", {"every_months": 100_000}),
        ("valid_until", {"valid_until": date(2000, 1, 1)}),
    ],
)
def test_rules_that_make_no_sense_are_refused(course: Course, field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make_rule(course=course, **fields)
    assert refusal.value.field == field


def test_who_makes_rules_for_whom(course: Course, office: Organization) -> None:
    unit = make_organization(kind="agency", parent=office)
    make_rule(course=course, issuer=office, employers=[unit])
    for issuer, employers in ((office, []), (unit, [office]), (make_organization(), [office])):
        with pytest.raises(InvalidInput):
            make_rule(course=course, issuer=issuer, employers=employers)
    with pytest.raises(InvalidInput):
        make_rule(course=_retired())


def _retired() -> Course:
    course = make_published_course(self_paced=True)
    Course.objects.filter(pk=course.pk).update(retired_at=timezone.now())
    course.refresh_from_db()
    return course


def test_people_in_chunks_come_to_the_same(course: Course, office: Organization, monkeypatch: Any) -> None:
    monkeypatch.setattr(mandatory, "CHUNK", 2)
    people = [make_employment(organization=office).person for _ in range(5)]
    make_rule(course=course)
    assert settle_noted() == 5
    assert TrainingAssignment.objects.filter(person__in=people, status="due").count() == 5
    assert settle_all() == 0


def test_the_same_queries_for_one_and_for_many(
    course: Course, office: Organization, django_assert_num_queries: Any
) -> None:
    rule = make_rule(course=course)
    for count in (1, 3):
        people = [make_employment(organization=office).person_id for _ in range(count)]
        with django_assert_num_queries(13):
            settle_people(rule, people)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_runs_beside_each_other_assign_once(course: Course, office: Organization) -> None:
    make_rule(course=course)
    for _ in range(20):
        hire(office)
    start = Barrier(4)

    def run() -> None:
        start.wait()
        settle_noted()
        connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert TrainingAssignment.objects.filter(status="due").count() == 20
    assert not TrainingCheck.objects.exists()
