"""Who somebody may be, asked for many at once: by PINFL, else by external id, else by name, birth date and mahalla.

The first two say that it is the same person; the third only that it may be, for a human being to look at.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models.functions import Coalesce

from accounts.models import Person
from enrollment.models import Resident


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody who is to be found: the columns of a Person that tell, and the mahalla where one lives."""

    match_key: str = ""
    pinfl_hash: str | None = None
    external_id: str | None = None
    mahalla_id: int | None = None

    @classmethod
    def of(cls, fields: Mapping[str, Any], *, mahalla_id: int | None) -> "Wanted":
        """Read what `PersonData.to_fields` gives."""
        keys = ("match_key", "pinfl_hash", "external_id")
        return cls(**{key: fields[key] for key in keys if key in fields}, mahalla_id=mahalla_id)


class Found(StrEnum):
    """What a search for somebody came to."""

    KNOWN = "known"
    CONTRADICTORY = "contradictory"  # PINFL and external id belong to two people, or the known one has another PINFL
    POSSIBLE = "possible"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Match:
    """What was found: the person by PINFL or external id and its home today, or those who may be the same.

    `by` names the column that decided: pinfl_hash, external_id, match_key or none.
    """

    found: Found
    by: str = ""
    person_id: int | None = None
    resident_id: int | None = None
    mahalla_id: int | None = None
    possible: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """A person as far as matching goes."""

    pk: int
    pinfl_hash: str | None


def match(rows: Sequence[Wanted]) -> list[Match]:
    """Find each of up to some thousand people, in the order of `rows`.

    Four queries for all of them, on the unique indexes of Person, person_match and resident_one_home. Two rows for one
    unknown person are both new: whoever reads a file tells its rows apart.
    """
    by_pinfl = _people_by("pinfl_hash", rows)
    by_external = _people_by("external_id", rows)
    pairs = [(by_pinfl.get(row.pinfl_hash), by_external.get(row.external_id)) for row in rows]
    homes = _homes(known.pk for pair in pairs for known in pair if known)
    near = _neighbours([row for row, pair in zip(rows, pairs, strict=True) if pair == (None, None)])
    return [
        _certain(row, pair, homes) if pair != (None, None) else _likely(row, near)
        for row, pair in zip(rows, pairs, strict=True)
    ]


def _certain(row: Wanted, pair: tuple[_Known | None, _Known | None], homes: Mapping[int, tuple[int, int]]) -> Match:
    person = pair[0] or pair[1]
    assert person is not None
    two_people = None not in pair and pair[0] != pair[1]
    other_pinfl = row.pinfl_hash is not None and person.pinfl_hash not in (None, row.pinfl_hash)
    resident_id, mahalla_id = homes.get(person.pk, (None, None))
    return Match(
        Found.CONTRADICTORY if two_people or other_pinfl else Found.KNOWN,
        by="pinfl_hash" if pair[0] else "external_id",
        person_id=person.pk,
        resident_id=resident_id,
        mahalla_id=mahalla_id,
    )


def _likely(row: Wanted, near: Mapping[tuple[str, int | None], list[_Known]]) -> Match:
    neighbours = near.get((row.match_key, row.mahalla_id), [])
    possible = tuple(one.pk for one in neighbours if not (row.pinfl_hash and one.pinfl_hash))  # two PINFLs: two people
    return Match(Found.POSSIBLE, by="match_key", possible=possible) if possible else Match(Found.NEW)


def _people_by(column: str, rows: Sequence[Wanted]) -> dict[str | None, _Known]:
    """People by a unique column; a record that was merged stands for the one that was kept."""
    values = {value for row in rows if (value := getattr(row, column))}
    if not values:
        return {}
    kept = (Coalesce("merged_into", "pk"), Coalesce("merged_into__pinfl_hash", "pinfl_hash"))
    found = Person.objects.filter(**{f"{column}__in": values}).values_list(column, *kept)
    return {value: _Known(pk, pinfl_hash) for value, pk, pinfl_hash in found}


def _homes(people: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Resident and mahalla of those who live somewhere today."""
    rows = Resident.objects.filter(person__in=set(people), ends_on=None)
    return {person: (pk, mahalla) for person, pk, mahalla in rows.values_list("person", "pk", "mahalla")}


def _neighbours(rows: Sequence[Wanted]) -> dict[tuple[str, int | None], list[_Known]]:
    """Who bears the same name, was born on the same day and lives in the same mahalla, by key and mahalla."""
    keys = {row.match_key for row in rows if row.match_key and row.mahalla_id}
    people = Resident.objects.filter(person__match_key__in=keys, ends_on=None).order_by("person")
    near: dict[tuple[str, int | None], list[_Known]] = defaultdict(list)
    for key, mahalla, pk, pinfl_hash in people.values_list(
        "person__match_key", "mahalla", "person", "person__pinfl_hash"
    ):
        near[key, mahalla].append(_Known(pk, pinfl_hash))
    return near
