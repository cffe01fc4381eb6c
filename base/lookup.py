"""Finding the row that an input names."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from base.errors import InvalidInput

Row = TypeVar("Row", bound=Model)


def named(rows: QuerySet[Row], field: str, **key: Any) -> Row:
    """Return the one row of `rows` with `key`; InvalidInput on `field` where there is none."""
    row = rows.filter(**key).first()
    if row is None:
        raise InvalidInput(_("There is none with this code here."), field=field, code="unknown")
    return row
