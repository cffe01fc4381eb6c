"""Training plans: written, agreed, followed up and closed; what became of each line; refusals and second calls."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, User
from base.dates import moment_at
from base.errors import IllegalMove, InvalidInput
from base.models import Notice
from enrollment.models import Enrollment, Referral
from enrollment.services.outcomes import record_outcome
from lms.home.plans import plan_tasks
from reports.models import PlanLine, PlanLineChange, PlanMove, TrainingPlan
from reports.queries.plans import FIGURES, progress_of, rows_of_line
from reports.services.plans import (
    LinePlan,
    LineTwice,
    PlanAgreed,
    PlanClosed,
    PlanEmpty,
    add_line,
    agree_plan,
    change_line,
    close_plan,
    propose_lines,
    remove_line,
    start_plan,
)
from reports.services.rollup import rebuild
from tests.accounts.factories import make_district, make_membership, make_organization, make_profession, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_open_referral, make_referred_enrollment
from tests.enrollment.test_services_seats import race
from tests.reports.test_supply import Town

pytestmark = pytest.mark.django_db


class Planned(Town):
    """A town with a supervisor, a centre manager, and the plan of the season that runs today."""

    def __init__(self) -> None:
        super().__init__()
        self.by = make_user(role="supervisor", place=self.district)
        self.manager = make_user(role="centre-manager", place=self.centre)
        self.today = timezone.localdate()
        season = "first" if self.today.month <= 6 else "second"
        self.plan = start_plan(district=self.district, year=self.today.year, season=season, by=self.by)

    def line_plan(self, **fields: Any) -> LinePlan:
        defaults: dict[str, Any] = {
            "profession": self.trade,
            "target": 2,
            "owner": self.manager,
            "due_on": self.plan.ends_on,
        }
        return LinePlan(**defaults | fields)

    def line(self, *, reason: str = "", **fields: Any) -> PlanLine:
        return add_line(self.plan, self.line_plan(**fields), reason=reason, by=self.by)

    def agreed(self) -> TrainingPlan:
        self.plan = agree_plan(self.plan, by=self.by)
        return self.plan

    def enroll(self, **fields: Any) -> Enrollment:
        cohort = fields.pop("cohort", None) or self.group()
        return make_referred_enrollment(cohort=cohort, resident=self.resident(fields.pop("district", None)))

    def reached(self, line: PlanLine) -> dict[str, int]:
        plan = TrainingPlan.objects.get(pk=line.plan_id)
        return {name: n for name in FIGURES if (n := getattr(progress_of([plan])[line.pk], name))}


def move_back(enrollment: Enrollment, day: date) -> None:
    then = moment_at(day, time(12))
    Enrollment.objects.filter(pk=enrollment.pk).update(enrolled_at=then)
    Referral.objects.filter(enrollment=enrollment).update(submitted_at=then)


# --- The way of a plan ----------------------------------------------------------------------------
def test_a_plan_is_begun_once() -> None:
    town = Planned()
    again = start_plan(district=town.district, year=town.plan.year, season=town.plan.season, by=town.by)
    assert again == town.plan
    assert [move.to_status for move in town.plan.moves.all()] == ["draft"]
    assert AuditEvent.objects.filter(action="plan.started").count() == 1


def test_a_plan_goes_from_draft_to_agreed_to_closed_and_says_so_once() -> None:
    town = Planned()
    with pytest.raises(PlanEmpty):
        agree_plan(town.plan, by=town.by)
    with pytest.raises(IllegalMove):
        close_plan(town.plan, by=town.by)
    town.line()
    assert agree_plan(town.plan, by=town.by) == agree_plan(town.plan, by=town.by)
    assert close_plan(town.plan, note=" fine ", by=town.by) == close_plan(town.plan, by=town.by)
    with pytest.raises(IllegalMove):
        agree_plan(town.plan, by=town.by)
    moves = PlanMove.objects.values_list("from_status", "to_status", "note")
    assert [*moves] == [("", "draft", ""), ("draft", "agreed", ""), ("agreed", "closed", "fine")]
    assert AuditEvent.objects.filter(action__in=["plan.agreed", "plan.closed"]).count() == 2


def test_owners_are_told_once_when_it_is_agreed() -> None:
    town = Planned()
    town.line()
    town.line(organization=town.centre)
    town.line(course=town.course, owner=town.by)
    assert not Notice.objects.filter(kind="plan-agreed").exists()
    town.agreed()
    agree_plan(town.plan, by=town.by)
    told = {notice.user: notice.params["count"] for notice in Notice.objects.filter(kind="plan-agreed")}
    assert told == {town.manager: 2, town.by: 1}


# --- Lines ----------------------------------------------------------------------------------------
def test_lines_of_a_draft_come_change_and_go() -> None:
    town = Planned()
    line = town.line()
    with pytest.raises(LineTwice):
        town.line(target=5)
    change_line(line, town.line_plan(target=7), by=town.by)
    line.refresh_from_db()
    assert line.target == 7
    other = town.line(course=town.course)
    with pytest.raises(LineTwice):
        change_line(other, town.line_plan(), by=town.by)
    remove_line(other, by=town.by)
    remove_line(other, by=town.by)
    assert [*town.plan.lines.all()] == [line]
    assert not PlanLineChange.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("target", 0), ("target", 100_001), ("due_on", date(2020, 1, 1)), ("course", "foreign")],
)
def test_a_line_that_makes_no_sense_is_refused(field: str, value: Any) -> None:
    town = Planned()
    if value == "foreign":
        value = make_published_course(profession=make_profession())
    with pytest.raises(InvalidInput) as refused:
        town.line(**{field: value})
    assert refused.value.field == field


def test_lines_of_an_agreed_plan_change_with_a_reason_alone() -> None:
    town = Planned()
    line = town.line()
    town.agreed()
    with pytest.raises(PlanAgreed):
        remove_line(line, by=town.by)
    with pytest.raises(PlanAgreed):
        propose_lines(town.plan, by=town.by)
    with pytest.raises(InvalidInput) as refused:
        change_line(line, town.line_plan(target=9), reason=" ", by=town.by)
    assert refused.value.field == "reason"
    change_line(line, town.line_plan(), reason="", by=town.by)  # the same again changes nothing
    change_line(line, town.line_plan(target=0, owner=town.by), reason="No workshop", by=town.by)
    added = town.line(reason="A new centre", course=town.course)
    told = [(change.line, change.reason, change.was) for change in PlanLineChange.objects.all()]
    assert told == [
        (line, "No workshop", {"target": 2, "owner": str(town.manager)}),
        (added, "A new centre", {}),
    ]
    assert {notice.user for notice in Notice.objects.filter(kind="plan-line")} == {town.by, town.manager}


def test_a_closed_plan_is_written_in_stone() -> None:
    town = Planned()
    line = town.line()
    enrolled = town.enroll()
    town.agreed()
    close_plan(town.plan, by=town.by)
    Enrollment.objects.filter(pk=enrolled.pk).update(status="completed")
    assert town.reached(line) == {"referred": 1, "enrolled": 1}
    for write in (
        lambda: town.line(reason="x"),
        lambda: change_line(line, town.line_plan(), reason="x", by=town.by),
        lambda: remove_line(line, by=town.by),
        lambda: propose_lines(town.plan, by=town.by),
    ):
        with pytest.raises(PlanClosed):
            write()


# --- Proposals ------------------------------------------------------------------------------------
def test_lines_are_proposed_from_what_would_fill_groups_and_once() -> None:
    town = Planned()
    far = make_published_course(provider=make_organization(), profession=town.trade)
    town.group(seats=3, starts_on=town.today - timedelta(days=90))
    for _ in range(7):
        town.wish()
    town.wish(profession=make_profession())
    rebuild()
    assert propose_lines(town.plan, by=town.by) == 1
    line = town.plan.lines.get()
    assert (line.profession, line.course, line.organization) == (town.trade, town.course, town.centre)
    assert (line.target, line.owner, line.due_on) == (6, town.manager, town.plan.ends_on)
    assert far != line.course
    assert propose_lines(town.plan, by=town.by) == 0


def test_without_a_manager_who_proposes_answers_for_it() -> None:
    town = Planned()
    town.manager.memberships.update(ends_on=town.today)
    town.group(seats=1, starts_on=town.today - timedelta(days=90))
    town.wish()
    rebuild()
    propose_lines(town.plan, by=town.by)
    assert town.plan.lines.get().owner == town.by


# --- What became of them --------------------------------------------------------------------------
def test_a_line_counts_residents_of_its_district_within_the_season() -> None:
    town = Planned()
    line = town.line()
    done = town.enroll()
    Enrollment.objects.filter(pk=done.pk).update(status="completed")
    record_outcome(done, kind="permanent-job", on=town.today, source="x", by=town.by)
    town.enroll()
    make_open_referral(cohort=town.group(), resident=town.resident())
    town.enroll(district=town.other)
    move_back(town.enroll(), town.plan.starts_on - timedelta(days=1))
    town.enroll(cohort=make_cohort(course=make_published_course(provider=town.centre)))
    assert town.reached(line) == {"referred": 3, "enrolled": 2, "completed": 1, "employed": 1}


def test_the_first_and_the_last_day_of_the_season_count() -> None:
    town = Planned()
    line = town.line()
    for day in (town.plan.starts_on, town.plan.ends_on, town.plan.day_after):
        move_back(town.enroll(), day)
    assert town.reached(line)["enrolled"] == 2


def test_who_fits_several_lines_counts_for_the_narrowest() -> None:
    town = Planned()
    other = make_published_course(provider=make_organization(district=town.other), profession=town.trade)
    anywhere = town.line()
    here = town.line(organization=town.centre)
    this = town.line(course=town.course)
    this_here = town.line(course=town.course, organization=town.centre)
    auditor = make_user(role="auditor", place=town.region)
    for cohort, line in (
        (town.group(), this_here),
        (make_cohort(course=other), anywhere),
        (make_cohort(course=other, organization=town.centre), here),
        (make_cohort(course=town.course, organization=other.provider), this),
    ):
        town.enroll(cohort=cohort)
        assert town.reached(line) == {"referred": 1, "enrolled": 1}
    for line in town.plan.lines.all():
        for figure in FIGURES:
            rows = rows_of_line(line, figure, auditor)
            assert rows.count() == town.reached(line).get(figure, 0)
    assert not rows_of_line(this, "enrolled", make_user(role="auditor", place=make_district()))


def test_a_line_is_overdue_after_its_day_until_its_target_is_reached() -> None:
    town = Planned()
    line = town.line(target=1, due_on=town.plan.starts_on)
    PlanLine.objects.update(due_on=town.today - timedelta(days=1))
    assert progress_of([town.plan])[line.pk].overdue == 0
    town.agreed()
    assert progress_of([town.plan])[line.pk].overdue == 1
    town.enroll()
    assert progress_of([town.plan])[line.pk].overdue == 0


def test_whoever_answers_for_lines_finds_them_at_home_until_they_are_reached() -> None:
    town = Planned()
    line = town.line(target=1)
    assert plan_tasks(town.manager) == []
    town.agreed()
    (task,) = plan_tasks(town.manager)
    assert (task.url, task.tone) == (f"/supply/plans/{town.plan.uuid}/", "primary")
    PlanLine.objects.update(due_on=town.today - timedelta(days=1))
    assert [task.tone for task in plan_tasks(town.manager)] == ["error"]
    assert plan_tasks(town.by) == []
    town.enroll()
    assert plan_tasks(town.manager) == []
    assert line.owner == town.manager


# --- Who sees what --------------------------------------------------------------------------------
def test_plans_and_lines_are_seen_by_territory_and_by_those_who_answer() -> None:
    town = Planned()
    mine = town.line(organization=town.centre)
    town.line(course=town.course, owner=town.by)
    counter = make_user(role="counter", place=town.district)
    of_region = make_user(role="auditor", place=town.region)
    everywhere = make_user(role="supervisor")
    strangers: list[User] = [make_user(role="supervisor", place=town.other), make_user(), counter]
    own = [town.manager]

    def seen(user: User) -> tuple[int, int]:
        return TrainingPlan.objects.visible_to(user).count(), PlanLine.objects.visible_to(user).count()

    assert [seen(user) for user in (town.by, of_region, everywhere)] == [(1, 2)] * 3
    assert [seen(user) for user in (*strangers, *own)] == [(0, 0)] * 4
    town.agreed()
    assert [seen(user) for user in strangers] == [(0, 0)] * 3
    assert seen(town.manager) == (1, 1)
    assert PlanLine.objects.visible_to(town.manager).get() == mine
    colleague = make_user()
    make_membership(user=colleague, role="academy-admin", place=town.centre)
    assert seen(colleague) == (1, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_plan_agreed_at_once_by_several_is_agreed_once() -> None:
    town = Planned()
    town.line()
    assert race([lambda: agree_plan(town.plan, by=town.by)] * 4) == {"done": 4}
    assert PlanMove.objects.filter(to_status="agreed").count() == 1
    assert Notice.objects.filter(kind="plan-agreed").count() == 1
