"""Cohorts with what is counted of them."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from enrollment.models import Cohort, CohortQuerySet, Referral
from enrollment.models.cohorts import TEACHING


def with_counts(cohorts: CohortQuerySet) -> CohortQuerySet:
    """Annotate `taken` (seats held or taken) and `waiting` (referrals in the provider's queue for the course)."""
    queue = Referral.objects.filter(
        organization_id=OuterRef("organization_id"),
        course_id=OuterRef("course_id"),
        status=Referral.Status.WAITLISTED,
    ).order_by()
    counted = queue.values("organization").annotate(n=Count("pk")).values("n")
    return cohorts.with_seats_taken().annotate(waiting=Coalesce(Subquery(counted), 0))


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
