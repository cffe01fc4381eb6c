"""What every part of the REST interface stands on: problems, pages of lists, declared errors."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import make_aware
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from pydantic import field_validator

from base.errors import DomainError
from base.paging import page_by_key
from base.problems import CONTENT_TYPE, FieldError, problem

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class ProblemOut(Schema):
    """RFC 9457; `code` is the last part of `type`."""

    class Error(Schema):
        field: str
        code: str
        message: str

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Error] | None = None


PROBLEMS: dict[int, Any] = dict.fromkeys((401, 403, 404, 409, 422, 429), ProblemOut)
"""The errors that any operation may answer with; spread into its `response`."""


class Page(Schema, Generic[Item]):
    """A part of a list; `next` is the cursor of what follows."""

    items: list[Item]
    next: str | None = None


class ListQuery(Schema):
    """What every list understands; a list adds its filters by inheriting."""

    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=400)
    updated_since: datetime | None = None

    @field_validator("updated_since")
    @classmethod
    def in_utc(cls, moment: datetime | None) -> datetime | None:
        """PostgreSQL takes no offset beyond 15:59; a time without one is Tashkent's."""
        if moment is None:
            return None
        try:
            return (moment if moment.tzinfo else make_aware(moment)).astimezone(UTC)
        except OverflowError as error:
            raise ValueError("This time lies outside the calendar.") from error


def sorted_by(rows: "QuerySet[Row]", among: "QuerySet[Row]", wanted: bool | None) -> "QuerySet[Row]":
    """Keep the rows that are among others (True), that are not (False), or all (None: nobody asked)."""
    if wanted is None:
        return rows
    those = Q(pk__in=among.values("pk"))
    return rows.filter(those if wanted else ~those)


def paginate(queryset: QuerySet[Row], query: ListQuery) -> dict[str, Any]:
    """Return one page as `Page` wants it: newest first, or by time of change when `updated_since` asks for it."""
    order: Sequence[str] = ("-id",)
    if query.updated_since:
        queryset = queryset.filter(updated_at__gte=query.updated_since)
        order = ("updated_at", "id")
    page = page_by_key(queryset, size=query.limit, cursor=query.cursor, order=order)
    return {"items": page.items, "next": page.next}


class MalakaAPI(NinjaAPI):
    """A NinjaAPI that answers each refusal with a problem, and describes it as such."""

    def set_default_exception_handlers(self) -> None:
        super().set_default_exception_handlers()
        answers: dict[type[Exception], Callable[[Any], HttpResponse]] = {
            DomainError: _refusal,
            ValidationError: _bad_input,
            PermissionDenied: lambda error: problem(403),
            Http404: lambda error: problem(404),
            AuthenticationError: lambda error: problem(401, headers={"WWW-Authenticate": "Bearer"}),
            Throttled: lambda error: problem(429, headers={"Retry-After": str(error.wait or 60)}),
            HttpError: _http_error,
        }
        for kind, answer in answers.items():
            self.add_exception_handler(kind, partial(_answer, answer))

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(**kwargs)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {CONTENT_TYPE: answer["content"].pop("application/json")}
        return schema


def _answer(answer: Callable[[Any], HttpResponse], request: HttpRequest, error: Any) -> HttpResponse:
    return answer(error)


def _refusal(error: DomainError) -> HttpResponse:
    errors: list[FieldError] | None = None
    if error.field or error.status == 422:
        errors = [{"field": error.field or "", "code": error.code, "message": str(error)}]
    wait: int | None = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(wait)} if wait else None
    return problem(error.status, code=error.code, detail=str(error), errors=errors, facts=error.facts, headers=headers)


def _bad_input(bad: ValidationError) -> HttpResponse:
    errors: list[FieldError] = [
        {
            "field": ".".join(str(part) for part in _path(item["loc"])),
            "code": str(item["type"]).replace("_", "-"),
            "message": str(item["msg"]),
        }
        for item in bad.errors
    ]
    return problem(
        422, code="invalid", detail="; ".join(f"{e['field']}: {e['message']}" for e in errors), errors=errors
    )


def _path(location: Sequence[str | int]) -> Sequence[str | int]:
    """The place of an error without the parts that only name our own parameters: body, payload."""
    return location[2:] if location[0] == "body" and len(location) > 2 else location[1:]


def _http_error(error: HttpError) -> HttpResponse:
    # The body that is no JSON arrives here as 400; api.md knows bad input as 422 alone.
    return problem(422 if error.status_code == 400 else error.status_code, detail=str(error))
