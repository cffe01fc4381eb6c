"""Rows of enrollment for tests."""

from itertools import count
from typing import Any

from django.utils import timezone

from enrollment.models import Household, HouseholdCategory, HouseholdCategoryPeriod, Resident, Wish
from tests.accounts.factories import make_mahalla, make_person

numbers = count(1)


def make_category(**fields: Any) -> HouseholdCategory:
    n = next(numbers)
    return HouseholdCategory.objects.create(**{"code": f"category-{n}", "names": {"uz": f"{n}-toifa"}} | fields)


def make_household(**fields: Any) -> Household:
    if "mahalla" not in fields:
        fields["mahalla"] = make_mahalla()
    if "category" not in fields:
        fields["category"] = HouseholdCategory.objects.order_by("pk").first() or make_category()
    household = Household.objects.create(**fields)
    HouseholdCategoryPeriod.objects.create(
        household=household, category=household.category, starts_on=timezone.localdate()
    )
    return household


def make_resident(**fields: Any) -> Resident:
    if "household" not in fields:
        fields["household"] = make_household()
    if "person" not in fields:
        fields["person"] = make_person()
    defaults = {"mahalla": fields["household"].mahalla, "starts_on": timezone.localdate()}
    return Resident.objects.create(**defaults | fields)


def make_wish(**fields: Any) -> Wish:
    if "resident" not in fields:
        fields["resident"] = make_resident()
    household = fields["resident"].household
    defaults = {
        "mahalla": household.mahalla,
        "category": household.category,
        "kind": "training",
        "said_on": timezone.localdate(),
    }
    return Wish.objects.create(**defaults | fields)
