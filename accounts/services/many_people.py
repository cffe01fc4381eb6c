"""People by the thousand: what services.people does with one, done set-wise in the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Person, User
from accounts.services import audit
from accounts.services.people import keys_of
from base import bulk

PERSON_FIELDS = (
    *("surname", "given_name", "patronymic", "search_key", "match_key", "birth_date", "gender"),
    *("pinfl_hash", "pinfl_cipher", "phone", "external_id", "updated_at"),
)


def create_people(people: Sequence[Person], *, by: User | None) -> None:
    """Write new people down. A PINFL or external id that is taken meanwhile is an IntegrityError for all of them."""
    bulk.insert(people)
    audit.record_many("person.created", people, by=by)


def change_people(changes: Sequence[tuple[Person, Mapping[str, Any]]], *, by: User | None) -> None:
    """Correct people whose rows the caller has locked: of each the fields that are named."""
    now = timezone.now()
    for person, fields in changes:
        for name, value in fields.items():
            setattr(person, name, value)
        for name, key in keys_of(vars(person)).items():
            setattr(person, name, key)
        person.updated_at = now
    people = [person for person, _ in changes]
    Person.objects.bulk_update(people, PERSON_FIELDS, batch_size=500)
    details = [{"fields": sorted(set(fields) - {"pinfl_cipher"})} for _, fields in changes]
    audit.record_many("person.changed", people, by=by, details=details)
