"""How PostgreSQL is told which statements to plan for their values, and not once for all."""

from collections.abc import Callable
from typing import Any

SEARCH = " LIKE "


def plan_searches_anew(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Let a search for words be planned for these words.

    A plan kept for any words walks the list from its head, from end to end where nothing fits.
    """
    if not isinstance(sql, str) or SEARCH not in sql:
        return execute(sql, params, many, context)
    connection = context["connection"].connection
    usual, connection.prepare_threshold = connection.prepare_threshold, None
    try:
        return execute(sql, params, many, context)
    finally:
        connection.prepare_threshold = usual
