"""What the pages and lists of referrals show beyond the rows themselves."""

from collections.abc import Collection

from django.db.models import Window
from django.db.models.functions import RowNumber

from enrollment.models import Referral


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
