"""Tables of figures as files."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any

from django.http import HttpResponse

from base.sheets import write_csv, write_workbook
from reports.queries.figures import Table
from reports.queries.rows import MEASURES

FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def table_to_csv(table: Table) -> str:
    """One line for each row of a table, its total last with an empty code; a hidden figure is an empty cell."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(["code", "name", *MEASURES, "median_days_to_answer"])
    for line in (*table.lines, table.total):
        figures = (line.figures[name] for name in MEASURES)
        writer.writerow([guard(line.code), guard(line.name), *figures, line.median_days_to_answer])
    return file.getvalue()


def guard(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def table_file(form: str, name: str, heads: Sequence[Any], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """A table in the reader's words as one of FILES; no cell is taken for a formula."""
    file = BytesIO()
    (write_csv if form == "csv" else write_workbook)(file, [[str(head) for head in heads]], rows)
    headers = {"Content-Disposition": f'attachment; filename="malaka-{name}.{form}"'}
    return HttpResponse(file.getvalue(), content_type=FILES[form], headers=headers)
