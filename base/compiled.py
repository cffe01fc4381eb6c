"""Statements that nearly every request makes, written once: Django takes longer to write one than to ask it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

Scalar = int | str | date | datetime | UUID
Argument = Scalar | list[int] | list[str] | list[UUID]
Places = list[tuple[int | None, Any]]
PLAIN = re.compile(r"[a-z_-]+|[0-9]+")  # words and numbers of ours, never what people wrote
FIRST_MARK = 1_700_000_001  # marks stand where arguments will; no such number occurs in a statement of ours


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its parameters: `places` holds for each the number of an argument, or what it always is."""

    sql: str
    places: Places
    convert: Callable[[Sequence[Any]], Iterable[Any]]

    def params(self, given: Sequence[Any]) -> list[Any]:
        return [fixed if n is None else given[n] for n, fixed in self.places]


class CompiledQuery:
    """The rows of a query: objects, or tuples of a `values_list()`.

    `build` takes ints, texts, times, UUIDs and lists of them, and hands them to filters just as they are.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self.build = build

    def rows(self, *values: Argument) -> list[Any]:
        if [] in values:  # nothing is in an empty list
            return []
        given = [_filled(value) if isinstance(value, list) else value for value in values]
        lengths = tuple(len(value) for value in given if isinstance(value, list))
        connection = connections["default"]
        # Kept by the connection, which each thread has of its own, so that they go together: they hold each other.
        statements: dict[Any, Statement] = vars(connection).setdefault("compiled_statements", {})
        statement = statements.get((self, lengths))
        if statement is None:
            statement = statements[self, lengths] = self._compile(given)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.params([_stored(value) for value in _flat(given)]))
            return list(statement.convert(cursor.fetchall()))

    def _compile(self, values: Sequence[Argument]) -> Statement:
        marks = [_mark(n, value) for n, value in enumerate(_flat(values))]
        known = [_stored(mark) for mark in marks]
        left = iter(marks)
        query = self.build(
            *([next(left) for _each in value] if isinstance(value, list) else next(left) for value in values)
        )
        compiler = query.query.get_compiler("default")
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        make = _maker(compiler) if issubclass(query._iterable_class, ModelIterable) else tuple

        def convert(rows: Iterable[Any]) -> Iterable[Any]:
            return map(make, compiler.apply_converters(rows, converters) if converters else rows)

        places: Places = [(known.index(p), None) if p in known else (None, p) for p in params]
        return Statement(*_inlined(sql, places), convert)


class CompiledInsert:
    """New rows of a model, where its fields need nothing but to be written."""

    def __init__(self, model: type[Model]) -> None:
        self.fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        self.names = [model._meta.db_table, model._meta.pk.column, *(field.column for field in self.fields)]

    def insert(self, *rows: Model) -> None:
        """Write them down, and give each its key."""
        connection = connections["default"]
        table, key, *columns = (connection.ops.quote_name(str(name)) for name in self.names)
        marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks} RETURNING {key}"  # noqa: S608  # names of ours
        values = [
            field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in self.fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            keys = cursor.fetchall()
        for row, (pk,) in zip(rows, keys, strict=True):
            row.pk, row._state.adding, row._state.db = pk, False, "default"


def _inlined(sql: str, places: Places) -> tuple[str, Places]:
    """Write what never changes into the statement: a plan made once for all arguments can then use a partial index."""
    fixed = [n is None and PLAIN.fullmatch(str(value)) is not None for n, value in places]
    marks = [
        ("%s" if not inline else str(int(value)) if isinstance(value, int) else f"'{value}'")
        for inline, (_n, value) in zip(fixed, places, strict=True)
    ]
    return sql % tuple(marks), [place for inline, place in zip(fixed, places, strict=True) if not inline]


def _maker(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes an object, with those that `select_related()` names, of a row, as Django's ModelIterable does."""
    info, select = compiler.klass_info, compiler.select
    first, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in select[first:end]]
    related = get_related_populators(info, select, "default")  # type: ignore[call-arg]  # the stubs of a later Django

    def make(row: Sequence[Any]) -> Any:
        made = info["model"].from_db("default", names, row[first:end])
        for populator in related:
            populator.populate(row, made)
        return made

    return make


def _filled(values: list[Any]) -> list[Any]:
    """The list, filled up with its last to the next power of two: few lengths then have to be compiled."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


def _flat(values: Iterable[Argument]) -> Iterable[Scalar]:
    for value in values:
        yield from value if isinstance(value, list) else (value,)


def _mark(n: int, value: Scalar) -> Scalar:
    if isinstance(value, str):
        return f"mark {n}"
    if isinstance(value, UUID):
        return UUID(int=FIRST_MARK + n)
    if isinstance(value, datetime):
        return datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=n)
    return date(1, 1, 1) + timedelta(days=n) if isinstance(value, date) else FIRST_MARK + n


def _stored(value: Scalar) -> Any:
    """As a parameter holds it; SQLite keeps times and UUIDs as texts."""
    adapt = connections["default"].ops
    if isinstance(value, UUID):
        return value if connections["default"].features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return adapt.adapt_datetimefield_value(value)
    return adapt.adapt_datefield_value(value) if isinstance(value, date) else value
