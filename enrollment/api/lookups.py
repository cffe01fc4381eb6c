"""The lists that laws change."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router

from base.api import PROBLEMS, ListQuery, Page, paginate
from enrollment.queries.lookups import KINDS
from enrollment.schemas.way import LookupOut

router = Router(tags=["lists"])


@router.get("/lookups/{kind}", response={200: Page[LookupOut], **PROBLEMS})
def list_lookups(request: HttpRequest, kind: str, query: Query[ListQuery]) -> Any:
    """The rows in force today of household-categories, outcome-kinds, decline-, withdrawal- or exemption-reasons."""
    if kind not in KINDS:
        raise Http404
    rows: Any = KINDS[kind]._default_manager.all()
    return paginate(rows.valid_on(timezone.localdate()), query.model_copy(update={"updated_since": None}))
