"""Keeping the rollups equal to the rows: what changed is counted again, or everything is.

Whoever counts holds the one row of RollupState locked, so that two never count at once. A slice, the cells of one month
and one mahalla (or of learners without a referral in one month), is always counted whole, from the rows; the coarser
grains are summed up from the finer ones for the places that the slices touch. Counting twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Field, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from accounts.models import Mahalla
from base import bulk
from enrollment.models import Enrollment, Outcome, Referral, Wish
from reports.grains import CELL, GRAINS, PLACES, Grain, next_month, path
from reports.models import AnswerDays, Cell, DueCount, Rollup, RollupState, SupplyDue
from reports.queries.rows import ANSWERS, COUNTED, MEASURES, Source
from reports.services import supply

BATCH = 5_000
SOURCES: dict[type[Cell], tuple[Source, ...]] = {Rollup: COUNTED, AnswerDays: (ANSWERS,)}
COARSE = [grain for grain in GRAINS.values() if grain.source]
SUMMED: dict[type[Cell], tuple[str, ...]] = {Rollup: MEASURES, AnswerDays: ("answered",)}
KEPT: dict[type[Cell], tuple[str, ...]] = {Rollup: (), AnswerDays: ("days",)}


def note_change(kind: str, object_id: int) -> None:
    """Write down, in the caller's transaction, that a row which figures count has changed."""
    DueCount.objects.create(kind=kind, object_id=object_id)


def note_changes(kind: str, ids: Iterable[int]) -> None:
    """The same of many rows at once."""
    now = timezone.now()
    bulk.insert_values(DueCount, ("kind", "object_id", "at"), [(kind, pk, now) for pk in ids])


def refresh() -> int:
    """Count again whatever is due; returns how many changes were taken in.

    Does nothing while somebody else counts: that one looks for due rows once more after letting go, and these were
    committed before we came.
    """
    total = 0
    while (done := _refresh_batch() if DueCount.objects.exists() else 0) or _refresh_supply():
        total += done
    return total


@transaction.atomic
def _refresh_batch() -> int:
    if not lock_state(skip_locked=True):
        return 0
    due = list(DueCount.objects.order_by("pk").values_list("pk", "kind", "object_id")[:BATCH])
    for month, mahallas in find_slices(due).items():
        count_slices(month, mahallas)
    supply.note_districts(due)
    DueCount.objects.filter(pk__in=[pk for pk, _, _ in due]).delete()
    _sign()
    return len(due)


@transaction.atomic
def _refresh_supply() -> int:
    """Once for all batches: many changes lie in few districts. Returns how many were counted."""
    return supply.count_due_districts() if SupplyDue.objects.exists() and lock_state(skip_locked=True) else 0


@transaction.atomic
def rebuild() -> None:
    """Count everything from nothing; until it is committed, readers see what stood there before."""
    lock_state()
    last_due = DueCount.objects.order_by("-pk").values_list("pk", flat=True).first()
    for model in SOURCES:
        rows = model._default_manager.all()
        rows._raw_delete(rows.db)
        for source in SOURCES[model]:
            _count_cells(model, source, source.rows)
        for grain in COARSE:
            _sum_up(model, grain, rows)
    supply.write_changes()
    if last_due:
        DueCount.objects.filter(pk__lte=last_due).delete()
    _sign()


def lock_state(*, skip_locked: bool = False) -> bool:
    """Take the lock until the end of the transaction; False: another has it, and the caller did not want to wait."""
    RollupState.objects.get_or_create(pk=1)
    return bool(RollupState.objects.select_for_update(skip_locked=skip_locked).filter(pk=1).first())


def _sign() -> None:
    RollupState.objects.filter(pk=1).update(counted_at=timezone.now())


