"""The frozen completion statistics of the courses that somebody answers for."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from courses.models import Course
from enrollment.models import Cohort
from reports.models import CompletionStatistics
from reports.rules import PROVIDERS

COMPARED_DAYS = 30
DAYS_SHOWN = 90


def last_frozen_day() -> date | None:
    """On completionstatistics_of_day: every night freezes courses, whatever groups they have."""
    frozen = CompletionStatistics.objects.filter(cohort=None).order_by("-on", "pk")
    return frozen.values_list("on", flat=True).first()


def _frozen(on: date | None) -> QuerySet[CompletionStatistics]:
    rows = CompletionStatistics.objects.all()
    return rows.filter(on=on) if on else rows.none()


def courses_overseen(user: User, on: date | None) -> QuerySet[CompletionStatistics]:
    """The rows of a frozen day of the courses that the user's organizations own or teach."""
    organizations = user.standing.organizations(*PROVIDERS)
    taught = Cohort.objects.filter(course=OuterRef("course"), organization__in=organizations)
    rows = _frozen(on).filter(Q(course__provider__in=organizations) | Exists(taught), cohort=None)
    return rows.select_related("course__provider")


def cohorts_overseen(course: Course, user: User, on: date | None) -> QuerySet[CompletionStatistics]:
    """The rows of a frozen day of the cohorts of a course: all of one's own course, else those one teaches."""
    organizations = user.standing.organizations(*PROVIDERS)
    rows = _frozen(on).filter(course=course, cohort__isnull=False)
    if course.provider_id not in organizations:
        rows = rows.filter(cohort__organization__in=organizations)
    return rows.select_related("cohort__organization")


def compared(rows: Iterable[CompletionStatistics], on: date | None) -> dict[int, CompletionStatistics]:
    """By course: its row of 30 days before, where there is one."""
    if on is None:
        return {}
    before = CompletionStatistics.objects.filter(
        on=on - timedelta(days=COMPARED_DAYS), cohort=None, course__in=[row.course_id for row in rows]
    )
    return {row.course_id: row for row in before}


def days_of(course: Course, until: date | None) -> list[dict[str, Any]]:
    """How many had completed a course at the end of each of the frozen days up to one, oldest first.

    Each day is looked up (completionstatistics_course_once): in the order of days, those of all courses would be read.
    """
    days = [until - timedelta(days=n) for n in range(DAYS_SHOWN)] if until else []
    rows = CompletionStatistics.objects.filter(course=course, cohort=None, on__in=days).order_by("on")
    return [{"label": f"{row.on:%d.%m.%Y}", "value": row.completed} for row in rows]
