"""A household over time: who lived there from when until when, and in which category it stood."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from base.errors import InvalidInput
from enrollment.models import Household, HouseholdCategoryPeriod, Resident
from enrollment.queries.household_history import events_of_home
from enrollment.services.households import change_category
from enrollment.services.referrals import ResidentMovedAway
from enrollment.services.residents import leave_household
from reports.services.rollup import refresh
from tests.accounts.factories import make_person
from tests.enrollment.factories import make_category, make_household, make_open_referral, make_resident, make_wish
from tests.personas import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TODAY = timezone.localdate()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def household(world: World) -> Household:
    household = make_household(mahalla=world.mahalla, address="Bogʻ koʻchasi, 1")
    HouseholdCategoryPeriod.objects.filter(household=household).update(starts_on=ago(90))
    return household


def test_the_time_line_tells_all_by_day(household: Household, assistant: User) -> None:
    first = household.category
    change_category(household, poor := make_category(), on=ago(10), by=assistant)
    stays = make_resident(household=household, person=make_person(surname="Aliyev"), starts_on=ago(80))
    left = make_resident(household=household, person=make_person(surname="Valiyev"), starts_on=ago(70))
    leave_household(left, on=ago(20), by=assistant)
    make_resident(household=household, starts_on=ago(5), ends_on=ago(5))
    told = [(event.on, event.title, event.by) for event in events_of_home(household)]
    assert told == [
        (ago(10), f"Category: {poor.name}", assistant.name),
        (ago(20), f"{left.person.name} does not live here any more", ""),
        (ago(70), f"{left.person.name} is written down here", ""),
        (ago(80), f"{stays.person.name} is written down here", ""),
        (ago(90), f"Category: {first.name}", ""),
    ]


def test_the_past_stays_in_what_was_counted(household: Household, assistant: User) -> None:
    resident = make_resident(household=household)
    referral, before = make_open_referral(resident=resident), household.category
    wish = make_wish(resident=resident)
    change_category(household, make_category(), on=ago(10), by=assistant)
    refresh()
    referral.refresh_from_db()
    wish.refresh_from_db()
    assert referral.category == wish.category == before


def test_who_left_is_referred_no_more_and_can_be_read(household: Household, assistant: User) -> None:
    resident = make_resident(household=household, starts_on=ago(30))
    leave_household(resident, on=ago(3), by=assistant)
    again = leave_household(resident, on=TODAY, by=assistant)
    assert again.ends_on == ago(3)
    assert AuditEvent.objects.filter(action="resident.left").count() == 1
    with pytest.raises(ResidentMovedAway):
        make_open_referral(resident=again)


@pytest.mark.parametrize("days", [31, -1])
def test_nobody_leaves_before_coming_or_in_the_future(household: Household, assistant: User, days: int) -> None:
    resident = make_resident(household=household, starts_on=ago(30))
    with pytest.raises(InvalidInput):
        leave_household(resident, on=ago(days), by=assistant)


def test_leaving_on_the_page(client: Client, household: Household, assistant: User) -> None:
    resident = make_resident(household=household, starts_on=ago(30))
    client.force_login(assistant)
    url = reverse("enrollment:resident_leave", args=[resident.uuid])
    assert client.get(url).status_code == 200
    assert client.post(url, {"on": "2999-01-01"}).status_code == 422
    page = client.post(url, {"on": ago(2).isoformat()}, follow=True).content.decode()
    assert f"{ago(2):%d.%m.%Y}" in page
    assert Resident.objects.get(pk=resident.pk).ends_on == ago(2)
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_the_time_line_costs_two_queries(
    household: Household, assistant: User, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days in range(n):
        make_resident(household=household, starts_on=ago(80))
        change_category(household, make_category(), on=ago(10 - days), by=assistant)
    with django_assert_num_queries(2):
        assert len(events_of_home(household)) == 2 * n + 1
