"""Many centres' clerks at once, with real threads."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from base.errors import DomainError
from enrollment.models import Cohort, Enrollment, Referral, Seat
from enrollment.services.cohorts import CohortHasLearners, cancel_cohort, change_cohort
from enrollment.services.enrollments import enroll_person
from enrollment.services.referrals import accept_referral, enroll_referral, make_referral
from tests.accounts.factories import make_person
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_accepted_referral, make_cohort, make_open_referral, make_resident, plan_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def race(calls: Sequence[Callable[[], object]]) -> Counter[str]:
    """Run all calls at one moment, each in a thread and on a connection of its own; count how they end."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], object]) -> str:
        gate.wait()
        try:
            call()
        except DomainError as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def test_fifty_accept_for_the_last_three_seats() -> None:
    cohort = make_cohort(seats=5)
    for _ in range(2):
        make_accepted_referral(cohort=cohort)
    referrals = [make_open_referral(cohort=cohort) for _ in range(50)]
    ends = race([partial(accept_referral, r, cohort=cohort, by=None) for r in referrals])
    assert ends == {"done": 3, "CohortFull": 47}
    seats = Seat.objects.filter(cohort=cohort, status__in=Seat.OCCUPIED)
    assert sorted(seats.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert Referral.objects.filter(cohort=cohort, status="accepted").count() == 5


def test_enrolling_and_accepting_share_the_seats() -> None:
    cohort = make_cohort(seats=3)
    referrals = [make_open_referral(cohort=cohort) for _ in range(10)]
    people = [make_person() for _ in range(10)]
    ends = race(
        [partial(accept_referral, r, cohort=cohort, by=None) for r in referrals]
        + [partial(enroll_person, cohort=cohort, person=p, by=None) for p in people]
    )
    assert ends == {"done": 3, "CohortFull": 17}


def test_two_centres_cannot_hold_a_seat_for_one_person() -> None:
    resident = make_resident()
    cohorts = [make_cohort() for _ in range(4)]
    referrals = [make_open_referral(cohort=cohort, resident=resident) for cohort in cohorts]
    ends = race([partial(accept_referral, r, cohort=c, by=None) for r, c in zip(referrals, cohorts, strict=True)])
    assert ends == {"done": 1, "SeatHeldElsewhere": 3}


def test_one_referral_is_made_of_many_at_once() -> None:
    course = make_published_course()
    resident = make_resident()
    make = partial(make_referral, resident=resident, course=course, organization=course.provider, by=None)
    assert race([make] * 8) == {"done": 1, "AlreadyReferred": 7}


def test_cancelling_and_enrolling_at_once_leave_no_learner_in_a_cancelled_cohort() -> None:
    for _ in range(5):
        cohort = make_cohort(seats=4)
        referrals = [make_accepted_referral(cohort=cohort) for _ in range(4)]
        ends = race(
            [partial(enroll_referral, r, by=None) for r in referrals] + [partial(cancel_cohort, cohort, by=None)]
        )
        cancelled = Cohort.objects.get(pk=cohort.pk).status == "cancelled"
        learning = Enrollment.objects.filter(cohort=cohort, status="active").count()
        assert not (cancelled and learning)
        assert ends[CohortHasLearners.__name__] == (not cancelled)


@pytest.mark.parametrize("seats", [6, None])
def test_seats_lowered_while_others_accept_and_enrol_are_never_overbooked(seats: int | None) -> None:
    cohort = make_cohort(seats=seats)
    accepted = [make_accepted_referral(cohort=cohort) for _ in range(2)]
    waiting = [make_open_referral(cohort=cohort) for _ in range(6)]
    lower = partial(change_cohort, cohort, plan=replace(plan_of(cohort), seats=4), instructors=[], by=None)
    race(
        [partial(enroll_referral, r, by=None) for r in accepted]
        + [partial(accept_referral, r, cohort=cohort, by=None) for r in waiting[:3]]
        + [lower]
        + [partial(enroll_person, cohort=cohort, person=make_person(), by=None) for _ in waiting[3:]]
    )
    cohort.refresh_from_db()
    inside = Enrollment.objects.filter(cohort=cohort).count() + cohort.referrals.filter(status="accepted").count()
    assert cohort.seats is None or cohort.seats_taken == inside <= cohort.seats
