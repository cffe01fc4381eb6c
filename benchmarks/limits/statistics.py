"""A table of figures as plainly as Django shows one: a query to each of two flat tables, bare {{ }}, no components."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from benchmarks.limits.page import show
from reports.queries.rows import MEASURES

FIGURES, WORDS = "bench_figures", "bench_words"
COLUMNS = (*MEASURES, "median")
Line = tuple[str, Sequence[float | None]]
Words = tuple[str, str, str]


@transaction.atomic
def fill_tables(pages: Mapping[str, tuple[Iterable[Line], Iterable[Words]]]) -> None:
    """Write what each page shows into two flat tables: lines of figures, and whatever else it lists in words."""
    figures = ", ".join(f"{name} {'double precision' if name == 'median' else 'integer'}" for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {FIGURES}; DROP TABLE IF EXISTS {WORDS}")
        cursor.execute(f"CREATE TABLE {FIGURES} (page text, position integer, name text, {figures})")
        cursor.execute(f"CREATE TABLE {WORDS} (page text, position integer, a text, b text, c text)")
        marks = ", ".join(["%s"] * (len(COLUMNS) + 3))
        for page, (lines, words) in pages.items():
            rows = [(page, n, name, *numbers) for n, (name, numbers) in enumerate(lines)]
            cursor.executemany(f"INSERT INTO {FIGURES} VALUES ({marks})", rows)
            cursor.executemany(
                f"INSERT INTO {WORDS} VALUES (%s, %s, %s, %s, %s)", [(page, n, *row) for n, row in enumerate(words)]
            )
        for table in (FIGURES, WORDS):
            cursor.execute(f"CREATE INDEX ON {table} (page, position)")
            cursor.execute(f"ANALYZE {table}")


def statistics_view(request: HttpRequest, page: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, {', '.join(COLUMNS)} FROM {FIGURES} WHERE page = %s ORDER BY position", [page])
        rows = cursor.fetchall()
        cursor.execute(f"SELECT a, b, c FROM {WORDS} WHERE page = %s ORDER BY position", [page])
        words = cursor.fetchall()
    return show(request, "statistics", rows=rows, words=words, heads=COLUMNS)
