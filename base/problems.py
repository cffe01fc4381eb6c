"""Errors for programs: application/problem+json of RFC 9457."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypedDict

from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


class FieldError(TypedDict):
    field: str
    code: str
    message: str


def problem(
    status: int,
    *,
    code: str | None = None,
    detail: str = "",
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer with a problem; `code` names its kind, by default after the HTTP status, `facts` are further members."""
    title = HTTPStatus(status).phrase
    code = code or title.lower().replace(" ", "-")
    body: dict[str, Any] = {"type": f"urn:malaka:problem:{code}", "title": title, "status": status, "code": code}
    body |= {"detail": detail or title} | dict(facts or {})
    if errors is not None:
        body["errors"] = errors
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE, headers=headers)
