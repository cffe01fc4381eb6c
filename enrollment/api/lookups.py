"""The lists that laws change."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router

from accounts.models import PostCategory
from base.api import PROBLEMS, ListQuery, Page, paginate
from enrollment.queries.lookups import KINDS
from enrollment.schemas.way import LookupOut

router = Router(tags=["lists"])
ROWS: dict[str, Any] = {**KINDS, "post-categories": PostCategory}


@router.get("/lookups/{kind}", response={200: Page[LookupOut], **PROBLEMS})
def list_lookups(request: HttpRequest, kind: str, query: Query[ListQuery]) -> Any:
    """The rows in force today: household-, post-categories, outcome-kinds, decline-, withdrawal-, exemption-reasons."""
    if kind not in ROWS:
        raise Http404
    rows = ROWS[kind].objects.valid_on(timezone.localdate())
    return paginate(rows, query.model_copy(update={"updated_since": None}))
