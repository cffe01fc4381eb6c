"""The tables of the statistics: figures by one dimension, for a part of the country and a period."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import District, Mahalla, Organization, Person, Profession, Region
from base.compiled import CompiledQuery
from base.dates import month_name
from base.languages import localized
from courses.models import Course
from enrollment.models import HouseholdCategory
from reports.grains import PLACES, choose_grain, month_of, next_month, path
from reports.models import AnswerDays, Cell, DueCount, Rollup
from reports.queries.rows import ANSWERS, COUNTED, MEASURES, Source
from reports.suppression import hidden_cells

LISTED: dict[str, tuple[Any, str, str]] = {
    "region": (Region, "code", "names"),
    "district": (District, "code", "names"),
    "mahalla": (Mahalla, "code", "names"),
    "organization": (Organization, "uuid", "names"),
    "course": (Course, "slug", "title"),
    "profession": (Profession, "code", "names"),
    "category": (HouseholdCategory, "code", "names"),
}
"""By dimension: its model, the field that callers name its rows by, and the field with its texts."""
DIMENSIONS = (*LISTED, "gender", "month")
Key = int | str | date | None
NOTHING = Value(None, output_field=IntegerField())


@dataclass(frozen=True)
class Selection:
    """What a table shows: figures by a dimension, of what `wanted` keeps, submitted from `since` to `until`.

    `wanted` holds a row for each dimension that is fixed, or the value itself for gender.
    """

    by: str
    wanted: Mapping[str, Any] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None

    @property
    def dimensions(self) -> set[str]:
        """What a grain must tell apart to answer this; a profession is found through its courses."""
        named = {self.by, *self.wanted} - {"month"}
        return {"course" if name == "profession" else name for name in named}

    @property
    def narrowed(self) -> dict[str, Any]:
        """What is wanted without the places that another wanted one lies in."""
        wanted = dict(self.wanted)
        for inner, outer in pairwise(PLACES):
            if outer in wanted and getattr(self.wanted.get(inner), f"{outer}_id", None) == wanted[outer].pk:
                del wanted[outer]
        return wanted

    @property
    def is_of_referrals(self) -> bool:
        """Whether learners who came without a referral are left out: they have no place, category or gender."""
        return not {self.by, *self.wanted}.isdisjoint((*PLACES, "category", "gender"))


@dataclass
class Line:
    """One row of a table; a hidden figure is None."""

    code: str
    name: str
    figures: dict[str, int | None]
    days: dict[int, int] = field(default_factory=dict)
    is_median_hidden: bool = False

    @property
    def median_days_to_answer(self) -> float | None:
        """The median of the whole days until the first answer; None where nothing was answered or too little."""
        return None if self.is_median_hidden else median_of(self.days)


@dataclass
class Table:
    lines: list[Line]
    total: Line
    is_suppressed: bool = False


def median_of(histogram: Mapping[int, int]) -> float | None:
    """The median of values that are given with how often each occurs."""
    count = sum(histogram.values())
    if not count:
        return None
    middle: list[int] = []
    passed = 0
    for value in sorted(histogram):
        before, passed = passed, passed + histogram[value]
        middle += [value for place in ((count - 1) // 2, count // 2) if before <= place < passed]
    return sum(middle) / 2


def read_table(selection: Selection, *, exact: bool) -> Table:
    """The figures of a selection; unless they are to be `exact`, small counts are hidden (reports.suppression)."""
    counts, days = _read(selection)
    lines = [
        Line(code, name, dict(zip(MEASURES, counts[key], strict=True)), days[key])
        for key, code, name in _names(selection, counts)
    ]
    table = Table(lines, _total(lines))
    return table if exact else suppress(table)


def read_way(selection: Selection, whole: Line, *, exact: bool) -> Line:
    """The total of a selection's referrals, without the learners who came without one.

    `whole` is the total of the selection's table, whose answers are the same: only referrals are answered.
    """
    counts, _days = _read(replace(selection, by="region"), answers=False)
    lines = [Line("", "", dict(zip(MEASURES, numbers, strict=True))) for key, numbers in counts.items() if key]
    table = Table([], replace(_total(lines), days=whole.days))
    return (table if exact else suppress(table)).total


def _total(lines: Sequence[Line]) -> Line:
    days: dict[int, int] = defaultdict(int)
    for line in lines:
        for value, count in line.days.items():
            days[value] += count
    return Line("", _("Total"), {name: sum(line.figures[name] or 0 for line in lines) for name in MEASURES}, days)


def suppress(table: Table) -> Table:
    """Hide small counts, and the medians of fewer answers than may be shown."""
    lines = [*table.lines, table.total]
    numbers = [{name: n or 0 for name, n in line.figures.items()} for line in lines]
    hidden = hidden_cells(numbers[:-1], numbers[-1])
    for row, name in hidden:
        lines[row].figures[name] = None
    for line in lines:
        line.is_median_hidden = line.figures["referred"] is None or 0 < sum(line.days.values()) < 5
    table.is_suppressed = bool(hidden) or any(line.is_median_hidden for line in lines)
    return table


def _read(selection: Selection, *, answers: bool = True) -> tuple[dict[Key, list[int]], dict[Key, dict[int, int]]]:
    """By key of the dimension: the counts in the order of MEASURES, and how many were answered after how many days.

    Whole months come from the rollup, what is left of others from the rows themselves.
    """
    counts: dict[Key, list[int]] = defaultdict(lambda: [0] * len(MEASURES))
    histograms: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    whole, rest = split_period(selection.since, selection.until)
    rows = [_from_rollup(selection, *whole, answers=answers)] if whole else []
    for since, until in rest:
        rows += [_from_rows(source, selection, since, until) for source in COUNTED]
        rows += [_answers_from_rows(selection, since, until)] if answers else []
    for key, days, *numbers in chain.from_iterable(rows):
        if days is None:
            counts[key] = [a + (b or 0) for a, b in zip(counts[key], numbers, strict=True)]
        else:
            histograms[key][days] += numbers[0]
    return counts, histograms


def split_period(
    since: date | None, until: date | None
) -> tuple[tuple[date | None, date | None] | None, list[tuple[date, date]]]:
    """Split a period into whole months (first day, first day after; None: no end) and the days left over."""
    if since and until and since > until:
        return None, []
    start = None if since is None else since if since.day == 1 else next_month(since)
    after = None if until is None else until + timedelta(days=1)
    end = None if after is None else month_of(after)
    if since and until and start and end and start > end:  # within one month
        return None, [(since, until)]
    rest: list[tuple[date, date]] = []
    if since and start and since < start:
        rest.append((since, start - timedelta(days=1)))
    if until and end and end <= until:
        rest.append((end, until))
    return (None if start and start == end else (start, end)), rest


def _from_rollup(
    selection: Selection, start: date | None, end: date | None, *, answers: bool
) -> Iterable[tuple[Any, ...]]:
    """Rows of (key, None, counts …) and, where `answers` are asked for, of (key, days, answered, …)."""
    grain = choose_grain(selection.dimensions)
    ways = {name: path(grain.place, name) for name in PLACES if name in selection.dimensions}
    ways |= {"profession": "course__profession"}
    wanted = {ways.get(name, name): getattr(value, "pk", value) for name, value in selection.narrowed.items()}
    wanted |= {name: day for name, day in (("month__gte", start), ("month__lt", end)) if day}
    sums = _sums(grain.code, ways.get(selection.by, selection.by), tuple(wanted), answers=answers)
    return sums.rows(*wanted.values())


@cache
def _sums(grain: str, key: str, filters: tuple[str, ...], *, answers: bool) -> CompiledQuery:
    """What sums a rollup; its arguments are the values of `filters`."""

    def rows_of(model: type[Cell], *values: Any) -> QuerySet[Any, Any]:
        return model._default_manager.filter(grain=grain, **dict(zip(filters, values, strict=True))).order_by()

    def build(*values: Any) -> QuerySet[Any, Any]:
        counts: QuerySet[Any, Any] = (
            rows_of(Rollup, *values).values(key).annotate(**{f"n_{name}": Sum(name) for name in MEASURES})
        )
        counts = counts.values_list(key, NOTHING, *(f"n_{name}" for name in MEASURES))
        if not answers:
            return counts
        histogram = rows_of(AnswerDays, *values).values(key, "days").annotate(n=Sum("answered"))
        return counts.union(histogram.values_list(key, "days", "n", *[NOTHING] * (len(MEASURES) - 1)), all=True)

    return CompiledQuery(build)


def _from_rows(source: Source, selection: Selection, since: date, until: date) -> Iterator[tuple[Any, ...]]:
    """Rows of (key, None, counts …), counted from those that a source has."""
    for row in _count(source, selection, since, until):
        yield row[f"key_{selection.by}"], None, *(row.get(f"n_{name}", 0) for name in MEASURES)


def _answers_from_rows(selection: Selection, since: date, until: date) -> Iterator[tuple[Any, ...]]:
    """Rows of (key, days, answered)."""
    for row in _count(ANSWERS, selection, since, until, "days"):
        yield row[f"key_{selection.by}"], row["key_days"], row["n_answered"]


def _count(source: Source, selection: Selection, since: date, until: date, *keep: str) -> Iterable[dict[str, Any]]:
    if not {*selection.wanted, selection.by} - {"month"} <= source.paths.keys():
        return ()
    rows = source.within(since, until)
    for name, value in selection.wanted.items():
        rows = rows.filter(**{source.paths[name]: value})
    return source.count((selection.by, *keep), rows)


@cache
def places(by: str, *within: str) -> CompiledQuery:
    """Places of a level as (pk, code, names): all of them, or those in the places of these levels, given by id."""
    ways = ["pk" if name == by else path(by, name).partition("__")[2] for name in within]

    def build(*ids: int) -> QuerySet[Any, Any]:
        rows: QuerySet[Any] = LISTED[by][0].objects.filter(**dict(zip(ways, ids, strict=True)))
        return rows.order_by("code").values_list("pk", "code", "names")

    return CompiledQuery(build)


@lru_cache(maxsize=256)
def _listed(by: str, n: int) -> CompiledQuery:
    """So many rows of a dimension as (pk, code, texts), given by id."""
    model, code, texts = LISTED[by]
    return CompiledQuery(lambda *ids: model.objects.filter(pk__in=ids).order_by("pk").values_list("pk", code, texts))


def _names(selection: Selection, counts: Mapping[Key, Sequence[int]]) -> list[tuple[Key, str, str]]:
    """The (key, code, name) of the lines, in order.

    Of places all that lie in the selection, also those without a figure; of the rest those with one, most referred
    first. What has no place, provider, category or gender (a learner without a referral, say) stands in no line;
    a wish that names no course, or a course that leads to no profession, in a line of its own.
    """
    by = selection.by
    if by == "month":
        return [
            (key, f"{key:%Y-%m}", f"{month_name(key.month)} {key.year}")
            for key in sorted(key for key in counts if isinstance(key, date))
        ]
    if by == "gender":
        words = {**dict(Person.Gender.choices), "": _("Not recorded")}
        return [(key, str(key), str(words[str(key)])) for key in ("female", "male", "") if key in counts]
    if by in PLACES:
        within = {name: value for name, value in selection.narrowed.items() if name in PLACES[PLACES.index(by) :]}
        rows = places(by, *within).rows(*(value.pk for value in within.values()))
        return sorted(((key, code, localized(names)) for key, code, names in rows), key=lambda line: line[1])
    keys = [int(key) for key in counts if key and not isinstance(key, date)]
    listed = _listed(by, len(keys)).rows(*keys) if keys else []
    named = [(key, str(public), localized(names)) for key, public, names in listed]
    named.sort(key=lambda line: [-n for n in counts[line[0]][1:]])
    if None in counts and by in ("course", "profession"):
        named.append((None, "", _("No course named") if by == "course" else _("No profession")))
    return named


@dataclass(frozen=True)
class Choices:
    """What a reader may choose from: places as (code, name), and months from the first to the last with a figure.

    `as_of` is up to when the figures hold every change.
    """

    regions: list[tuple[str, str]]
    districts: list[tuple[str, str]]
    first: date | None
    last: date | None
    as_of: datetime


def _choices(region: int) -> QuerySet[Any, Any]:
    months = Rollup.objects.filter(grain="republic").values("month")
    span = {
        "first": Subquery(months.order_by("month")[:1]),
        "last": Subquery(months.order_by("-month")[:1]),
        "due": Subquery(DueCount.objects.order_by("pk").values("at")[:1]),
    }
    regions = Region.objects.order_by().annotate(**span).values_list(Value(0), "code", "names", *span)
    districts = District.objects.order_by().filter(region=region)
    return regions.union(districts.values_list(Value(1), "code", "names", *[NOTHING] * len(span)), all=True)


CHOICES = CompiledQuery(_choices)


def read_choices(region: int | None) -> Choices:
    """The regions, the districts of one of them (given by id), and what the figures cover.

    They hold everything until now, unless something still waits to be counted.
    """
    rows = sorted(CHOICES.rows(region or 0), key=lambda row: row[:2])
    found: list[list[tuple[str, str]]] = [[], []]
    for level, code, names, *_span in rows:
        found[level].append((code, localized(names)))
    first, last, due = rows[0][3:] if rows else (None, None, None)
    return Choices(found[0], found[1], first, last, due or timezone.now())
