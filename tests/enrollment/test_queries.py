from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from enrollment.models import Cohort
from enrollment.queries.cohorts import with_counts
from enrollment.queries.places import Distance, Sought, next_places, suitable_places
from enrollment.services.lookups import load_lookups
from enrollment.services.referrals import decline_referral, waitlist_referral
from tests.accounts.factories import make_district, make_mahalla, make_organization, make_profession
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_household,
    make_open_referral,
    make_resident,
)

pytestmark = pytest.mark.django_db


def test_places_are_near_first_then_early_then_free() -> None:
    mahalla = make_mahalla()
    resident = make_resident(household=make_household(mahalla=mahalla))
    here = make_organization(district=mahalla.district)
    region = make_organization(district=make_district(region=mahalla.district.region))
    course = make_published_course()
    today = timezone.localdate()
    far = make_cohort(course=course, starts_on=today)
    near = make_cohort(course=course, organization=region, starts_on=today)
    late = make_cohort(course=course, organization=here, starts_on=today + timedelta(days=20))
    fuller = make_cohort(course=course, organization=here, starts_on=today + timedelta(days=2))
    free = make_cohort(course=course, organization=here, starts_on=today + timedelta(days=2))
    make_accepted_referral(cohort=fuller)
    make_cohort()
    make_cohort(course=course, organization=here, is_published=False)
    places = suitable_places(resident, Sought(course=course))
    assert [place.cohort for place in places] == [free, fuller, late, near, far]
    assert [place.distance for place in places] == [Distance.OWN_DISTRICT] * 3 + [
        Distance.OWN_REGION,
        Distance.ELSEWHERE,
    ]
    assert [place.seats_free for place in places] == [3, 2, 3, 3, 3]


def test_next_places_leave_out_where_one_was_declined() -> None:
    profession = make_profession()
    course, kin = (make_published_course(profession=profession) for _ in range(2))
    declining = make_cohort(course=course)
    elsewhere, other_course = make_cohort(course=course, organization=make_organization()), make_cohort(course=kin)
    make_cohort()
    referral = decline_referral(make_open_referral(cohort=declining), reason="no-seats", by=None)
    assert {place.cohort for place in next_places(referral)} == {elsewhere, other_course}


def test_cohorts_come_with_what_is_counted_of_them(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cohort = make_cohort()
    make_accepted_referral(cohort=cohort)
    waitlist_referral(make_open_referral(cohort=cohort), by=None)
    with django_assert_num_queries(1):
        row = with_counts(Cohort.objects.all()).get()
        assert (row.seats_taken, row.seats_free, row.waiting) == (1, 2, 1)  # type: ignore[attr-defined]  # annotated


def test_lookups_are_there_and_loading_again_adds_nothing() -> None:
    assert load_lookups() == 0
