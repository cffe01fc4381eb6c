"""Households and residents by the thousand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from base import bulk
from enrollment.models import Household, HouseholdCategory, HouseholdCategoryPeriod, Resident


def create_households(households: Sequence[Household], *, by: User) -> None:
    """Write new households down, each in its category from today."""
    bulk.insert(households)
    today = timezone.localdate()
    _begin_periods(households, today, by)
    audit.record_many("household.created", households, by=by)


def register_residents(residents: Sequence[Resident], *, by: User) -> None:
    """Let people live in households from today; one who lives somewhere already is an IntegrityError for all."""
    bulk.insert(residents)
    audit.record_many("resident.registered", residents, by=by)


def change_households(changes: Sequence[tuple[Household, Mapping[str, Any]]], *, by: User) -> None:
    """Correct households whose rows the caller has locked; a new category (`category_id`) holds from today."""
    today, now = timezone.localdate(), timezone.now()
    moved = [home for home, fields in changes if "category_id" in fields]
    HouseholdCategoryPeriod.objects.filter(household__in=moved, ends_on=None).update(ends_on=today)
    for home, fields in changes:
        for name, value in fields.items():
            setattr(home, name, value)
        home.updated_at = now
    homes = [home for home, _ in changes]
    Household.objects.bulk_update(homes, ["category", "address", "external_id", "updated_at"], batch_size=500)
    _begin_periods(moved, today, by)
    categories = HouseholdCategory.objects.in_bulk({home.category_id for home in moved})
    details = [{"category": categories[home.category_id].code} for home in moved]
    audit.record_many("household.category-changed", moved, by=by, details=details)
    corrected = [home for home, fields in changes if set(fields) - {"category_id"}]
    audit.record_many("household.changed", corrected, by=by)


def _begin_periods(households: Sequence[Household], day: date, by: User) -> None:
    names = ("household_id", "category_id", "starts_on", "recorded_by_id")
    rows = [(home.pk, home.category_id, day, by.pk) for home in households]
    bulk.insert_values(HouseholdCategoryPeriod, names, rows)
