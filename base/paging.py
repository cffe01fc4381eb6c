"""Lists page by page by key, and counts that stop at a thousand: neither slows down as tables grow."""

import base64
import binascii
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Field, IntegerField, Model, QuerySet, Subquery, Window
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Collate, RowNumber
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from base.errors import InvalidInput
from base.planning import planned_anew

Row = TypeVar("Row")
COUNT_LIMIT = 1_000


@dataclass(frozen=True)
class KeyPage(Generic[Row]):
    """One page of a list; `next` is the cursor of the following page, None at the end."""

    items: list[Row]
    next: str | None


def page_by_key(
    queryset: QuerySet[Any, Row],
    *,
    size: int,
    cursor: str | None = None,
    order: Sequence[str] = ("-id",),
    same_for_all: bool = False,
) -> KeyPage[Row]:
    """Return the page that follows `cursor`, ordered by the fields of `order` (all ascending or all descending).

    Rows may come as named tuples (`values_list(…, named=True)`) that hold these fields; lists draw them faster.
    A list that is `same_for_all` needs no plan of each reader's own (base.planning).
    The fields, of the model or annotated, hold no null and end in a unique one; an index should stand on them. Raises
    InvalidInput for a cursor that this list never gave out.
    """
    names = [name.removeprefix("-") for name in order]
    queryset = queryset.order_by(*order)
    if cursor:
        beyond = TupleLessThan if order[0].startswith("-") else TupleGreaterThan
        queryset = queryset.filter(beyond(Tuple(*map(F, names)), tuple(_read_cursor(queryset, names, cursor))))
    with nullcontext() if same_for_all else planned_anew():
        rows = list(queryset[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return KeyPage(rows, _cursor_in(queryset, rows[-1], names) if more else None)


def requested_page(
    request: HttpRequest,
    queryset: QuerySet[Any, Row],
    *,
    size: int | None = None,
    order: Sequence[str] = ("-id",),
    same_for_all: bool = False,
) -> KeyPage[Row]:
    """Return the page that `?after=` of a list's address asks for; one that was never given out is not found."""
    try:
        return page_by_key(
            queryset,
            size=size or settings.LIST_ROWS,
            cursor=request.GET.get("after"),
            order=order,
            same_for_all=same_for_all,
        )
    except InvalidInput as error:
        raise Http404(str(error)) from error


def count_up_to(queryset: QuerySet[Any, Any], limit: int = COUNT_LIMIT, *, same_for_all: bool = False) -> int:
    """Count exactly up to `limit`; `limit + 1` means more than that. `same_for_all` as for a page."""
    with nullcontext() if same_for_all else planned_anew():
        return queryset.order_by()[: limit + 1].count()


class CountUpTo(Subquery):
    """Annotates rows with how many of a queryset are theirs (OuterRef), counted as by `count_up_to`.

    An ordering of the queryset names the index to go along.
    """

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        super().__init__(queryset.values("pk")[: COUNT_LIMIT + 1])


def numbered_ids(queryset: QuerySet[Any, Any], limit: int) -> QuerySet[Any, Any]:
    """The ids of any rows of a queryset, up to `limit` of them: for what may lie together, far from where one begins.

    Of what is cut PostgreSQL expects that it lies evenly spread, and walks to it. What is numbered it plans as if all
    were read, so along the index of the search, and stops at the limit all the same.
    """
    numbered = queryset.order_by().annotate(place=Window(RowNumber()))
    ids: QuerySet[Any, Any] = numbered.filter(place__lte=limit).values_list("pk", flat=True)
    return ids


def by_bytes(text: Any) -> Collate:
    """A text that is compared byte by byte, so that those that begin alike stand together in an index."""
    return Collate(text, "C" if connection.vendor == "postgresql" else "BINARY")


def values_along_index(model: type[Model], name: str) -> list[Any]:
    """The different values of a field, in order: it leaps along its index, where the ORM would read every row."""
    with connection.cursor() as cursor:
        cursor.execute(_leaping(model, name))
        return [value for (value,) in cursor.fetchall()]


def different_values(model: type[Model], name: str) -> RawSQL:
    """Likewise as part of a statement: `filter(pk__in=different_values(…))`."""
    return RawSQL(_leaping(model, name), ())  # noqa: S611  # our names


def _leaping(model: type[Model], name: str) -> str:
    table, column = model._meta.db_table, _field(model, name).column
    return (
        f"WITH RECURSIVE found(value) AS (SELECT MIN({column}) FROM {table} UNION ALL "  # noqa: S608  # our names
        f"SELECT (SELECT MIN({column}) FROM {table} WHERE {column} > value) FROM found WHERE value IS NOT NULL) "
        "SELECT value FROM found WHERE value IS NOT NULL"
    )


def cursor_of(model: type[Model], row: Any, names: Sequence[str]) -> str:
    """The cursor of what follows a row in a list ordered by these fields."""
    return _packed([_field(model, name).value_to_string(row) for name in names])


def _cursor_in(queryset: QuerySet[Any, Any], row: Any, names: Sequence[str]) -> str:
    annotated = queryset.query.annotations
    return _packed(
        [
            str(getattr(row, name)) if name in annotated else _field(queryset.model, name).value_to_string(row)
            for name in names
        ]
    )


def _packed(values: list[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def last_id(queryset: QuerySet[Any, Any], cursor: str) -> int:
    """The id after which a cursor of a list ordered by nothing else goes on. Raises InvalidInput as `page_by_key`."""
    (value,) = _read_cursor(queryset, ["id"], cursor)
    return int(value)


def _read_cursor(queryset: QuerySet[Any, Any], names: list[str], cursor: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(names):
            raise ValueError(cursor)
        annotated = queryset.query.annotations
        fields = [annotated[n].output_field if n in annotated else _field(queryset.model, n) for n in names]
        cleaned = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    except (ValueError, TypeError, binascii.Error, ValidationError, RecursionError) as error:
        raise _unknown_place() from error
    if any(value is None or (isinstance(value, int) and abs(value) >= 2**63) for value in cleaned):
        raise _unknown_place()
    return cleaned


def _unknown_place() -> InvalidInput:
    return InvalidInput(_("This place in the list does not exist."), field="cursor")


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field
