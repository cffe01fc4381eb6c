"""The REST interface to the catalogue."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from accounts.api import OrganizationRef
from accounts.bearer import ApiRequest
from base.api import PROBLEMS, ListQuery, Page, paginate
from base.languages import localized
from base.schemas import CodeOut
from courses.models import Course
from courses.queries import catalogue

router = Router(tags=["courses"])

LANGUAGES = "|".join(code for code, _name in settings.LANGUAGES)


class CourseOut(Schema):
    slug: str
    title: str
    summary: str
    language: str
    hours: int = Field(validation_alias="current_version.hours")
    provider: OrganizationRef
    self_paced: bool
    profession: CodeOut | None

    @staticmethod
    def resolve_title(course: Course) -> str:
        return course.name

    @staticmethod
    def resolve_summary(course: Course) -> str:
        return localized(course.summary)


class CourseQuery(ListQuery):
    q: str = Field("", max_length=100)
    organization: UUID | None = None
    language: str | None = Field(None, pattern=f"^({LANGUAGES})$")


@router.get("/courses", response={200: Page[CourseOut], **PROBLEMS})
def list_courses(request: ApiRequest, query: Query[CourseQuery]) -> Any:
    """The published catalogue."""
    courses = catalogue(q=query.q, organization=query.organization, language=query.language or "")
    return paginate(courses, query)


@router.get("/courses/{slug}", response={200: CourseOut, **PROBLEMS})
def get_course(request: ApiRequest, slug: str) -> Any:
    return get_object_or_404(catalogue(), slug=slug)
