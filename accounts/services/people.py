"""People: found again by PINFL, made once, corrected."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import phonenumbers
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, User
from accounts.models.people import SEARCH_KEY_LENGTH, match_key
from accounts.pinfl import Pinfl, check_pinfl, encrypt_pinfl, hash_pinfl, parse_pinfl
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.folding import canonical, fold

UZBEK_NUMBER = re.compile(r"\+998\d{9}", re.ASCII)


class PersonKnown(DomainError):
    """A person with this PINFL or external id exists already."""

    code = "person-known"

    def __init__(self, person: Person) -> None:
        super().__init__(_("This person is known already."))
        self.person = person


class PersonMerged(DomainError):
    code = "person-merged"
    message = gettext_lazy("This record was merged with another of the same person. Open that one.")


@dataclass(frozen=True)
class PersonData:
    """What is written down of a person; all but the names may be absent.

    `birth_date` and `gender` are read from the PINFL where they are not given; where they differ, InvalidInput.
    """

    surname: str
    given_name: str
    patronymic: str = ""
    pinfl: str = field(default="", repr=False)
    birth_date: date | None = None
    gender: str = ""
    phone: str = ""
    external_id: str | None = None

    def to_fields(self) -> dict[str, Any]:
        """The columns of a Person, checked and in canonical spelling."""
        names = {part: clean_name(getattr(self, part), part) for part in ("surname", "given_name", "patronymic")}
        fields: dict[str, Any] = names | {
            "birth_date": clean_birth_date(self.birth_date),
            "gender": self.gender,
            "phone": clean_phone(self.phone),
            "external_id": self.external_id or None,
        }
        if self.pinfl:
            fields |= pinfl_fields(parse_pinfl(self.pinfl), fields)
        return fields | keys_of(fields)


def keys_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """The columns by which a person of this name and birth date is found again."""
    folded = fold(f"{fields['surname']} {fields['given_name']}")
    search_key = f"{folded} {fold(fields.get('patronymic', ''))}".strip()[:SEARCH_KEY_LENGTH]
    return {"search_key": search_key, "match_key": match_key(folded, fields.get("birth_date"))}


def pinfl_fields(pinfl: Pinfl, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from a PINFL. Raises InvalidInput where birth date or gender of `fields` differ."""
    for finding in check_pinfl(pinfl, birth_date=fields["birth_date"], gender=fields["gender"]):
        if finding.is_error:
            raise InvalidInput(finding.message, field=finding.field, code=finding.code)
    return {
        "birth_date": pinfl.birth_date,
        "gender": pinfl.gender,
        "pinfl_hash": hash_pinfl(pinfl.digits),
        "pinfl_cipher": encrypt_pinfl(pinfl.digits),
    }


def clean_name(text: str, part: str) -> str:
    """Return a part of a name as it is stored. Raises InvalidInput."""
    name = canonical(" ".join(text.split()))
    if not name and part != "patronymic":
        raise InvalidInput(_("A surname and a given name are needed."), field=part, code="required")
    if len(name) > 100:
        raise InvalidInput(_("A name has at most 100 characters."), field=part, code="too-long")
    return name


def clean_birth_date(day: date | None) -> date | None:
    """Return the day as it is. Raises InvalidInput for one that no living person was born on."""
    if day and not date(1880, 1, 1) <= day <= timezone.localdate():
        raise InvalidInput(_("A birth date lies in the past."), field="birth_date", code="birth-date")
    return day


def clean_phone(text: str) -> str:
    """Return the number as +998901234567, "" for none; numbers without a country are Uzbek."""
    text = text.strip()
    if not text or UZBEK_NUMBER.fullmatch(text):  # as it is stored already: very many numbers come so
        return text
    try:
        number = phonenumbers.parse(text, "UZ")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidInput(_("This is no phone number; one looks like +998 90 123 45 67."), field="phone", code="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def find_person(fields: dict[str, Any]) -> Person | None:
    """The person with the PINFL or external id of `PersonData.to_fields`; the one it was merged into, if it was."""
    people = Person.objects.select_related("merged_into")
    for name in ("pinfl_hash", "external_id"):
        if fields.get(name) and (person := people.filter(**{name: fields[name]}).first()):
            return person.merged_into or person
    return None


def lock_person(person_id: int) -> Person:
    """Lock whom something is about to be written of. Raises PersonMerged for a record that only points to another."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    if person.merged_into_id:
        raise PersonMerged
    return person


@transaction.atomic
def create_person(data: PersonData, *, by: User | None) -> Person:
    """Write a new person down; raises PersonKnown where PINFL or external id say that there is one."""
    fields = data.to_fields()
    if known := find_person(fields):
        raise PersonKnown(known)
    try:
        with transaction.atomic():
            person = Person.objects.create(**fields)
    except IntegrityError:  # somebody wrote the same person at the same moment
        known = find_person(fields)
        if known is None:
            raise
        raise PersonKnown(known) from None
    audit.record("person.created", person, by=by)
    return person


@transaction.atomic
def update_person(person: Person, data: PersonData, *, by: User) -> Person:
    """Correct a person; the PINFL stays where none is given. Raises PersonKnown where it would become another's."""
    person = lock_person(person.pk)
    fields = data.to_fields()
    if (known := find_person(fields)) and known.pk != person.pk:
        raise PersonKnown(known)
    changed = [name for name, value in fields.items() if getattr(person, name) != value and name != "pinfl_cipher"]
    for name, value in fields.items():
        setattr(person, name, value)
    if changed:
        person.save(update_fields=[*fields, "updated_at"])
        audit.record("person.changed", person, by=by, fields=sorted(changed))
    return person
