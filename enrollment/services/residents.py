"""Residents: a person is written down once, wherever it lives."""

from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, User
from accounts.services import audit
from accounts.services.people import PersonData, PersonKnown, create_person, lock_person, update_person
from base.dates import short_date
from base.errors import DomainError, InvalidInput
from enrollment.models import Household, Resident
from enrollment.services.duplicates import note_duplicates


class ResidentKnown(DomainError):
    """This person lives in a household that the caller may see; `id` names the resident."""

    code = "resident-known"


class KnownElsewhere(DomainError):
    """This person is known where the caller may not look; the id is not told."""

    code = "known-elsewhere"
    message = gettext_lazy("This person is known elsewhere. The assistant there, or a counter, can confirm the move.")


@transaction.atomic
def register_resident(household: Household, data: PersonData, *, uuid: UUID | None = None, by: User) -> Resident:
    """Write a resident of a household down, with the person unless it is known and at home nowhere.

    A form that is sent twice brings the same `uuid` and gets the same resident. Raises ResidentKnown or KnownElsewhere
    for a person who lives somewhere already, InvalidInput for bad data.
    """
    household = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    if uuid and (resident := Resident.objects.filter(uuid=uuid).first()):
        if resident.household_id != household.pk:
            raise InvalidInput(_("This form was sent for another household. Open it anew."))
        return resident
    try:
        person = create_person(data, by=by)
    except PersonKnown as known:
        person = _same_person(known.person, data, by=by)
    resident = Resident.objects.create(
        uuid=uuid or uuid4(),
        person=person,
        household=household,
        mahalla=household.mahalla,
        starts_on=timezone.localdate(),
    )
    audit.record("resident.registered", resident, by=by)
    note_duplicates([person.match_key])
    return resident


def _same_person(person: Person, data: PersonData, *, by: User) -> Person:
    """Lock a known person who may move in; refuse one who lives somewhere, or whose name is not the one given."""
    person = lock_person(person.pk)
    home = Resident.objects.filter(person=person, ends_on=None).first()
    if home and Resident.objects.visible_to(by).filter(pk=home.pk).exists():
        raise ResidentKnown(_("This person is written down already."), id=str(home.uuid))
    if home or person.search_key != data.to_fields()["search_key"]:
        raise KnownElsewhere
    return person


@transaction.atomic
def leave_household(resident: Resident, *, on: date, by: User) -> Resident:
    """Close a residency on a day: the person left, or died. What was written down stays. Raises InvalidInput."""
    lock_person(resident.person_id)
    resident = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
    if resident.ends_on:
        return resident
    if not resident.starts_on <= on <= timezone.localdate():
        message = _("The day lies between %(day)s, when the resident was written down, and today.")
        raise InvalidInput(message % {"day": short_date(resident.starts_on)}, field="on", code="date")
    resident.ends_on = on
    resident.save(update_fields=["ends_on", "updated_at"])
    audit.record("resident.left", resident, by=by, since=on.isoformat())
    return resident


@transaction.atomic
def correct_resident(resident: Resident, data: PersonData, *, by: User) -> Resident:
    """Correct what is written of a resident. Raises as `register_resident` does for a PINFL that is another's."""
    try:
        resident.person = update_person(resident.person, data, by=by)
    except PersonKnown as known:
        other = Resident.objects.visible_to(by).filter(person=known.person, ends_on=None).first()
        if other:
            raise ResidentKnown(_("This person is written down already."), id=str(other.uuid)) from None
        raise KnownElsewhere from None
    note_duplicates([resident.person.match_key])
    return resident
