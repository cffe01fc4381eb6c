"""The page of the waiting lists, and what an assistant reads of a place."""

from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from enrollment.models import Cohort, HouseholdCategory, Referral
from enrollment.services.referrals import waitlist_referral
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_cohort,
    make_household,
    make_open_referral,
    make_resident,
)
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
LIST = "/referrals/waiting/"


@pytest.fixture
def cohort(world: World) -> Cohort:
    return make_cohort(course=make_published_course(provider=world.centre))


def wait(cohort: Cohort, world: World, category: str = "no-register", **fields: Any) -> Referral:
    row = HouseholdCategory.objects.get(code=category)
    resident = make_resident(household=make_household(mahalla=world.mahalla, category=row))
    return waitlist_referral(make_open_referral(cohort=cohort, resident=resident, **fields), by=None)


def test_list_is_in_the_order_in_which_seats_are_given(
    cohort: Cohort, world: World, centre_manager: User, assistant: User, outsider: User
) -> None:
    first, poor = wait(cohort, world), wait(cohort, world, "poor")
    other = wait(make_cohort(course=make_published_course(provider=world.centre)), world)
    for user in (centre_manager, assistant):
        page = signed_in(user).get(LIST, {"course": cohort.course.slug}).context["page"]
        assert [(row, row.rank) for row in page.items] == [(poor, 1), (first, 2)]
    assert signed_in(centre_manager).get(LIST).context["page"].items == [poor, first, other]
    assert signed_in(outsider).get(LIST).context["page"].items == []
    event = AuditEvent.objects.filter(action="referral.listed").order_by("-id")[1]
    assert event.detail == {"filter": {"status": "waitlisted"}, "count": 3}


def test_list_is_read_page_by_page(cohort: Cohort, world: World, centre_manager: User) -> None:
    rows = [wait(cohort, world) for _ in range(51)]
    client = signed_in(centre_manager)
    page = client.get(LIST).context["page"]
    assert page.items == rows[:50]
    rest = client.get(LIST, {"after": page.next}).context["page"]
    assert [(row, row.rank) for row in rest.items] == [(rows[50], 51)]
    assert client.get(LIST, {"after": "nonsense"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    cohort: Cohort, world: World, centre_manager: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        wait(cohort, world)
    client = signed_in(centre_manager)
    with django_assert_num_queries(8):
        client.get(LIST)


def test_assistant_reads_the_place_and_why(cohort: Cohort, world: World, assistant: User) -> None:
    wait(cohort, world, "state-supported")
    poor = wait(cohort, world, "poor")
    text = signed_in(assistant).get(f"/referrals/{poor.uuid}/").content.decode()
    assert "Place 2 of 2 on the waiting list" in text
    assert "What follows counts as 74 more days of waiting" in text  # poor: 60; the centre stands in the district: 14
    assert "Poor family" in text
