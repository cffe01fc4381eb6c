"""Who may be written down twice, and what the two records say."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Person, User
from enrollment.models import PossibleDuplicate, Resident

AT_A_TIME = 1_000
NEXT_OF_A_NAME = 3  # with how many later records one is paired, so that a thousand of one name make no million pairs


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody who bears a name, and where; `person` is 0 for one who is not written down yet."""

    person: int
    search_key: str
    patronymic: str
    pinfl_hash: str | None
    mahalla: int
    district: int = 0
    region: int = 0


def keys_borne_twice(among: Collection[str] | None = None) -> Iterator[list[str]]:
    """Match keys of more than one person, some at a time; along the index person_match."""
    people = Person.objects.filter(merged_into=None).exclude(match_key="").order_by("match_key")
    if among is not None:
        people = people.filter(match_key__in=among)
    keys = people.values("match_key").annotate(bearers=Count("pk")).filter(bearers__gt=1)
    last = ""
    while found := list(keys.filter(match_key__gt=last).values_list("match_key", flat=True)[:AT_A_TIME]):
        yield found
        last = found[-1]


def pairs_of(match_keys: Collection[str]) -> Iterator[tuple[int, int, dict[str, int | None]]]:
    """Pairs of residents who bear one of these names, were born on one day and may be one person; and where both live.

    Neighbours of one mahalla share surname and given name, people of two mahallas the patronymic as well. Two with a
    PINFL each are two people. Pairs that were noted before come as well, wherever the two live by now.
    """
    noted = set(PossibleDuplicate.objects.filter(first__match_key__in=match_keys).values_list("first", "second"))
    for group in bearers_of(match_keys).values():
        for i, one in enumerate(group):
            likely = [other for other in group[i + 1 :] if may_be_one(one, other)][:NEXT_OF_A_NAME]
            for other in {*likely, *(other for other in group if (one.person, other.person) in noted)}:
                yield one.person, other.person, _common_place(one, other)


def bearers_of(match_keys: Collection[str]) -> dict[str, list[Bearer]]:
    """Residents of today by name and birth date, the earliest record first; along the index person_match."""
    bearers: dict[str, list[Bearer]] = defaultdict(list)
    rows = Resident.objects.filter(person__match_key__in=match_keys, person__merged_into=None, ends_on=None).order_by(
        "person"
    )
    columns = ("search_key", "patronymic", "pinfl_hash")
    places = ("mahalla", "mahalla__district", "mahalla__district__region")
    for key, *values in rows.values_list("person__match_key", "person", *(f"person__{c}" for c in columns), *places):
        bearers[key].append(Bearer(*values))
    return bearers


def may_be_one(one: Bearer, other: Bearer) -> bool:
    """Whether two of one match key may be one person."""
    if one.pinfl_hash and other.pinfl_hash:
        return False
    return one.mahalla == other.mahalla or bool(one.patronymic and one.search_key == other.search_key)


def _common_place(one: Bearer, other: Bearer) -> dict[str, int | None]:
    places = ("mahalla", "district", "region")
    return {f"{name}_id": pk if (pk := getattr(one, name)) == getattr(other, name) else None for name in places}


def list_pairs(user: User, *, status: str = "") -> QuerySet[PossibleDuplicate]:
    """Pairs that the user may see, open ones unless asked otherwise; on the indexes possibleduplicate_of_…."""
    pairs = PossibleDuplicate.objects.visible_to(user)
    pairs = pairs.filter(status=status) if status else pairs.to_decide()
    return pairs.select_related("first", "second", "mahalla", "district", "region")


def pairs_to_decide(user: User) -> QuerySet[PossibleDuplicate]:
    """Open pairs on which the user has the say, the oldest first."""
    return PossibleDuplicate.objects.decided_by(user).to_decide().select_related("first").order_by("pk")


def open_pair_of(person: Person, user: User) -> PossibleDuplicate | None:
    """The pair that says that a person may be written down twice, where the user may see it."""
    pairs = PossibleDuplicate.objects.visible_to(user).to_decide()
    return pairs.filter(Q(first=person) | Q(second=person)).order_by("pk").first()
