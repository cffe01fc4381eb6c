"""What the pages and lists of referrals show beyond the rows themselves."""

from collections.abc import Collection

from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.models import User
from courses.models import Course
from enrollment.models import Cohort, Referral
from enrollment.models.cohorts import ANSWERING


def waiting_ranks(referrals: Collection[Referral]) -> dict[int, int]:
    """The places, from 1, of the waitlisted ones of these in the queue of their provider for their course, by id.

    One query, on referral_queue; none where nobody waits.
    """
    waiting = {referral.pk: referral for referral in referrals if referral.status == Referral.Status.WAITLISTED}
    if not waiting:
        return {}
    queues = Referral.objects.filter(
        status=Referral.Status.WAITLISTED,
        organization_id__in={referral.organization_id for referral in waiting.values()},
        course_id__in={referral.course_id for referral in waiting.values()},
    )
    rank = Window(RowNumber(), partition_by=["organization", "course"], order_by=["submitted_at", "pk"])
    return {pk: place for pk, place in queues.annotate(rank=rank).values_list("pk", "rank") if pk in waiting}


def courses_worked_with(user: User) -> QuerySet[Course]:
    """The courses to filter referrals by: a provider's own and taught ones, for others the catalogue."""
    if organizations := user.standing.organizations(*ANSWERING):
        cohorts = Cohort.objects.filter(organization__in=organizations)
        own = Q(provider__in=organizations) | Q(pk__in=cohorts.values("course"))
        return Course.objects.filter(own).order_by("slug")
    return Course.objects.published().filter(self_paced=False).order_by("slug")