def find_slices(due: Iterable[tuple[int, str, int]]) -> dict[date, set[int | None]]:
    """The slices in which the changed rows of `due` (key, kind, object) are counted: mahallas by month.

    None among the mahallas stands for the learners without a referral.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    for _, kind, object_id in due:
        ids[kind].add(object_id)
    kinds = DueCount.Kind
    outcomes = Outcome.objects.filter(pk__in=ids[kinds.OUTCOME], enrollment__isnull=False)
    ids[kinds.ENROLLMENT] |= set(outcomes.values_list("enrollment_id", flat=True))
    enrollments = Enrollment.objects.filter(pk__in=ids[kinds.ENROLLMENT])
    ids[kinds.REFERRAL] |= set(enrollments.filter(referral__isnull=False).values_list("referral_id", flat=True))

    slices: dict[date, set[int | None]] = defaultdict(set)
    referrals = Referral.objects.filter(pk__in=ids[kinds.REFERRAL], submitted_at__isnull=False)
    wishes = Wish.objects.filter(pk__in=ids[kinds.WISH])
    for rows, moment in ((referrals, "submitted_at"), (wishes, "said_on")):
        for month, mahalla in rows.values_list(TruncMonth(moment), "mahalla").distinct():
            slices[_day(month)].add(mahalla)
    learners = enrollments.filter(referral=None)
    for month in learners.values_list(TruncMonth("enrolled_at"), flat=True).distinct():
        slices[_day(month)].add(None)
    return slices


def _day(month: Any) -> date:
    """TruncMonth answers with a day for a day and with a time for a time."""
    return date(month.year, month.month, 1)


def count_slices(month: date, mahallas: set[int | None]) -> None:
    """Count again the cells of these mahallas in this month, and what is summed up from them."""
    last = next_month(month) - timedelta(days=1)
    touched = _touched_places(mahallas)
    for model, sources in SOURCES.items():
        stored = model._default_manager.filter(month=month)
        for part in _parts("mahalla", touched["mahalla"]):
            stored.filter(part, grain=CELL).delete()
        for source in sources:
            rows = source.within(month, last)
            has_place, ids = "mahalla" in source.paths, mahallas - {None}
            if has_place and ids:
                _count_cells(model, source, rows.filter(mahalla__in=ids))
            elif not has_place and None in mahallas:
                _count_cells(model, source, rows)
        for grain in COARSE:
            for part in _parts(grain.place, touched[grain.place]):
                stored.filter(part, grain=grain.code).delete()
            finer = GRAINS[grain.source]
            way = path(finer.place, grain.place) if grain.place else ""
            for part in _parts(way, touched[grain.place]):
                _sum_up(model, grain, stored.filter(part))


def _touched_places(mahallas: set[int | None]) -> dict[str, set[int | None]]:
    """The ids of the places, at each level, in which these mahallas lie; None among them where it is here."""
    ids = [pk for pk in mahallas if pk]
    places = Mahalla.objects.filter(pk__in=ids).values_list("pk", "district_id", "district__region_id")
    columns = zip(*places, strict=True) if ids else ([], [], [])
    nowhere: set[int | None] = mahallas & {None}
    return {place: set(column) | nowhere for place, column in zip(PLACES, columns, strict=True)} | {"": set()}


def _parts(way: str, ids: set[int | None]) -> Iterator[Q]:
    """Filters that together keep the rows whose place, found by `way`, is one of `ids`; all where there is no way.

    Two of them, since an index serves neither half of "one of these or none".
    """
    if not way:
        yield Q()
    if places := ids - {None}:
        yield Q(**{f"{way}__in": places})
    if None in ids:
        yield Q(**{way.partition("__")[0]: None})


def _count_cells(model: type[Cell], source: Source, rows: QuerySet[Any]) -> None:
    dimensions = [name for name in GRAINS[CELL].dimensions if name in source.paths]
    keys = ["month", *dimensions, *KEPT[model]]
    _insert(model, CELL, [*keys, *source.measures], source.count(keys, rows))


def _sum_up(model: type[Cell], grain: Grain, stored: QuerySet[Any]) -> None:
    """Fill a grain from those of the `stored` rows that are of its source."""
    finer = GRAINS[grain.source]
    keys = ["month", *grain.dimensions, *KEPT[model]]
    ways = {f"key_{name}": F(path(finer.place, name) if name in PLACES else name) for name in keys}
    sums = {f"n_{name}": Sum(name) for name in SUMMED[model]}
    _insert(model, grain.code, [*keys, *SUMMED[model]], stored.filter(grain=finer.code).values(**ways).annotate(**sums))


def _insert(model: type[Cell], grain: str, names: list[str], rows: QuerySet[Any, Any]) -> None:
    """INSERT … SELECT, which the ORM lacks: the columns of `rows` fill the fields `names`, in this order.

    What is of one place is written side by side, since pages read it together.
    """
    quote = connection.ops.quote_name
    columns = ", ".join(quote(_column(model, name)) for name in ("grain", *names))
    places = [f"key_{name}" for name in names if name in PLACES]
    select, params = rows.order_by(*places).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) "  # noqa: S608  # names of our own fields
            f"SELECT %s, {quote('counted')}.* FROM ({select}) AS {quote('counted')}",
            (grain, *params),
        )


def _column(model: type[Cell], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return str(field.column)
