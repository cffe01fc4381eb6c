"""Who the rows of a table about residents name, and what the database knows of these people and their households."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import Mahalla, Person
from enrollment.imports.kind import Key
from enrollment.imports.rows import Verdict
from enrollment.models import Household, HouseholdCategory, Resident
from enrollment.queries.duplicates import Bearer, bearers_of, may_be_one
from enrollment.queries.matching import Found, Match, Wanted, match
from enrollment.queries.residents import households_at


@dataclass(eq=False)
class Home:
    """The household that a row names: one that is known, or one to be written down."""

    mahalla: Mahalla
    household: Household | None = None
    category: HouseholdCategory | None = None
    address: str = ""
    external_id: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Who:
    """The person a row is about: `fields` of it as given, what is known, and what is to be written."""

    fields: dict[str, Any]
    keys: list[Key]
    found_by: dict[str, str] = field(default_factory=dict)
    person: Person | None = None
    resident: Resident | None = None
    home: Home | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    is_settled: bool = False

    @property
    def match_key(self) -> str:
        """Folded name and birth date; empty where either is not given."""
        return self.found_by.get("match_key", "")

    @property
    def bearer(self) -> Bearer:
        """As whom duplicates are looked for."""
        fields, mahalla = self.fields, self.home.mahalla.pk if self.home else 0
        key = self.found_by.get("search_key", "")
        return Bearer(0, key, fields.get("patronymic", ""), fields.get("pinfl_hash"), mahalla)

    @property
    def verdict(self) -> Verdict:
        if self.resident is None:
            return Verdict.NEW
        return Verdict.CHANGED if self.changes or (self.home and self.home.changes) else Verdict.UNCHANGED


@dataclass
class Known:
    """What the database knows of the people and households of a chunk."""

    matches: dict[int, Match] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    residents: dict[int, Resident] = field(default_factory=dict)
    numbered: dict[str, Household] = field(default_factory=dict)
    addressed: dict[tuple[int, str], list[Household]] = field(default_factory=lambda: defaultdict(list))


def find_known(everybody: Sequence[Who], *, lock: bool) -> Known:
    """Read what is known of the people and households of a chunk, with `lock` under lock and in one order."""
    known = Known(matches=_matches(everybody))
    ids = {pk for found in known.matches.values() for pk in (found.person_id, *found.possible) if pk}
    # Households first, then people: the order in which services.residents locks them.
    living = Resident.objects.filter(person__in=ids, ends_on=None)
    _find_homes(everybody, known, set(living.values_list("household", flat=True)), lock=lock)
    rows = Person.objects.filter(pk__in=ids).order_by("pk")
    known.people = {row.pk: row for row in (rows.select_for_update(no_key=True) if lock else rows)}
    if any(row.merged_into_id for row in known.people.values()):  # two were merged since they were found
        return find_known(everybody, lock=lock)
    for resident in living.select_related("household"):
        resident.household = known.numbered.get(str(resident.household.uuid), resident.household)
        resident.person = known.people[resident.person_id]
        known.residents[resident.person_id] = resident
    return known


def _matches(everybody: Sequence[Who]) -> dict[int, Match]:
    """Who each may be, by id(who): whom Malaka's own id names, else whom `match` finds."""
    uuids = {who: value for who in everybody for name, value in who.keys if name == "resident"}
    named = dict(Resident.objects.filter(uuid__in=uuids.values()).values_list("uuid", "person"))
    wanted = [
        Wanted.of(who.fields | who.found_by, mahalla_id=who.home.mahalla.pk if who.home else None) for who in everybody
    ]
    matches = {}
    for who, found in zip(everybody, match(wanted), strict=True):
        if who not in uuids:
            matches[id(who)] = found
        elif (person_id := named.get(uuids[who])) is None:
            matches[id(who)] = Match(Found.NEW)
        elif found.person_id not in (None, person_id):
            matches[id(who)] = replace(found, found=Found.CONTRADICTORY)
        else:
            matches[id(who)] = Match(Found.KNOWN, by="resident", person_id=person_id)
    return matches


def _find_homes(everybody: Sequence[Who], known: Known, living: set[int], *, lock: bool) -> None:
    homes = [who.home for who in everybody if who.home]
    numbers = {home.external_id for home in homes if home.external_id}
    uuids = {uuid for number in numbers if (uuid := as_uuid(number))}
    named = Q(external_id__in=numbers) | Q(uuid__in=uuids) | Q(pk__in=living)
    rows = Household.objects.filter(named).order_by("pk")
    for household in rows.select_for_update(no_key=True) if lock else rows:
        known.numbered[str(household.uuid)] = household
        if household.external_id:
            known.numbered[household.external_id] = household
    places = {(home.mahalla.pk, home.address) for home in homes if home.address and not home.external_id}
    for household in households_at(places):
        known.addressed[household.mahalla_id, household.address].append(household)


def may_be_known(fresh: Sequence[Who]) -> list[Who]:
    """Of people who are new the ones who may be somebody that is written down, here or elsewhere."""
    near = bearers_of({who.match_key for who in fresh if who.match_key})
    return [who for who in fresh if any(may_be_one(who.bearer, one) for one in near.get(who.match_key, ()))]


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
