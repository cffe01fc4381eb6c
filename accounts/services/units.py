"""The units of an employer: made, changed, moved, closed; each under the lock of the organization on top of its tree.

By that lock, two moves at once make no circle, and a unit is not put below one that is being closed.
"""

from collections.abc import Mapping
from datetime import date
from itertools import count
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Employment, Organization, User
from accounts.services import audit
from accounts.services.employments import UnitClosed, checked_day
from accounts.services.lists import search_key
from accounts.signals import unit_moved
from base.dates import short_date
from base.errors import DomainError, InvalidInput
from base.languages import clean_texts

LONGEST_NAME, LONGEST_STEM = 200, 14


class UnitInUse(DomainError):
    """Somebody works there, or a unit stands below, after the day on which it is to close; the message counts them."""

    code = "unit-in-use"


class NotAUnit(DomainError):
    code = "not-a-unit"
    message = gettext_lazy("This organization is nobody’s unit. A platform administrator keeps it.")


@transaction.atomic
def create_unit(
    *,
    parent: Organization,
    names: Mapping[str, str],
    starts_on: date | None = None,
    uuid: UUID | None = None,
    by: User | None,
) -> Organization:
    """Make a unit of an employer; a form that is sent twice brings the same `uuid` and gets the same unit.

    Raises UnitClosed where the organization above is closed, InvalidInput.
    """
    _lock_trees(parent)
    if uuid and (known := Organization.objects.filter(uuid=uuid, parent=parent).first()):
        return known
    _check_takes_units(parent)
    texts = clean_texts(names, field="names", max_length=LONGEST_NAME)
    unit = Organization.objects.create(
        uuid=uuid or uuid4(),
        kind=parent.kind,
        names=texts,
        search_key=search_key(texts),
        parent=parent,
        district_id=parent.district_id,
        code=_free_code(parent),
        starts_on=checked_day(starts_on, "starts_on") if starts_on else None,
    )
    audit.record("unit.made", unit, by=by, parent=parent.code)
    return unit


@transaction.atomic
def change_unit(
    unit: Organization, *, names: Mapping[str, str], parent: Organization, starts_on: date | None, by: User | None
) -> Organization:
    """Name a unit otherwise, put it below another organization, or say from when it exists.

    Its staff, their learning and the rules that name the unit stay with it; what is asked by rules of the organizations
    above is worked out again. Raises NotAUnit, UnitClosed, InvalidInput.
    """
    unit = _lock_unit(unit, parent)
    before = unit.parent_id
    if parent.pk != before:
        _check_takes_units(parent)
        if unit.pk in Organization.objects.with_parents([parent.pk]):
            raise InvalidInput(_("This would put the organization below itself."), field="parent")
    day = checked_day(starts_on, "starts_on") if starts_on else None
    if day and unit.ends_on and day > unit.ends_on:
        raise InvalidInput(_("A unit closes after it begins."), field="starts_on")
    texts = clean_texts(names, field="names", max_length=LONGEST_NAME)
    wanted = {"names": texts, "search_key": search_key(texts), "parent_id": parent.pk, "starts_on": day}
    changed = [name for name, value in wanted.items() if getattr(unit, name) != value]
    if not changed:
        return unit
    for name in changed:
        setattr(unit, name, wanted[name])
    unit.save(update_fields=[*changed, "updated_at"])
    audit.record("unit.changed", unit, by=by, fields=changed)
    if "parent_id" in changed:
        unit_moved.send(Organization, unit=unit, before=before)
    return unit


@transaction.atomic
def close_unit(unit: Organization, *, on: date, by: User | None) -> Organization:
    """Say from which day a unit is closed; what it was stays readable.

    Raises UnitInUse where anybody holds a post there, or a unit below stands, on that day or later; NotAUnit,
    UnitClosed, InvalidInput.
    """
    unit = _lock_unit(unit)
    if unit.ends_on == on:
        return unit
    if unit.is_closed:
        raise UnitClosed(_("This unit is closed already."))
    if checked_day(on, "on") < (unit.starts_on or on):
        raise InvalidInput(_("A unit closes after it begins."), field="on")
    _check_empty(unit, on)
    unit.ends_on = on
    unit.save(update_fields=["ends_on", "updated_at"])
    audit.record("unit.closed", unit, by=by, closed_from=on.isoformat())
    return unit


@transaction.atomic
def reopen_unit(unit: Organization, *, by: User | None) -> Organization:
    """Take back that a unit is closed, or is to be. Raises NotAUnit, UnitClosed where the one above is closed."""
    unit = _lock_unit(unit)
    if unit.ends_on is None:
        return unit
    assert unit.parent is not None, "a unit stands below an organization"
    _check_takes_units(unit.parent)
    unit.ends_on = None
    unit.save(update_fields=["ends_on", "updated_at"])
    audit.record("unit.reopened", unit, by=by)
    return unit


def _lock_trees(*organizations: Organization) -> None:
    """Lock the organization on top of the tree of each."""
    above = Organization.objects.with_parents([row.pk for row in organizations])
    tops = Organization.objects.filter(pk__in=above, parent=None)
    list(tops.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _lock_unit(unit: Organization, *others: Organization) -> Organization:
    """Read a unit again under the lock of its tree, and against appointments, which hold a shared lock of its row."""
    _lock_trees(unit, *others)
    rows = Organization.objects.select_for_update(no_key=True, of=("self",)).select_related("parent")
    unit = rows.get(pk=unit.pk)
    if unit.parent_id is None:
        raise NotAUnit
    return unit


def _check_takes_units(parent: Organization) -> None:
    parent.refresh_from_db()
    if parent.is_provider:
        raise InvalidInput(_("Units are kept for employers."), field="parent")
    if parent.ends_on:
        words = {"unit": parent.name, "day": short_date(parent.ends_on)}
        raise UnitClosed(_("“%(unit)s” is closed from %(day)s.") % words, field="parent")


def _check_empty(unit: Organization, on: date) -> None:
    later = Q(ends_on=None) | Q(ends_on__gt=on)
    below = [row.name for row in Organization.objects.filter(later, parent=unit)[:3]]
    if below:
        raise UnitInUse(_("Close or move the units below it first: %(names)s.") % {"names": ", ".join(below)})
    if held := Employment.objects.filter(later, organization=unit).count():
        words = _("Posts held here on that day or later: %(n)s. Transfer or end them first.")
        raise UnitInUse(words % {"n": held}, field="on")


def _free_code(parent: Organization) -> str:
    """A code that nobody has to think of; the classifier of organizations knows no units."""
    codes = (f"{parent.code[:LONGEST_STEM]}-{number}" for number in count(1))
    return next(code for code in codes if not Organization.objects.filter(code=code).exists())
