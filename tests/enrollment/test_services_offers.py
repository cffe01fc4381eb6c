"""Freed seats go to the first on the waiting list, once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from base.models import Notice
from enrollment.models import Cohort, FreedSeat, Referral, Seat
from enrollment.services.cohorts import CohortPlan, cancel_cohort, change_cohort, publish_cohort
from enrollment.services.enrollments import withdraw_enrollment
from enrollment.services.offers import offer_freed_seats
from enrollment.services.referrals import accept_referral, lapse_referral, waitlist_referral, withdraw_referral
from enrollment.tasks import sweep_freed_seats
from lms.celery import app
from tests.accounts.factories import make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_enrollment,
    make_open_referral,
    make_resident,
)
from tests.enrollment.test_services_seats import race
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(db: None) -> Cohort:
    """A group without a free seat, of which nothing is to be offered."""
    cohort = make_cohort(seats=2)
    make_enrollment(cohort=cohort)
    make_accepted_referral(cohort=cohort)
    assert sweep_freed_seats() == 0
    assert not FreedSeat.objects.exists()
    return cohort


def wait(cohort: Cohort, number: int = 3) -> list[Referral]:
    return [waitlist_referral(make_open_referral(cohort=cohort), by=None) for _ in range(number)]


def states(referrals: list[Referral]) -> list[str]:
    return [Referral.objects.get(pk=referral.pk).status for referral in referrals]


def give_seats(cohort: Cohort, seats: int) -> None:
    plan = {name: getattr(cohort, name) for name in CohortPlan.__dataclass_fields__} | {"seats": seats}
    change_cohort(cohort, plan=CohortPlan(**plan), instructors=[], by=None)


def free_by_withdrawal(cohort: Cohort) -> None:
    withdraw_referral(cohort.referrals.get(status="accepted"), reason="found-job", by=None)


def free_by_lapse(cohort: Cohort) -> None:
    cohort.referrals.filter(status="accepted").update(hold_until=timezone.localdate() - timedelta(days=1))
    assert lapse_referral(cohort.referrals.get(status="accepted"))


def free_by_leaving(cohort: Cohort) -> None:
    withdraw_enrollment(cohort.enrollments.get(), reason="family", by=None)


def free_by_more_seats(cohort: Cohort) -> None:
    give_seats(cohort, 3)


@pytest.mark.parametrize("free", [free_by_withdrawal, free_by_lapse, free_by_leaving, free_by_more_seats])
def test_freed_seat_goes_to_the_first_once(full: Cohort, free: Callable[[Cohort], None]) -> None:
    waiting = wait(full)
    free(full)
    assert [sweep_freed_seats(), sweep_freed_seats()] == [1, 0]
    assert states(waiting) == ["accepted", "waitlisted", "waitlisted"]
    given = Referral.objects.get(pk=waiting[0].pk)
    assert (given.cohort, given.hold_until) == (full, timezone.localdate() + timedelta(days=7))
    assert given.moves.latest("id").by is None
    assert not FreedSeat.objects.exists()


def test_new_group_is_filled_from_the_list_as_soon_as_it_is_published(full: Cohort) -> None:
    waiting = wait(full)
    new = make_cohort(course=full.course, seats=2, is_published=False)
    assert sweep_freed_seats() == 0
    publish_cohort(new, by=None)
    assert sweep_freed_seats() == 2
    assert states(waiting) == ["accepted", "accepted", "waitlisted"]


@pytest.fixture
def tasks_at_once() -> Iterator[None]:
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def test_word_of_a_freed_seat_offers_it_at_once(
    full: Cohort, tasks_at_once: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    waiting = wait(full)
    with django_capture_on_commit_callbacks(execute=True):
        free_by_withdrawal(full)
    assert states(waiting)[0] == "accepted"


def test_seat_that_was_free_all_along_stays_the_centres_to_give() -> None:
    cohort = make_cohort()
    assert sweep_freed_seats() == 0
    waiting = wait(cohort)
    assert sweep_freed_seats() == 0
    assert states(waiting) == ["waitlisted"] * 3


def test_who_holds_a_seat_elsewhere_is_passed_over_and_keeps_the_place(full: Cohort) -> None:
    busy = make_resident()
    waiting = [waitlist_referral(make_open_referral(cohort=full, resident=busy), by=None), *wait(full, 1)]
    make_accepted_referral(resident=busy)
    free_by_withdrawal(full)
    assert sweep_freed_seats() == 1
    assert states(waiting) == ["waitlisted", "accepted"]


def test_group_that_takes_nobody_offers_nothing(full: Cohort) -> None:
    waiting = wait(full)
    free_by_leaving(full)
    Cohort.objects.filter(pk=full.pk).update(enrol_until=timezone.localdate() - timedelta(days=1))
    cancelled = make_cohort(course=full.course)
    cancel_cohort(cancelled, by=None)
    assert sweep_freed_seats() == 0
    assert not FreedSeat.objects.exists()
    assert states(waiting) == ["waitlisted"] * 3


def test_maker_and_centre_are_told(world: World, centre_manager: User, outsider: User) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.centre), seats=1)
    holder, maker = make_accepted_referral(cohort=cohort), make_user()
    waiting = waitlist_referral(make_open_referral(cohort=cohort, by=maker), by=centre_manager)
    withdraw_referral(holder, reason="mistake", by=None)
    sweep_freed_seats()
    until = f"{timezone.localdate() + timedelta(days=7):%d.%m.%Y}"
    told = {(notice.user_id, notice.kind) for notice in Notice.objects.filter(params__until=until)}
    assert told == {(maker.pk, "referral-accepted"), (centre_manager.pk, "seat-offered")}
    assert Notice.objects.get(kind="seat-offered").url == f"/referrals/{waiting.uuid}/"


# --- Many at once -----------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_sweepers_and_clerks_give_each_freed_seat_once() -> None:
    for _ in range(3):
        cohort = make_cohort(seats=3)
        holders = [make_accepted_referral(cohort=cohort) for _ in range(3)]
        offer_freed_seats(cohort)
        waiting = wait(cohort, 8)
        for holder in holders:
            withdraw_referral(holder, reason="mistake", by=None)
        # The hold of nobody may come between: two clerks accept who is far down the list.
        clerks = [partial(accept_referral, referral, cohort=cohort, by=None) for referral in waiting[6:]]
        race([*[partial(offer_freed_seats, cohort)] * 8, *clerks])
        accepted = [place for place, state in enumerate(states(waiting)) if state == "accepted"]
        by_hand = [place for place in accepted if place >= 6]
        assert accepted == [*range(3 - len(by_hand)), *by_hand]
        assert Seat.objects.filter(cohort=cohort, status__in=Seat.OCCUPIED).count() == 3
        assert not FreedSeat.objects.filter(cohort=cohort).exists()
        assert all(referral.moves.filter(to_status="accepted").count() <= 1 for referral in waiting)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_groups_of_a_course_share_one_list() -> None:
    course = make_published_course()
    cohorts = [make_cohort(course=course, seats=2) for _ in range(3)]
    for cohort in cohorts:
        offer_freed_seats(cohort)
    waiting = wait(cohorts[0], 8)
    for cohort in cohorts:
        give_seats(cohort, 3)
    Cohort.objects.update(seats=2)
    race([partial(offer_freed_seats, cohort) for cohort in cohorts for _ in range(3)])
    assert states(waiting) == ["accepted"] * 6 + ["waitlisted"] * 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_first_on_the_list_may_withdraw_while_the_seat_is_given() -> None:
    for _ in range(5):
        cohort = make_cohort(seats=1)
        holder = make_accepted_referral(cohort=cohort)
        offer_freed_seats(cohort)
        waiting = wait(cohort, 2)
        withdraw_referral(holder, reason="mistake", by=None)
        withdrawing = partial(withdraw_referral, waiting[0], reason="mistake", by=None)
        race([partial(offer_freed_seats, cohort), withdrawing, partial(offer_freed_seats, cohort)])
        offer_freed_seats(cohort)
        assert states(waiting) == ["withdrawn", "accepted"]
