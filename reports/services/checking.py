"""Proving that the figures equal the rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum

from accounts.models import Mahalla
from reports.grains import GRAINS, Grain, next_month, path
from reports.models import AnswerDays, Cell, Rollup
from reports.queries.rows import ANSWERS, COUNTED, MEASURES, Source
from reports.services import supply
from reports.services.rollup import count_slices, lock_state, refresh

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Difference:
    """A figure that is not what a count of the rows behind it gives; `key` names the cell, the month first if any."""

    grain: str
    key: Key
    figure: str
    shown: int
    counted: int

    def __str__(self) -> str:
        cell = " ".join(str(part) for part in self.key)
        return f"{self.grain} [{cell}]: {self.figure} is {self.shown}, the rows give {self.counted}"


def check_figures() -> list[Difference]:
    """The figures that differ from the rows, also after whatever was due has been counted."""
    refresh()
    found = {difference for month in months() for difference in differences_in(month)} | {*_of_supply()}
    if not found:
        return []
    refresh()  # of what changed while we looked
    again = {difference for month in months() for difference in differences_in(month)} | {*_of_supply()}
    return sorted(found & again, key=str)


def _of_supply() -> Iterator[Difference]:
    """The figures of what is wanted and offered that differ."""
    for change in supply.find_changes():
        for name, stored, counted in zip(supply.FIGURES, change.stored, change.counted, strict=True):
            if stored != counted:
                yield Difference(f"supply of {change.level}", change.key, name, stored, counted)


def months() -> list[date]:
    """Every month that has a figure, or a row that counts."""
    found = {*Rollup.objects.values_list("month", flat=True).distinct()}
    for source in COUNTED:
        found |= {row["key_month"] for row in source.count(["month"])}
    return sorted(found)


def differences_in(month: date) -> Iterator[Difference]:
    """Compare each figure of a month in each grain, of which pages are sums, with a count of the rows themselves."""
    for grain in GRAINS.values():
        yield from _compare(month, Rollup, grain, COUNTED, MEASURES, ())
        yield from _compare(month, AnswerDays, grain, (ANSWERS,), ("answered",), ("days",))


def _compare(
    month: date,
    model: type[Cell],
    grain: Grain,
    sources: tuple[Source, ...],
    measures: tuple[str, ...],
    keep: tuple[str, ...],
) -> Iterator[Difference]:
    keys = ("month", *grain.dimensions, *keep)
    shown = {
        tuple(row[: len(keys)]): row[len(keys) :]
        for row in model._default_manager.filter(grain=grain.code, month=month)
        .values(*keys)
        .annotate(**{f"n_{name}": Sum(name) for name in measures})
        .values_list(*keys, *(f"n_{name}" for name in measures))
        .iterator()
    }
    for key, counts in _count(month, sources, keys, measures).items():
        figures = shown.pop(key, (0,) * len(measures))
        yield from _differences(grain, key, measures, figures, counts)
    for key, figures in shown.items():
        yield from _differences(grain, key, measures, figures, (0,) * len(measures))


def _count(
    month: date, sources: tuple[Source, ...], keys: tuple[str, ...], measures: tuple[str, ...]
) -> dict[Key, tuple[int, ...]]:
    """By key: the counts of all sources together."""
    total: dict[Key, tuple[int, ...]] = {}
    for source in sources:
        rows = source.within(month, next_month(month) - timedelta(days=1))
        for row in source.count(keys, rows).iterator():
            key = tuple(row.get(f"key_{name}") for name in keys)
            counts = tuple(row.get(f"n_{name}", 0) for name in measures)
            known = total.get(key)
            total[key] = tuple(map(sum, zip(known, counts, strict=True))) if known else counts
    return total


def _differences(
    grain: Grain, key: Key, measures: tuple[str, ...], shown: tuple[int, ...], counted: tuple[int, ...]
) -> Iterator[Difference]:
    if tuple(shown) != tuple(counted):
        for name, a, b in zip(measures, shown, counted, strict=True):
            if a != b:
                yield Difference(grain.code, key, name, a, b)


def mend_rollup() -> int:
    """Count again the slices in which something differs; returns how many figures did.

    Changes that no signal tells of come in here: an edited look-up row, a corrected gender.
    """
    return sum(_mend_month(month) for month in months()) + _mend_supply()


@transaction.atomic
def _mend_supply() -> int:
    """Days pass without a signal: a group that took learners yesterday may take none today."""
    lock_state()
    return supply.write_changes()


@transaction.atomic
def _mend_month(month: date) -> int:
    lock_state()
    mahallas: set[int | None] = set()
    found = 0
    for difference in differences_in(month):
        mahallas |= _mahallas_of(difference)
        found += 1
    if found:
        count_slices(month, mahallas)
    return found


def _mahallas_of(difference: Difference) -> set[int | None]:
    """The mahallas whose slices a differing cell is made of; of a cell without a place, all that there are."""
    place = GRAINS[difference.grain].place
    if place and difference.key[1] is None:
        return {None}
    if place == "mahalla":
        return {difference.key[1]}
    within = {path("mahalla", place).partition("__")[2]: difference.key[1]} if place else {}
    return {*Mahalla.objects.filter(**within).values_list("pk", flat=True)} | (set() if place else {None})
