"""Making and ending the rules of mandatory training; who they bind is worked out soon after."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, PostCategory, User
from accounts.services import audit
from accounts.services.employments import checked_day
from base.errors import DomainError, InvalidInput
from courses.models import Course
from enrollment.deadlines import Schedule
from enrollment.models import TrainingRule

MOST_DAYS, MOST_MONTHS, MOST_YEARS = 3650, 240, 20


class RuleKnown(DomainError):
    code = "rule-known"
    message = _("The same rule is in force already.")


class RuleEnded(DomainError):
    code = "rule-ended"
    message = _("This rule has ended already.")


@dataclass(frozen=True, kw_only=True)
class RulePlan:
    """What a rule is to ask, and of whom; see the fields of TrainingRule."""

    schedule: Schedule
    valid_from: date
    valid_until: date | None = None
    basis: str = ""
    employers: Collection[Organization] = ()
    categories: Collection[PostCategory] = ()


@transaction.atomic
def create_rule(*, issuer: Organization, course: Course, plan: RulePlan, by: User | None) -> TrainingRule:
    """Make a rule: an academy's may bind every employer, an employer's binds itself or units below it.

    Raises RuleKnown where the same one is in force, InvalidInput.
    """
    _check(issuer, course, plan)
    # The issuer's row is the lock under which its rules are made.
    Organization.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    schedule = plan.schedule
    month, day = schedule.by
    fields = {
        "within_days": schedule.within_days,
        "every_months": schedule.every_months,
        "every_years": schedule.every_years,
        "by_month": month,
        "by_day": day,
    }
    same = TrainingRule.objects.in_force(plan.valid_from).filter(issuer=issuer, course=course, **fields)
    if any(_names(rule) == _wanted(plan) for rule in same):
        raise RuleKnown
    rule = TrainingRule.objects.create(
        issuer=issuer,
        course=course,
        basis=plan.basis.strip(),
        valid_from=plan.valid_from,
        valid_until=plan.valid_until,
        made_by=by,
        **fields,
    )
    rule.employers.set(plan.employers)
    rule.categories.set(plan.categories)
    audit.record("training-rule.made", rule, by=by)
    return rule


@transaction.atomic
def end_rule(rule: TrainingRule, *, on: date, by: User | None) -> TrainingRule:
    """Let a rule hold no longer from a day on; what it asked until then and was not met ends with it.

    Raises RuleEnded, InvalidInput.
    """
    rule = TrainingRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    if rule.valid_until == on:
        return rule
    if rule.valid_until and rule.valid_until <= timezone.localdate():
        raise RuleEnded
    if on < max(rule.valid_from, timezone.localdate()):
        raise InvalidInput(_("A rule ends today or later, and not before it begins."), field="on")
    rule.valid_until, rule.applied_at = on, None
    rule.save(update_fields=["valid_until", "applied_at", "updated_at"])
    audit.record("training-rule.ended", rule, by=by, ends_on=on.isoformat())
    return rule


def _check(issuer: Organization, course: Course, plan: RulePlan) -> None:
    if course.current_version_id is None or course.retired_at:
        raise InvalidInput(_("This course is not published, so nobody could take it."), field="course")
    checked_day(plan.valid_from, "valid_from")
    if plan.valid_until and plan.valid_until <= plan.valid_from:
        raise InvalidInput(_("A rule ends after it begins."), field="valid_until")
    _check_schedule(plan.schedule)
    if issuer.is_provider:
        if issuer.kind != Organization.Kind.ACADEMY:
            raise InvalidInput(_("Rules are made by an academy or by an employer."), field="issuer")
        return
    own = Organization.objects.with_units([issuer.pk])
    if not plan.employers or any(employer.pk not in own for employer in plan.employers):
        raise InvalidInput(_("An employer makes rules for itself and its units alone."), field="employers")


def _check_schedule(schedule: Schedule) -> None:
    if schedule.every_months and schedule.every_years:
        raise InvalidInput(_("Choose months or calendar years, not both."), field="every_months")
    if not (schedule.every_months or schedule.every_years) and schedule.within_days is None:
        raise InvalidInput(_("Say within how many days the course is to be taken."), field="within_days")
    for field, most in (("within_days", MOST_DAYS), ("every_months", MOST_MONTHS), ("every_years", MOST_YEARS)):
        value = getattr(schedule, field)
        if value is not None and not 1 <= value <= most:
            raise InvalidInput(_("Choose a number from 1 to %(most)d.") % {"most": most}, field=field)
    if not (1 <= schedule.by[0] <= 12 and 1 <= schedule.by[1] <= 31):
        raise InvalidInput(_("There is no such day in a year."), field="by_day")


def _names(rule: TrainingRule) -> tuple[set[int], set[int]]:
    return (
        set(rule.employers.values_list("pk", flat=True)),
        set(rule.categories.values_list("pk", flat=True)),
    )


def _wanted(plan: RulePlan) -> tuple[set[int], set[int]]:
    return {row.pk for row in plan.employers}, {row.pk for row in plan.categories}
