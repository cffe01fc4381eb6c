"""Keeping what is wanted and offered equal to the rows: districts in which something changed are counted again.

Counting writes only what differs from what is stored, so counting twice changes nothing, and what it would write is
what is wrong. Whoever counts holds RollupState (services/rollup.py).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from accounts.models import District
from enrollment.models import Cohort, Enrollment, Referral, Wish
from reports.models import DueCount, Supply, SupplyDue
from reports.queries.wanted import count_rows

COUNTED = ("wishes", "waiting", "seatless", "free", "planned", "unlimited")
FIGURES = (*COUNTED, "lacking")
AT_A_TIME = 20
Level = Supply.Level
Key = tuple[int | None, int | None, int | None, bool]
"""Region, district, occupation, whether it is the total of the place."""
Figures = tuple[int, ...]
"""In the order of FIGURES."""
KEY = ("region_id", "district_id", "profession_id", "is_total")


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is stored with other figures than the rows give; `pk` None: not yet, no figures: no longer."""

    level: str
    key: Key
    pk: int | None
    stored: Figures
    counted: Figures


def note_districts(due: Iterable[tuple[int, str, int]]) -> None:
    """Note which districts the changed rows of `due` (key, kind, object) lie in: homes and providers."""
    ids: dict[str, set[int]] = defaultdict(set)
    for _, kind, object_id in due:
        ids[kind].add(object_id)
    kinds = DueCount.Kind
    referrals = Q(pk__in=ids[kinds.REFERRAL]) | Q(enrollment__in=ids[kinds.ENROLLMENT])
    places = (
        Wish.objects.filter(pk__in=ids[kinds.WISH]).values_list("mahalla__district"),
        Referral.objects.filter(referrals).values_list("mahalla__district"),
        Referral.objects.filter(referrals).values_list("organization__district"),
        Enrollment.objects.filter(pk__in=ids[kinds.ENROLLMENT]).values_list("cohort__organization__district"),
        Cohort.objects.filter(pk__in=ids[kinds.COHORT]).values_list("organization__district"),
    )
    districts = {pk for rows in places for (pk,) in rows.distinct() if pk}
    SupplyDue.objects.bulk_create([SupplyDue(district_id=pk) for pk in districts], ignore_conflicts=True)


def count_due_districts() -> int:
    """Count again the districts that are due, in the transaction of whoever holds the lock; returns how many."""
    due = list(SupplyDue.objects.values_list("district_id", flat=True))
    if due:
        write_changes(due)
        SupplyDue.objects.filter(district__in=due).delete()
    return len(due)


def write_changes(districts: Sequence[int] | None = None) -> int:
    """Count these districts (all), and what is summed up from them; returns how many figures changed."""
    written = 0
    for part in _parts(_every_district() if districts is None else districts):
        changes = list(_changes(*part))
        rows = [
            Supply(
                pk=change.pk,
                level=change.level,
                **dict(zip(KEY, change.key, strict=True)),
                **dict(zip(FIGURES, change.counted, strict=True)),
            )
            for change in changes
            if any(change.counted)
        ]
        Supply.objects.bulk_create([row for row in rows if row.pk is None], batch_size=1_000)
        Supply.objects.bulk_update([row for row in rows if row.pk], FIGURES, batch_size=500)
        Supply.objects.filter(pk__in=[change.pk for change in changes if not any(change.counted)]).delete()
        written += len(changes)
    return written


def find_changes() -> Iterator[Change]:
    """Whatever is stored otherwise than it would be counted now."""
    for part in _parts(_every_district()):
        yield from _changes(*part)


def _every_district() -> list[int]:
    return list(District.objects.order_by("pk").values_list("pk", flat=True))


Part = tuple[str, QuerySet[Supply], dict[Key, Figures]]


def _parts(districts: Sequence[int]) -> Iterator[Part]:
    """Level, what is stored and what is counted: some districts at a time, then their regions, then the republic.

    Each is read when it is asked for, so the sums are those of what was written before.
    """
    rows = Supply.objects.all()
    for start in range(0, len(districts), AT_A_TIME):
        some = districts[start : start + AT_A_TIME]
        yield Level.DISTRICT, rows.filter(level=Level.DISTRICT, district__in=some), _of_districts(some)
    regions = set(District.objects.filter(pk__in=districts).values_list("region_id", flat=True))
    yield Level.REGION, rows.filter(level=Level.REGION, region__in=regions), _summed(Level.DISTRICT, regions)
    yield Level.REPUBLIC, rows.filter(level=Level.REPUBLIC), _summed(Level.REGION)


def _of_districts(districts: Collection[int]) -> dict[Key, Figures]:
    regions = dict(District.objects.filter(pk__in=districts).values_list("pk", "region_id"))
    counts = count_rows(districts)
    return _with_totals(
        {
            (regions[district], district, trade, False): tuple(figures[name] for name in COUNTED)
            for (district, trade), figures in counts.items()
        }
    )


def _summed(level: str, regions: Collection[int] = ()) -> dict[Key, Figures]:
    """The sums of the rows of a level: of districts by region, of regions for the republic."""
    rows: QuerySet[Any, Any] = Supply.objects.filter(level=level, is_total=False).order_by()
    if level == Level.DISTRICT:
        rows = rows.filter(region__in=regions)
    where = {"place": F("region")} if level == Level.DISTRICT else {}
    sums = {f"sum_{name}": Sum(name) for name in COUNTED}
    return _with_totals(
        {
            (row.get("place"), None, row["profession"], False): tuple(row[name] for name in sums)
            for row in rows.values("profession", **where).annotate(**sums)
        }
    )


def _with_totals(counted: dict[Key, Figures]) -> dict[Key, Figures]:
    """Work out what is lacking in each row, and sum up each place; rows of which nothing is left are dropped."""
    cells: dict[Key, Figures] = {key: (*figures, _lacking(figures)) for key, figures in counted.items() if any(figures)}
    totals: dict[Key, Figures] = {}
    for (region, district, _trade, _total), figures in cells.items():
        key = region, district, None, True
        totals[key] = tuple(map(sum, zip(totals.get(key, (0,) * len(FIGURES)), figures, strict=True)))
    return cells | totals


def _lacking(figures: Figures) -> int:
    count = dict(zip(COUNTED, figures, strict=True))
    return 0 if count["unlimited"] else max(0, count["seatless"] - count["free"] - count["planned"])


def _changes(level: str, stored: QuerySet[Supply], counted: dict[Key, Figures]) -> Iterator[Change]:
    nothing = (0,) * len(FIGURES)
    known: dict[Key, tuple[int, Figures]] = {}
    for pk, *values in stored.values_list("pk", *KEY, *FIGURES):
        region, district, trade, is_total = values[: len(KEY)]
        known[region, district, trade, is_total] = pk, tuple(values[len(KEY) :])
    for key in known.keys() | counted.keys():
        pk, figures = known.get(key, (None, nothing))
        if figures != counted.get(key, nothing):
            yield Change(level, key, pk, figures, counted.get(key, nothing))
