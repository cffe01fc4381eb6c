"""What an address asks the statistics for."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from base.errors import InvalidInput
from reports.queries.figures import LISTED, Selection
from reports.queries.selecting import find_selection


def read_query(asked: Mapping[str, str]) -> Selection:
    """The selection that these parameters describe, named as in the REST interface. Raises InvalidInput."""
    codes = {name: asked.get(name, "") for name in (*LISTED, "gender")}
    since, until = (_read_day(asked.get(name, ""), name) for name in ("from", "to"))
    return find_selection(asked.get("by") or "region", codes, since, until)


def _read_day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(_("A day is written like 2026-11-22."), field=name) from error
