"""Periodic work of the way; each sweep finds what is due by the rows themselves, so a missed one costs nothing."""

from celery import shared_task

from enrollment.models import Cohort, Enrollment, Referral
from enrollment.queries import sweeps
from enrollment.queries.waiting import cohorts_to_offer
from enrollment.services import duplicates, imports, mandatory, reminders
from enrollment.services.completions import fail_enrollment, overdue_day
from enrollment.services.evaluations import ASKED_FOR, ask_evaluation
from enrollment.services.offers import offer_freed_seats
from enrollment.services.overdue import remind_overdue
from enrollment.services.referrals import lapse_referral
from enrollment.services.waiting import rank_waiting_lists


@shared_task
def lapse_holds() -> int:
    """Let go of the seats whose hold has passed; returns how many."""
    return sum(lapse_referral(Referral(pk=pk)) for pk in sweeps.lapsed_holds())


@shared_task
def fail_overdue_enrollments() -> int:
    """Decide for those who did not finish within 14 days of their cohort's end; returns how many."""
    overdue = sweeps.overdue_enrollments(ended_before=overdue_day())
    for pk in overdue:
        fail_enrollment(Enrollment(pk=pk), by=None)
    return len(overdue)


@shared_task
def ask_evaluations() -> int:
    """Ask those who still learn in a cohort that has ended how it was; returns how many were looked at."""
    rows = sweeps.enrollments_to_ask(ended_within=ASKED_FOR)
    for enrollment in rows:
        ask_evaluation(enrollment)
    return len(rows)


@shared_task
def settle_training() -> int:
    """Work out mandatory training for rules and people that were noted; returns how many assignments moved.

    There is no message for each change: an import of every civil servant would send as many.
    """
    return mandatory.settle_noted()


@shared_task
def settle_all_training() -> int:
    """Compare every assignment with what it should be today; returns how many moved."""
    return mandatory.settle_all()


@shared_task
def find_duplicates() -> None:
    """Look for people who are written down twice."""
    duplicates.find_duplicates()


@shared_task
def offer_seats(*, cohort_id: int) -> int:
    """Give the free seats of a cohort to the first on its waiting list; returns how many."""
    return offer_freed_seats(Cohort.objects.get(pk=cohort_id))


@shared_task
def sweep_freed_seats() -> int:
    """Offer what became free and of which the word was lost; returns how many seats."""
    return sum(offer_freed_seats(cohort) for cohort in cohorts_to_offer(sweeps.AT_A_TIME))


@shared_task
def rank_waiting() -> int:
    """Set the places on every waiting list by the weights of today; returns how many it changes."""
    return rank_waiting_lists()


@shared_task
def remind_of_training() -> int:
    """Tell everybody whose deadline nears or has passed; returns how many were told."""
    return reminders.remind()


@shared_task
def purge_imports() -> int:
    """Delete what old tables hold of people; returns of how many."""
    return imports.purge_imports()


@shared_task
def remind_of_overdue() -> int:
    """Remind whoever is late with a referral; returns of how many."""
    return remind_overdue()
