"""Writing very many rows: COPY on PostgreSQL, many at a time elsewhere."""

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max

FLUSHED_AT_ONCE = 20_000
NULL = r"\N"


class Bulk:
    """Rows of a model on their way into its table; ids are given out here.

    A row is one line of text, its values separated by tabs: what COPY reads, and what SQLite understands by the types
    of its columns. Texts hold no tab, line break or backslash.
    """

    def __init__(self, model: type[models.Model], *fields: str) -> None:
        self.table = model._meta.db_table
        names = [model._meta.get_field(name) for name in fields]
        self.columns = [connection.ops.quote_name(str(getattr(field, "column", ""))) for field in names]
        self.model = model
        self.last_id = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        self.lines: list[str] = []

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def add(self, line: str) -> None:
        self.lines.append(line)

    def flush(self) -> None:
        if not self.lines:
            return
        columns = ", ".join(self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self.table} ({columns}) FROM STDIN") as copy:
                    copy.write("\n".join(self.lines) + "\n")
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                insert = f"INSERT INTO {self.table} ({columns}) VALUES ({marks})"  # noqa: S608  # our own names
                rows = [[None if value == NULL else value for value in line.split("\t")] for line in self.lines]
                cursor.executemany(insert, rows)
        self.lines.clear()


def reset_sequences(*tables: Bulk) -> None:
    """Let the database go on counting after the ids that were given out here."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
            cursor.execute(statement)
