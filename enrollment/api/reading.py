"""Lists and records of people: whoever reads them leaves an audit row."""

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.models.people import called
from accounts.services import audit
from base.api import ListQuery, paginate


@transaction.atomic
def audited_page(
    user: User,
    action: str,
    rows: Any,
    where: dict[str, Any],
    query: ListQuery,
    *,
    words: str | None = None,
    path: str = "",
) -> dict[str, Any]:
    """One page of the rows that `where` keeps (None: no filter), with one audit row of filter and count.

    `words` are of the name of the person to which `path` leads.
    """
    asked = {name: value for name, value in where.items() if value is not None}
    rows = rows.filter(called(words or "", path=path), **asked)
    page = paginate(rows, query)
    asked |= {"q": words} if words else {}
    audit.record(action, by=user, filter={name: str(value) for name, value in asked.items()}, count=len(page["items"]))
    return page
