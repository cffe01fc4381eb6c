"""Making a million rows of one, in SQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model


def multiply(row: Model, times: int, /, **columns: str) -> None:
    """Add `times` copies of a row; copy n has the id `row.pk + n`, which must be free.

    `columns` gives the SQL of those that differ, in terms of n: `person_id="41 + n"`.
    """
    model, quote = type(row), connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    own = {"id": f"{row.pk} + n"} | ({"uuid": "gen_random_uuid()"} if any(f.name == "uuid" for f in fields) else {})
    values = {str(field.column): quote(str(field.column)) for field in fields} | own | columns
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(map(quote, values))}) SELECT {', '.join(values.values())} "
            f"FROM {table}, generate_series(1, {times}) AS n WHERE id = {row.pk}"
        )
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


@contextmanager
def unchecked() -> Iterator[None]:
    """Rows that point to rows are not looked after meanwhile: copies of what was right are right."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET session_replication_role")
