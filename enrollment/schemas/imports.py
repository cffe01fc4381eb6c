"""Tables of many rows as programs see them (api.md)."""

from typing import Any
from uuid import UUID

from django.conf import settings
from ninja import Schema

from enrollment.models import Import, ImportProblem

ERRORS_SHOWN = 1_000


class RowError(Schema):
    """What is wrong with a row; `column` is empty where it is the row as a whole."""

    row: int
    column: str
    code: str
    message: str

    @classmethod
    def of(cls, problem: ImportProblem) -> dict[str, Any]:
        """The message is in the reader's language."""
        return {name: getattr(problem, name) for name in ("row", "column", "code")} | {"message": str(problem)}


class ImportOut(Schema):
    """`step` is check or apply; `rows_failed` are wrong; `result_url` has the wrong rows as a file.

    `possible_duplicates` are new people of good rows who may be known already.
    """

    id: UUID
    kind: str
    step: str
    status: str
    error: str | None
    rows_total: int | None
    rows_done: int
    rows_failed: int
    rows_new: int
    rows_changed: int
    rows_unchanged: int
    possible_duplicates: int
    columns_missing: bool
    errors: list[RowError]
    result_url: str | None

    @classmethod
    def of(cls, table: Import) -> dict[str, Any]:
        job = table.job
        names = ("kind", "step", "rows_new", "rows_changed", "rows_unchanged", "possible_duplicates")
        figures = {name: getattr(job, name) for name in ("status", "rows_total", "rows_done", "rows_failed")}
        problems = table.problems.order_by("row", "id")[:ERRORS_SHOWN]
        url = f"{settings.SITE_URL}/api/v1/imports/{table.uuid}/result"
        return (
            {name: getattr(table, name) for name in names}
            | figures
            | {
                "id": table.uuid,
                "error": job.why or None,
                "columns_missing": table.needs_columns,
                "errors": [RowError.of(problem) for problem in problems],
                "result_url": url if job.result else None,
            }
        )
