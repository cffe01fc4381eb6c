"""The written rule of the waiting lists, from the arithmetic to the places in a list."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from courses.models import Course
from enrollment.models import HouseholdCategory, Referral, WaitingWeight
from enrollment.queries.waiting import waiting_place, waiting_ranks
from enrollment.services.referrals import decline_referral, make_referral, waitlist_referral, withdraw_referral
from enrollment.services.waiting import rank_waiting_lists
from enrollment.waiting import Ahead, bring_forward, what_counts
from tests.accounts.factories import make_district, make_mahalla, make_organization
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_household, make_open_referral, make_resident


def weight(code: str, fact: str, days: int, **fields: Any) -> WaitingWeight:
    return WaitingWeight(code=code, names={"uz": code}, fact=fact, days=days, **fields)


def test_each_weight_that_fits_counts_up_to_its_most() -> None:
    weights = [
        weight("poor", "category", 60, category_id="poor"),
        weight("rich", "category", 5, category_id="rich"),
        weight("declined", "declined", 15, at_most=3),
        weight("near", "own-district", 14),
    ]
    ahead = what_counts({"category:poor": 1, "declined": 7, "own-region": 1}, weights)
    assert ahead == [Ahead("declined", 3, 45), Ahead("poor", 1, 60)]
    said = datetime(2026, 11, 1, tzinfo=UTC)
    assert bring_forward(said, ahead) == said - timedelta(days=105)
    assert bring_forward(said, []) == said


# --- In the database --------------------------------------------------------------------------
@pytest.fixture
def course(db: None) -> Course:
    return make_published_course(provider=make_organization(district=make_district()))


def wait(course: Course, *, category: str = "no-register", days: int = 0, mahalla: Any = None, **who: Any) -> Referral:
    """Put somebody on the list of the course's provider who was referred `days` ago."""
    if not who:
        home = make_household(category=HouseholdCategory.objects.get(code=category), mahalla=mahalla or make_mahalla())
        who = {"resident": make_resident(household=home)}
    referral = make_referral(course=course, organization=course.provider, by=None, **who)
    Referral.objects.filter(pk=referral.pk).update(submitted_at=timezone.now() - timedelta(days=days))
    return waitlist_referral(referral, by=None)


def ranks(*referrals: Referral) -> list[int | None]:
    found = waiting_ranks(Referral.objects.filter(pk__in=[referral.pk for referral in referrals]))
    return [found.get(referral.pk) for referral in referrals]


def test_order_is_of_need_distance_and_waiting(course: Course) -> None:
    district = course.provider.district
    assert district is not None
    own = make_mahalla(district=district)
    kin = make_mahalla(district=make_district(region=district.region))
    long, poor, near, nearer, new = (
        wait(course, days=50),
        wait(course, category="poor"),
        wait(course, mahalla=kin),
        wait(course, mahalla=own),
        wait(course),
    )
    assert ranks(poor, long, nearer, near, new) == [1, 2, 3, 4, 5]
    assert [Referral.objects.get(pk=poor.pk).queued_at, Referral.objects.get(pk=long.pk).queued_at] == [
        poor.submitted_at - timedelta(days=60),  # type: ignore[operator]  # it was sent
        long.submitted_at,
    ]


def test_refusals_before_the_referral_count_and_later_ones_do_not(course: Course) -> None:
    resident = make_resident(household=make_household(category=HouseholdCategory.objects.get(code="no-register")))
    for _ in range(2):
        decline_referral(make_open_referral(resident=resident), reason="no-seats", by=None)
    first, waiting = wait(course, days=29), wait(course, resident=resident)
    assert ranks(waiting, first) == [1, 2]
    decline_referral(make_open_referral(resident=resident), reason="no-seats", by=None)
    assert rank_waiting_lists() == 0
    place = waiting_place(waiting)
    assert place is not None
    assert [(part.times, part.days) for part in place.ahead] == [(2, 30)]


def test_ties_go_by_time_of_submission_then_by_number(course: Course) -> None:
    waiting = [wait(course) for _ in range(3)]
    now = timezone.now()
    Referral.objects.update(queued_at=now, submitted_at=now)
    Referral.objects.filter(pk=waiting[2].pk).update(submitted_at=now - timedelta(seconds=1))
    assert ranks(*waiting) == [2, 3, 1]


def test_each_list_has_its_own_places(course: Course, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    rows = [wait(course), wait(course), wait(make_published_course())]
    submitted = make_open_referral()
    with django_assert_num_queries(1):
        assert waiting_ranks([*rows, submitted]) == {rows[0].pk: 1, rows[1].pk: 2, rows[2].pk: 1}
    with django_assert_num_queries(0):
        assert waiting_ranks([submitted]) == {}


def test_who_leaves_the_list_has_no_place_and_the_others_move_up(course: Course) -> None:
    first, second = wait(course), wait(course)
    left = withdraw_referral(first, reason="mistake", by=None)
    assert left.queued_at is None
    assert ranks(first, second) == [None, 1]
    assert waiting_place(left) is None


def test_weights_of_today_put_every_list_in_order_again(course: Course) -> None:
    poor, long = wait(course, category="poor"), wait(course, days=50)
    assert ranks(poor, long) == [1, 2]
    today = timezone.localdate()
    WaitingWeight.objects.filter(code="category-poor").update(valid_until=today)
    weight("poor-2027", "category", 40, category_id="poor", valid_from=today).save()
    weight("poor-2030", "category", 900, category_id="poor", valid_from=date(2130, 1, 1)).save()
    assert [rank_waiting_lists(), rank_waiting_lists()] == [1, 0]
    assert ranks(poor, long) == [2, 1]


def test_place_is_told_with_what_counted(course: Course) -> None:
    others = [wait(course, category="poor") for _ in range(2)]
    resident = make_resident(household=make_household(category=HouseholdCategory.objects.get(code="borderline")))
    place = waiting_place(wait(course, resident=resident))
    assert place is not None
    assert (place.rank, place.of, place.days) == (3, len(others) + 1, 30)


def test_ranking_costs_the_same_for_any_number_of_lists(
    course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in (1, 2):
        wait(course, category="poor")
        wait(make_published_course(), days=n)
        Referral.objects.update(queued_at=timezone.now())
        with django_assert_num_queries(3):
            assert rank_waiting_lists() == 2 * n
