"""Cohorts: seen by anybody, run by their provider."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from accounts.bearer import ApiRequest
from accounts.models import Organization
from base.api import PROBLEMS, Page, paginate, sorted_by
from base.lookup import named
from courses.models import Course
from enrollment import rules
from enrollment.models import Cohort, CohortQuerySet
from enrollment.queries.cohorts import with_counts
from enrollment.schemas.way import CohortIn, CohortOut, CohortQuery
from enrollment.services.cohorts import CohortPlan, create_cohort, publish_cohort

router = Router(tags=["cohorts"])


def _visible(request: ApiRequest) -> CohortQuerySet:
    return with_counts(Cohort.objects.visible_to(request.user).select_related("course", "organization"))


@router.get("/cohorts", response={200: Page[CohortOut], **PROBLEMS})
def list_cohorts(request: ApiRequest, query: Query[CohortQuery]) -> Any:
    """List cohorts; `open=true` keeps those that take learners now."""
    rows = _visible(request)
    if query.course:
        rows = rows.filter(course=Course.objects.filter(slug=query.course).values("pk")[:1])  # so that it is a range
    if query.organization:
        rows = rows.filter(organization__uuid=query.organization)
    return paginate(sorted_by(rows, Cohort.objects.open(), query.open), query)


@router.post("/cohorts", response={201: CohortOut, **PROBLEMS})
def post_cohort(request: ApiRequest, data: CohortIn) -> Any:
    """Make a cohort of one's own provider; it takes learners at once."""
    organization = named(Organization.objects.providers(), "organization", uuid=data.organization)
    if not rules.can_run_cohorts(request.user, organization.pk):
        raise PermissionDenied
    course = named(Course.objects.published(), "course", slug=data.course)
    fields = data.model_dump(exclude={"course", "organization"}) | {"language": data.language or course.language}
    with transaction.atomic():
        cohort = create_cohort(course=course, organization=organization, plan=CohortPlan(**fields), by=request.user)
        publish_cohort(cohort, by=request.user)
    return Status(201, _visible(request).get(pk=cohort.pk))


@router.get("/cohorts/{cohort_id}", response={200: CohortOut, **PROBLEMS})
def get_cohort(request: ApiRequest, cohort_id: UUID) -> Any:
    """Show a cohort with its seats and how many wait for one."""
    return get_object_or_404(_visible(request), uuid=cohort_id)
