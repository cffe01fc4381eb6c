"""The least that an import can cost: reading the workbook, and copying the rows that came of it into their tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import python_calamine
from django.db import connection
from django.db.models import Model


@dataclass(frozen=True)
class Dump:
    """The new rows of a table, as COPY writes them."""

    table: str
    path: Path


def copy_out(model: type[Model], after: int, folder: Path) -> Dump:
    """Write the rows of a model above an id to a file."""
    table = model._meta.db_table
    dump = Dump(table, folder / table)
    with connection.cursor() as cursor, dump.path.open("wb") as file:
        query = f"COPY (SELECT * FROM {table} WHERE id > {after} ORDER BY id) TO STDOUT"  # our own names
        with cursor.copy(query) as copy:
            for part in copy:
                file.write(part)
    return dump


def read_and_copy(workbook: Path, dumps: list[Dump], database: "psycopg.Connection[Any]") -> int:
    """Read every cell, then fill the tables in one transaction; returns how many rows were read."""
    with python_calamine.load_workbook(str(workbook)) as book:
        rows = sum(1 for _row in book.get_sheet_by_index(0).iter_rows())
    with database.transaction(), database.cursor() as cursor:
        for dump in dumps:
            with cursor.copy(f"COPY {dump.table} FROM STDIN") as copy, dump.path.open("rb") as file:
                while part := file.read(2**18):
                    copy.write(part)
    return rows
