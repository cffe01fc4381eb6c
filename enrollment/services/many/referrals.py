"""Referrals by the thousand: what services.referrals does with one."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from base import bulk
from enrollment.models import Referral, ReferralMove
from enrollment.queries.clocks import limits_of
from enrollment.services.referral_moves import start_clocks
from enrollment.signals import referral_moved, rows_changed

SUBMITTED = Referral.Status.SUBMITTED


def submit_referrals(referrals: Sequence[Referral], *, by: User) -> None:
    """Send residents to providers: the first move of referrals just built, as `referral_moves.move` makes it.

    An open referral of the same person for the same course is an IntegrityError for all of them.
    """
    if not referrals:
        return
    now = timezone.now()
    limits = {course: limits_of(course) for course in {referral.course_id for referral in referrals}}
    for referral in referrals:
        referral.status, referral.made_by = SUBMITTED, by
        start_clocks(referral, now, limits[referral.course_id])
    bulk.insert(referrals)
    fields = ("referral_id", "from_status", "to_status", "at", "by_id", "reason", "note")
    moves = [(referral.pk, "", SUBMITTED.value, now, by.pk, "", "") for referral in referrals]
    bulk.insert_values(ReferralMove, fields, moves)
    audit.record_many("referral.submitted", referrals, by=by)
    rows_changed.send(Referral, ids=[referral.pk for referral in referrals])
    if referral_moved.has_listeners(Referral):
        transaction.on_commit(partial(_tell, [referral.pk for referral in referrals]))


def _tell(ids: Sequence[int]) -> None:
    for pk, referral in ReferralMove.objects.filter(referral__in=ids).values_list("pk", "referral"):
        referral_moved.send(Referral, referral_id=referral, move_id=pk)
