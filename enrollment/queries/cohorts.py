"""Cohorts with what is counted of them."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from enrollment.models import CohortQuerySet, Referral


def with_counts(cohorts: CohortQuerySet) -> CohortQuerySet:
    """Annotate `taken` (seats held or taken) and `waiting` (referrals in the provider's queue for the course)."""
    queue = Referral.objects.filter(
        organization_id=OuterRef("organization_id"),
        course_id=OuterRef("course_id"),
        status=Referral.Status.WAITLISTED,
    ).order_by()
    counted = queue.values("organization").annotate(n=Count("pk")).values("n")
    return cohorts.with_seats_taken().annotate(waiting=Coalesce(Subquery(counted), 0))
