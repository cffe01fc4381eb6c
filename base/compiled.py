"""Reads that nearly every request makes, written once: Django takes longer to write such a statement than to ask it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections
from django.db.models import QuerySet

Argument = int | date | datetime
FIRST_MARK = 1_700_000_001  # marks stand where arguments will; no such number occurs in a statement of ours


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its parameters: `places` holds for each the number of an argument, or what it always is."""

    sql: str
    places: list[tuple[int | None, Any]]
    convert: Callable[[Sequence[Any]], Any]

    def params(self, given: Sequence[Any]) -> list[Any]:
        return [fixed if n is None else given[n] for n, fixed in self.places]


class CompiledQuery:
    """The rows of a `values_list()`. `build` takes ints and times and hands them to filters just as they are."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self.build = build
        self._statements: WeakKeyDictionary[Any, Statement] = WeakKeyDictionary()  # by connection, so by thread

    def rows(self, *values: Argument) -> list[Any]:
        connection = connections["default"]
        statement = self._statements.get(connection)
        if statement is None:
            statement = self._statements[connection] = self._compile(values)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.params([_stored(value) for value in values]))
            return list(map(tuple, statement.convert(cursor.fetchall())))

    def _compile(self, values: Sequence[Argument]) -> Statement:
        marks = [_mark(n, value) for n, value in enumerate(values)]
        known = [_stored(mark) for mark in marks]
        compiler = self.build(*marks).query.get_compiler("default")
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        convert = partial(compiler.apply_converters, converters=converters) if converters else list
        return Statement(sql, [(known.index(p), None) if p in known else (None, p) for p in params], convert)


def _mark(n: int, value: Argument) -> Argument:
    if isinstance(value, datetime):
        return datetime(1, 1, 1 + n, tzinfo=UTC)
    return date(1, 1, 1 + n) if isinstance(value, date) else FIRST_MARK + n


def _stored(value: Argument) -> Any:
    """As a parameter holds it; SQLite keeps times as texts."""
    adapt = connections["default"].ops
    if isinstance(value, datetime):
        return adapt.adapt_datetimefield_value(value)
    return adapt.adapt_datefield_value(value) if isinstance(value, date) else value
