"""The one gate for the state of a referral."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from base.transitions import Transitions, check_move
from enrollment.models import Referral, ReferralMove
from enrollment.queries.clocks import Limits, limits_of
from enrollment.signals import referral_changed, referral_moved

Status = Referral.Status

TRANSITIONS: Transitions = {
    "": frozenset({Status.DRAFT, Status.SUBMITTED}),
    Status.DRAFT: frozenset({Status.SUBMITTED, Status.WITHDRAWN}),
    Status.SUBMITTED: frozenset({Status.ACCEPTED, Status.WAITLISTED, Status.DECLINED, Status.WITHDRAWN}),
    Status.WAITLISTED: frozenset({Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN}),
    # Back to submitted: the cohort was cancelled.
    Status.ACCEPTED: frozenset({Status.ENROLLED, Status.LAPSED, Status.WITHDRAWN, Status.SUBMITTED}),
    Status.LAPSED: frozenset({Status.SUBMITTED, Status.WITHDRAWN}),
    Status.ENROLLED: frozenset({Status.COMPLETED, Status.FAILED, Status.DROPPED}),
    # Between these two: the decision was corrected.
    Status.COMPLETED: frozenset({Status.FAILED}),
    Status.FAILED: frozenset({Status.COMPLETED}),
}


def move(referral: Referral, to: str, *, by: User | None, reason: str = "", note: str = "") -> ReferralMove:
    """Let a referral that the caller holds locked (or has just built) become `to`, and save it.

    Making it starts the clock of the seat, its first submission that of the answer, and nothing starts them again.
    Raises IllegalMove.
    """
    before = referral.status
    check_move(TRANSITIONS, before, to)
    now = timezone.now()
    referral.status = to
    if to in (Status.DRAFT, Status.SUBMITTED) and referral.submitted_at is None:
        start_clocks(referral, now, limits_of(referral.course_id))
    if to in (Status.ACCEPTED, Status.DECLINED):
        referral.answered_at = referral.answered_at or now
    if to == Status.ACCEPTED:
        referral.accepted_at = referral.accepted_at or now
    else:
        referral.hold_until = None
    if to != Status.WAITLISTED:
        referral.queued_at = None
    referral.save()
    row = ReferralMove.objects.create(
        referral=referral, from_status=before, to_status=to, at=now, by=by, reason=reason, note=note
    )
    audit.record(f"referral.{to}", referral, by=by, **({"reason": reason} if reason else {}))
    referral_changed.send(Referral, referral_id=referral.pk, move=row)
    transaction.on_commit(partial(referral_moved.send, Referral, referral_id=referral.pk, move_id=row.pk))
    return row


def start_clocks(referral: Referral, now: datetime, limits: Limits) -> None:
    """Set by when a referral is to be answered, if it is submitted, and by when it is to have a seat."""
    referral.seat_due_at = referral.seat_due_at or now + limits.seat
    if referral.status == Status.SUBMITTED:
        referral.submitted_at, referral.due_at = now, now + limits.answer
