"""Writing very many rows at once: COPY on PostgreSQL, many to a statement elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model
from psycopg.types.json import Jsonb


def check_keys() -> None:
    """Check the foreign keys of all that this transaction wrote, each by one plan made now; IntegrityError as a commit.

    PostgreSQL else keeps the plan that was right while a table was empty, and reads the whole of it for each row.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model; each has its id afterwards. No signal is sent, and no default of the database used.

    A constraint that refuses one row refuses all (IntegrityError).
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor == "postgresql":
        _give_ids(model, rows)
        _copy(model, rows)
    else:
        model._default_manager.bulk_create(rows)


def insert_values(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of which nobody needs the id, given as the values of their columns `names`, all that have no default.

    Costs a third of `insert`: no object is made of a row.
    """
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create([model(**dict(zip(names, row, strict=True))) for row in rows])
        return
    fields = {field.attname: field for field in model._meta.concrete_fields}
    json = [place for place, name in enumerate(names) if isinstance(fields[name], JSONField)]
    with _copying(model, [fields[name] for name in names]) as copy:
        for row in rows:
            if json:
                row = [Jsonb(value) if place in json else value for place, value in enumerate(row)]
            copy.write_row(row)


def _give_ids(model: type[Model], rows: Sequence[Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            (connection.ops.quote_name(model._meta.db_table), "id", len(rows)),
        )
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk


def _copy(model: type[Model], rows: Sequence[Model]) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    for field in fields:
        if getattr(field, "auto_now", False):
            for row in rows:
                field.pre_save(row, add=True)
    read = _reader(fields)
    with _copying(model, fields) as copy:
        for row in rows:
            copy.write_row(read(row))


@contextmanager
def _copying(model: type[Model], fields: "Sequence[Field[Any, Any]]") -> Iterator[Any]:
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    statement = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        yield copy


def _reader(fields: Sequence["Field[Any, Any]"]) -> Callable[[Model], Sequence[Any]]:
    """What reads a row's values in the order of `fields`, as psycopg takes them."""
    read = attrgetter(*(field.attname for field in fields))
    json = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]
    if not json:
        return read

    def read_with_json(row: Model) -> Sequence[Any]:
        values = list(read(row))
        for place in json:
            values[place] = Jsonb(values[place])
        return values

    return read_with_json
