"""Kinds whose rows are written by the services of one row each: fewer rows, with seats and dates that depend on others.

Such a row is judged by doing it and taking it back, so a dry run refuses just what the service would.
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.models.people import match_key
from accounts.pinfl import hash_pinfl
from base.errors import DomainError, InvalidInput
from base.folding import fold
from enrollment.imports.columns import Column, read_uuid
from enrollment.imports.kind import Key, Kind
from enrollment.imports.kinds.people import IDENTITY
from enrollment.imports.rows import Row, Verdict

PERSON_ID = Column(
    "person",
    gettext_lazy("Malaka’s id of the person"),
    read_uuid,
    help=gettext_lazy("Stands in tables that Malaka has written; leave it as it is. Empty for whoever is new."),
)
WHO = (
    PERSON_ID,
    *(column for column in IDENTITY if column.name in ("surname", "given_name", "patronymic", "pinfl", "birth_date")),
    *(column for column in IDENTITY if column.name == "external_id"),
)


class OneByOneKind(Kind):
    """Rows are acted on one after the other, each in a savepoint of its own."""

    chunk: ClassVar[int] = 200

    def recall(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.seen.note(self.keys(row), row.number)

    def judge(self, rows: Sequence[Row], *, lock: bool) -> None:
        with transaction.atomic():
            self._act_on(rows)
            transaction.set_rollback(True)

    def write(self, rows: Sequence[Row]) -> None:
        self._act_on(rows)

    def _act_on(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row.is_wrong:
                continue
            try:
                self.seen.refuse_twice(self.keys(row), row.number, _("Row %(row)d says the same already."))
                with transaction.atomic():
                    row.verdict = self.act(row)
            except DomainError as error:
                row.refuse(error)
            else:
                self.seen.note(self.keys(row), row.number)

    @abstractmethod
    def act(self, row: Row) -> Verdict:
        """Do what the row says. Raises DomainError."""

    def keys(self, row: Row) -> list[Key]:
        """By what another row would say the same."""
        return [(*who, *self.about(row)) for who in who_keys(row)]

    @abstractmethod
    def about(self, row: Row) -> Key:
        """What the row says of a person."""


def who_keys(row: Row) -> list[Key]:
    values = row.values
    keys: list[Key] = [(name, values[name]) for name in ("person", "external_id") if name in values]
    if "pinfl" in values:
        keys.append(("pinfl", values["pinfl"].digits))
    return keys or [("name", _match_key(row))]


def find_person(row: Row, people: QuerySet[Person]) -> Person | None:
    """Whom a row means: by a number among all people, by name and birth date among `people`. Raises InvalidInput."""
    values = row.values
    numbers = {"uuid": values.get("person"), "external_id": values.get("external_id")}
    numbers["pinfl_hash"] = hash_pinfl(values["pinfl"].digits) if "pinfl" in values else None
    given = {name: value for name, value in numbers.items() if value}
    found = [person for name, value in given.items() for person in Person.objects.filter(**{name: value})]
    kept = {person.merged_into_id or person.pk: person for person in found}
    if len(kept) > 1:
        message = _("The numbers of this row belong to two different people.")
        raise InvalidInput(message, field="pinfl", code="numbers-differ")
    if kept:
        return Person.objects.get(pk=next(iter(kept)))
    if values.get("person"):
        raise InvalidInput(_("There is nobody with this id here."), field="person", code="unknown")
    key = _match_key(row)
    alike = list(people.filter(match_key=key).order_by("pk")[:2]) if key else []
    if len(alike) > 1:
        message = _("Several have this name and date of birth: give a number.")
        raise InvalidInput(message, field="surname", code="ambiguous")
    if alike and "pinfl" in values and alike[0].pinfl_hash:
        return None  # two PINFLs are two people
    return alike[0] if alike else None


def named_person(row: Row, people: QuerySet[Person]) -> Person:
    """The same, of somebody who has to be among `people`. Raises InvalidInput."""
    if not who_is_said(row):
        raise InvalidInput(_("Say who it is: a PINFL, or surname, given name and date of birth."), code="who")
    person = find_person(row, people)
    if person is None or not people.filter(pk=person.pk).exists():
        raise InvalidInput(_("This person is not among those whom you work with."), code="unknown-person")
    return person


def who_is_said(row: Row) -> bool:
    return any(name in row.values for name in ("person", "external_id", "pinfl")) or bool(_match_key(row))


def _match_key(row: Row) -> str:
    values = row.values
    if "surname" not in values or "given_name" not in values:
        return ""
    born = values["pinfl"].birth_date if "pinfl" in values else values.get("birth_date")
    return match_key(fold(f"{values['surname']} {values['given_name']}"), born)
