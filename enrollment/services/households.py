"""Households and their category over time."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mahalla, User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from enrollment.models import Household, HouseholdCategory, HouseholdCategoryPeriod


class HouseholdKnown(DomainError):
    """A household with this external id exists; `id` is named where the caller may see it."""

    code = "household-known"


@transaction.atomic
def create_household(
    *,
    mahalla: Mahalla,
    category: HouseholdCategory,
    address: str = "",
    external_id: str | None = None,
    uuid: UUID | None = None,
    by: User,
) -> Household:
    """Write a household down; a form that is sent twice brings the same `uuid` and gets the same household.

    Raises HouseholdKnown for an external id that is taken.
    """
    if uuid and (household := Household.objects.visible_to(by).filter(uuid=uuid).first()):
        return household
    try:
        with transaction.atomic():
            household = Household.objects.create(
                uuid=uuid or uuid4(),
                mahalla=mahalla,
                category=category,
                address=address.strip(),
                external_id=external_id or None,
            )
    except IntegrityError:
        visible = Household.objects.visible_to(by)
        if uuid and (twin := visible.filter(uuid=uuid).first()):
            return twin
        known = visible.filter(external_id=external_id or "").first()
        facts: Any = {"id": str(known.uuid)} if known else {}
        raise HouseholdKnown(_("A household with this external id is known already."), **facts) from None
    HouseholdCategoryPeriod.objects.create(
        household=household, category=category, starts_on=timezone.localdate(), recorded_by=by
    )
    audit.record("household.created", household, by=by)
    return household


@transaction.atomic
def change_category(
    household: Household, category: HouseholdCategory, *, on: date | None = None, by: User
) -> Household:
    """Move a household to another category from `on` (today); the same again changes nothing."""
    on = on or timezone.localdate()
    household = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    if household.category_id == category.pk:
        return household
    current = household.category_periods.get(ends_on=None)
    if not current.starts_on <= on <= timezone.localdate():
        raise InvalidInput(_("The day lies between the last change and today."), field="on", code="date")
    current.ends_on = on
    current.save(update_fields=["ends_on"])
    HouseholdCategoryPeriod.objects.create(household=household, category=category, starts_on=on, recorded_by=by)
    household.category = category
    household.save(update_fields=["category", "updated_at"])
    audit.record("household.category-changed", household, by=by, category=category.code)
    return household
