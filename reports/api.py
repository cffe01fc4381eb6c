"""The REST interface to the statistics."""

import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from accounts.bearer import BearerToken
from base.api import PROBLEMS
from base.rates import limit_rate
from base.schemas import CodeOut
from reports import rules
from reports.exports import table_to_csv
from reports.queries.figures import Line, read_table
from reports.queries.selecting import find_selection

router = Router(tags=["statistics"])
PUBLIC_TABLES_A_MINUTE = 600


def no_token(request: HttpRequest) -> bool | None:
    """The public may ask as well; but whoever shows a token must show a good one."""
    return None if "Authorization" in request.headers else True


class StatisticsQuery(Schema):
    by: Literal["region", "district", "mahalla", "organization", "course", "profession", "category", "gender", "month"]
    region: str = Field("", max_length=40)
    district: str = Field("", max_length=40)
    mahalla: str = Field("", max_length=40)
    organization: UUID | None = None
    course: str = Field("", max_length=80)
    profession: str = Field("", max_length=40)
    category: str = Field("", max_length=40)
    gender: Literal["", "male", "female"] = ""
    since: datetime.date | None = Field(None, alias="from", description="The first day of submission.")
    until: datetime.date | None = Field(None, alias="to", description="The last day of submission.")

    def codes(self) -> dict[str, str]:
        named = self.model_dump(exclude={"by", "since", "until"})
        return {name: str(code) for name, code in named.items() if code}


class StatisticsRow(Schema):
    """A figure that is null is hidden: 1 to 4, or one from which such a figure would follow."""

    key: CodeOut
    wished: int | None
    referred: int | None
    accepted: int | None
    enrolled: int | None
    active: int | None
    completed: int | None
    failed: int | None
    dropped: int | None
    certified: int | None
    employed: int | None
    median_days_to_answer: float | None


class StatisticsOut(Schema):
    items: list[StatisticsRow]
    total: StatisticsRow
    suppressed: bool
    next: None = None


@router.get("/statistics", auth=[BearerToken(), no_token], response={200: StatisticsOut, **PROBLEMS})
def list_statistics(request: HttpRequest, query: Query[StatisticsQuery]) -> Any:
    """Figures of referrals by one dimension, as JSON or (`Accept: text/csv`) CSV.

    Public with small counts hidden; whoever asks for one's own territory or organization gets them all.
    """
    if not request.user.is_authenticated:
        limit_rate(request, "statistics", per_minute=PUBLIC_TABLES_A_MINUTE)
    selection = find_selection(query.by, query.codes(), query.since, query.until)
    table = read_table(selection, exact=rules.can_see_small_counts(request.user, selection.wanted))
    if request.get_preferred_type(["application/json", "text/csv"]) == "text/csv":
        return HttpResponse(table_to_csv(table), content_type="text/csv; charset=utf-8")
    rows = [_row(line) for line in (*table.lines, table.total)]
    return {"items": rows[:-1], "total": rows[-1], "suppressed": table.is_suppressed}


def _row(line: Line) -> dict[str, Any]:
    return {
        "key": {"code": line.code, "name": line.name},
        **line.figures,
        "median_days_to_answer": line.median_days_to_answer,
    }
