"""What a caller asks the statistics for, read from the codes in an address."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import District, Mahalla, Person, Region
from base.compiled import CompiledQuery
from base.errors import InvalidInput
from reports.queries.figures import DIMENSIONS, LISTED, Selection

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
NAMED = {
    "region": CompiledQuery(lambda code: Region.objects.filter(code=code)),
    "district": CompiledQuery(lambda code: District.objects.filter(code=code)),
    "mahalla": CompiledQuery(lambda code: Mahalla.objects.select_related("district").filter(code=code)),
}
"""The places, which nearly every table is confined to."""


def find_selection(by: str, codes: Mapping[str, str], since: date | None, until: date | None) -> Selection:
    """Find the rows that `codes` (by dimension, empty ones left out) name. Raises InvalidInput."""
    if by not in DIMENSIONS:
        raise InvalidInput(_("The figures are not told apart by this."), field="by")
    if since and until and since > until:
        raise InvalidInput(_("The period ends before it begins."), field="to")
    wanted = {name: _find(name, code) for name, code in codes.items() if code}
    # Days that no row can have count as no limit.
    since = None if since is None or since < FIRST_DAY else min(since, LAST_DAY)
    until = None if until is None or until > LAST_DAY else max(until, FIRST_DAY)
    return Selection(by, wanted, since, until)


def _find(name: str, code: str) -> Any:
    if name == "gender":
        if code in Person.Gender.values:
            return code
    elif "\0" not in code:
        model, field, _texts = LISTED[name]
        try:
            rows = NAMED[name].rows(code) if name in NAMED else model.objects.filter(**{field: code})[:1]
            for row in rows:
                return row
        except ValidationError:  # no UUID
            pass
    raise InvalidInput(_("Nothing has the code “%(code)s”.") % {"code": code[:80]}, field=name)
