"""Freed seats go to whoever is first on the waiting list (docs/subsystems/waiting-list.md)."""

from django.db import transaction

from accounts.services.people import lock_person
from base.errors import IllegalMove
from enrollment.models import Cohort, FreedSeat, Referral
from enrollment.queries.waiting import next_in_line
from enrollment.services.prerequisites import PrerequisitesLacking
from enrollment.services.referrals import accept_referral
from enrollment.services.seats import CohortClosed, CohortFull, lock_cohort


def offer_freed_seats(cohort: Cohort) -> int:
    """Hold the free seats of a cohort for the first on its waiting list, and return how many were given out.

    Only where a seat became free since it was last asked. May run many times at once, and be killed at any point: what
    it has not come to stays noted. Whoever lacks what the course asks for is passed over, and keeps the place.
    """
    passed: set[int] = set()
    freed = list(cohort.freed_seats.values_list("pk", flat=True))
    given = 0
    while freed and (first := next_in_line(cohort, but=passed)):
        try:
            given += _offer(cohort, first, passed)
        except (CohortFull, CohortClosed):
            break
        except PrerequisitesLacking:
            passed.add(first.pk)
        except IllegalMove:
            continue  # withdrawn, or answered by hand, a moment ago
    FreedSeat.objects.filter(pk__in=freed).delete()
    return given


@transaction.atomic
def _offer(cohort: Cohort, referral: Referral, passed: set[int]) -> bool:
    """Accept a referral, unless it is no longer first once nobody else can give this person or this cohort a seat."""
    lock_person(referral.person_id)
    lock_cohort(cohort.pk)
    if next_in_line(cohort, but=passed) != referral:
        return False
    accept_referral(referral, cohort=cohort, by=None)
    return True
