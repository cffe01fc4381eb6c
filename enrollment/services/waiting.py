"""The places of referrals on the waiting lists."""

from collections.abc import Iterable
from datetime import datetime

from enrollment import waiting
from enrollment.models import Referral, WaitingWeight
from enrollment.queries.waiting import facts_of, waiting_list, weights_in_force, with_facts

AT_A_TIME = 500


def place_on_list(referral: Referral) -> datetime:
    """The place that a referral has on a waiting list by the weights of today."""
    return _place(with_facts(Referral.objects.all()).get(pk=referral.pk), weights_in_force())


def rank_waiting_lists() -> int:
    """Set the place of whoever waits by the weights of today, and return how many it changes.

    Between two runs places change only where somebody joins or leaves, since waiting itself moves everybody alike.
    """
    weights, changed = weights_in_force(), []
    for referral in with_facts(waiting_list()).iterator(chunk_size=AT_A_TIME):
        if (place := _place(referral, weights)) != referral.queued_at:
            referral.queued_at = place
            changed.append(referral)
    # Who has left the list meanwhile stays as it is.
    return waiting_list().order_by().bulk_update(changed, ["queued_at"], batch_size=AT_A_TIME)


def _place(referral: Referral, weights: Iterable[WaitingWeight]) -> datetime:
    assert referral.submitted_at is not None, "whoever waits was submitted"
    return waiting.bring_forward(referral.submitted_at, waiting.what_counts(facts_of(referral), weights))
