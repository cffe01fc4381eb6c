"""How PostgreSQL is told which statements to plan for their values, and not once for all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.db import connection

SEARCH = " LIKE "


def planned_anew() -> AbstractContextManager[None]:
    """Let statements be planned for their values: what suits who has many rows reads all there are for who has few."""
    connection.ensure_connection()
    return _unprepared(connection.connection) if connection.vendor == "postgresql" else nullcontext()


def plan_searches_anew(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Let a search for words be planned for these words.

    A plan kept for any words walks the list from its head, from end to end where nothing fits.
    """
    if not isinstance(sql, str) or SEARCH not in sql:
        return execute(sql, params, many, context)
    with _unprepared(context["connection"].connection):
        return execute(sql, params, many, context)


@contextmanager
def _unprepared(driver: Any) -> Iterator[None]:
    usual, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = usual
