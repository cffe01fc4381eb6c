"""Cohorts with what is counted of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from base.compiled import CompiledQuery
from base.languages import localized
from base.paging import CountUpTo
from courses.models import Course, Reader
from enrollment.models import Cohort, CohortQuerySet, EnrollmentRequest, Referral
from enrollment.models.cohorts import TEACHING


def with_counts(cohorts: CohortQuerySet) -> CohortQuerySet:
    """Annotate `taken` (seats held or taken) and `waiting` (up to 1,001 in the provider's queue for the course)."""
    queue = Referral.objects.filter(
        organization_id=OuterRef("organization_id"),
        course_id=OuterRef("course_id"),
        status=Referral.Status.WAITLISTED,
    ).order_by("queued_at", "submitted_at", "pk")
    return cohorts.with_seats_taken().annotate(waiting=CountUpTo(queue))


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A group that takes learners, as a course's page shows it."""

    uuid: UUID
    provider: str
    district: str
    mode: str
    starts_on: date | None
    ends_on: date | None
    seats: int | None
    taken: int
    open_to_all: bool
    on_request: bool


def _open_groups(course: int, day: date) -> QuerySet[Cohort, Any]:
    rows = Cohort.objects.filter(course=course, is_standing=False).open(day).order_by("starts_on", "pk")
    return rows.values_list(
        *("uuid", "organization__names", "organization__district__names", "mode"),
        *("starts_on", "ends_on", "seats", "taken", "open_to_all", "on_request"),
    )[:20]


OPEN_GROUPS = CompiledQuery(_open_groups)


def open_groups(course: Course) -> list[OpenGroup]:
    """The groups in which one may learn a course, the earliest first (index cohort_of_course)."""
    return [
        OpenGroup(uuid, localized(provider), localized(district or {}), str(Cohort.Mode(mode).label), *rest)
        for uuid, provider, district, mode, *rest in OPEN_GROUPS.rows(course.pk, timezone.localdate())
    ]


def with_own_requests(groups: list[OpenGroup], user: Reader) -> list[tuple[OpenGroup, UUID | None]]:
    """Each group with the reader's own request for a place that waits for an answer."""
    own: dict[UUID, UUID] = {}
    if isinstance(user, User) and user.person_id and any(group.on_request for group in groups):
        asked = EnrollmentRequest.objects.filter(person=user.person_id, status=EnrollmentRequest.Status.ASKED)
        own = dict(asked.values_list("cohort__uuid", "uuid"))
    return [(group, own.get(group.uuid)) for group in groups]


def open_cohorts_for(referral: Referral) -> QuerySet[Cohort]:
    """The cohorts into which a referral can be accepted now, the earliest first (index cohort_of_course)."""
    cohorts = Cohort.objects.open().filter(course=referral.course_id, organization=referral.organization_id)
    return cohorts.filter(is_standing=False).order_by("starts_on", "pk")


def cohorts_taught_by(user: User, *, status: str = "") -> CohortQuerySet:
    """The cohorts of the providers where the user leads or teaches, by what they are today.

    Standing cohorts are left out: they have no dates, and as many learners as there are.
    """
    today = timezone.localdate()
    cohorts = Cohort.objects.filter(organization__in=user.standing.organizations(*TEACHING), is_standing=False)
    published = Q(status=Cohort.Status.PUBLISHED)
    where = {
        "draft": Q(status=Cohort.Status.DRAFT),
        "cancelled": Q(status=Cohort.Status.CANCELLED),
        "running": published & Q(starts_on__lte=today, ends_on__gte=today),
        "finished": published & Q(ends_on__lt=today),
    }
    return cohorts.open() if status == "open" else cohorts.filter(where.get(status, Q()))
