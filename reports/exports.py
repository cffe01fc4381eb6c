"""Tables of figures as CSV."""

import csv
from io import StringIO

from reports.queries.figures import Table
from reports.queries.rows import MEASURES

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
