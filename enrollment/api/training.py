"""Mandatory training: its rules, and who must take what by when."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from accounts.bearer import ApiRequest
from accounts.models import Organization, PostCategory
from accounts.services import audit
from base.api import PROBLEMS, Page, paginate, sorted_by
from base.lookup import named
from courses.models import Course
from enrollment import rules
from enrollment.api.reading import audited_page
from enrollment.deadlines import Schedule
from enrollment.models import TrainingAssignment, TrainingRule, TrainingRuleQuerySet
from enrollment.schemas.training import (
    AssignmentOut,
    AssignmentQuery,
    EndRuleIn,
    ExemptIn,
    RuleIn,
    RuleOut,
    RuleQuery,
)
from enrollment.services.mandatory import exempt, lift_exemption
from enrollment.services.training_rules import RulePlan, create_rule, end_rule

router = Router(tags=["training"])
RELATED = ("person", "course", "organization", "employment", "rule__issuer", "enrollment")


@router.get("/training-rules", response={200: Page[RuleOut], **PROBLEMS})
def list_rules(request: ApiRequest, query: Query[RuleQuery]) -> Any:
    """List the rules that the caller made or that bind own staff; `in_force` keeps those that hold today, or not."""
    rows = _rules(request)
    if query.course:
        rows = rows.filter(course__slug=query.course)
    return paginate(sorted_by(rows, TrainingRule.objects.in_force(), query.in_force), query)


@router.post("/training-rules", response={201: RuleOut, **PROBLEMS})
def post_rule(request: ApiRequest, data: RuleIn) -> Any:
    """Make a rule of one's own organization; without `employers`, an employer's binds itself with all its units."""
    issuer = named(Organization.objects.all(), "issuer", uuid=data.issuer)
    if not rules.can_rule(request.user, issuer.pk):
        raise PermissionDenied
    employers = [named(Organization.objects.employers(), "employers", uuid=uuid) for uuid in data.employers]
    plan = RulePlan(
        schedule=Schedule(data.within_days, data.every_months, data.every_years, (data.by_month, data.by_day)),
        valid_from=data.valid_from,
        valid_until=data.valid_until,
        basis=data.basis,
        employers=employers or ([] if issuer.is_provider else [issuer]),
        categories=[named(PostCategory.objects.all(), "categories", code=code) for code in data.categories],
    )
    course = named(Course.objects.published(), "course", slug=data.course)
    rule = create_rule(issuer=issuer, course=course, plan=plan, by=request.user)
    return Status(201, _rules(request).get(pk=rule.pk))


@router.get("/training-rules/{rule_id}", response={200: RuleOut, **PROBLEMS})
def get_rule(request: ApiRequest, rule_id: UUID) -> Any:
    """Show a rule."""
    return get_object_or_404(_rules(request), uuid=rule_id)


@router.post("/training-rules/{rule_id}/end", response={200: RuleOut, **PROBLEMS})
def end(request: ApiRequest, rule_id: UUID, data: EndRuleIn) -> Any:
    """Let a rule hold no longer from a day on; what it asked and was not met ends with it."""
    rule = get_object_or_404(_rules(request), uuid=rule_id)
    if not rules.can_rule(request.user, rule.issuer_id):
        raise PermissionDenied
    end_rule(rule, on=data.on, by=request.user)
    return _rules(request).get(pk=rule.pk)


@router.get("/training-assignments", response={200: Page[AssignmentOut], **PROBLEMS})
def list_assignments(request: ApiRequest, query: Query[AssignmentQuery]) -> Any:
    """List one's own duties and those that the caller follows up; the reading is audited."""
    where = {
        "rule__uuid": query.rule,
        "course__slug": query.course,
        "organization__uuid": query.organization,
        "person__uuid": query.person,
        "status": query.status,
        "due_on__lte": query.due_by,
    }
    rows = TrainingAssignment.objects.visible_to(request.user).select_related(*RELATED)
    return audited_page(request.user, "training.listed", rows, where, query)


@router.get("/training-assignments/{assignment_id}", response={200: AssignmentOut, **PROBLEMS})
def get_assignment(request: ApiRequest, assignment_id: UUID) -> Any:
    """Show one person's duty under one rule; the reading is audited."""
    assignment = _find(request, assignment_id)
    audit.record("training.read", assignment, by=request.user)
    return assignment


@router.post("/training-assignments/{assignment_id}/exempt", response={200: AssignmentOut, **PROBLEMS})
def post_exemption(request: ApiRequest, assignment_id: UUID, data: ExemptIn) -> Any:
    """Free one of one's own staff from the course, for a coded reason of `/lookups/exemption-reasons`."""
    assignment = _find_to_exempt(request, assignment_id)
    exempt(assignment, **data.model_dump(), by=request.user)
    return _find(request, assignment_id)


@router.post("/training-assignments/{assignment_id}/lift", response={200: AssignmentOut, **PROBLEMS})
def lift(request: ApiRequest, assignment_id: UUID) -> Any:
    """End an exemption today; the course is asked again."""
    lift_exemption(_find_to_exempt(request, assignment_id), by=request.user)
    return _find(request, assignment_id)


def _rules(request: ApiRequest) -> TrainingRuleQuerySet:
    rows = TrainingRule.objects.visible_to(request.user).select_related("issuer", "course")
    return rows.prefetch_related("employers", "categories")


def _find(request: ApiRequest, assignment_id: UUID) -> TrainingAssignment:
    rows = TrainingAssignment.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(rows, uuid=assignment_id)


def _find_to_exempt(request: ApiRequest, assignment_id: UUID) -> TrainingAssignment:
    assignment = _find(request, assignment_id)
    if not rules.can_exempt(request.user, assignment):
        raise PermissionDenied
    return assignment
