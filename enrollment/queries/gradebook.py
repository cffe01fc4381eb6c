"""What the gradebook and the completion report of a group show; all of it is stored, nothing is counted here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models.people import called
from base.languages import localized
from courses.models import GradeCategory, Lesson, Module
from enrollment.models import Cohort, Enrollment, LessonProgress
from enrollment.models.enrollments import GRADE_ORDER

Learners = QuerySet[Enrollment, Any]
SHOWN = (
    *("id", "uuid", "status", "grade", "category_grades", "progress", "attendance"),
    *("person__surname", "person__given_name", "person__patronymic", "name_key", "grade_key"),
)
ORDERS = {
    "name": ("name_key", "id"),
    "-name": ("-name_key", "-id"),
    "grade": ("grade_key", "id"),
    "-grade": ("-grade_key", "-id"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A lesson as a column: where it stands, what it asks."""

    pk: int
    uuid: UUID
    title: str
    weight: Decimal
    pass_score: Decimal | None


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that stand under one heading: a category of graded lessons with its mean, or a module."""

    pk: int | None
    title: str
    lessons: list[Asked]
    weight: Decimal | None = None


def graded_columns(version: int) -> list[Group]:
    """The graded lessons of a version by category, those in none behind: two queries."""
    rows = GradeCategory.objects.filter(version=version).values_list("pk", "title", "weight")
    groups = {pk: Group(pk, localized(title), [], weight) for pk, title, weight in rows}
    alone = Group(None, "", [])
    for category, lesson in _asked(Lesson.objects.filter(version=version, weight__gt=0), "category_id"):
        groups.get(category, alone).lessons.append(lesson)
    return [group for group in (*groups.values(), alone) if group.lessons]


def module_columns(version: int) -> list[Group]:
    """All lessons of a version by module: two queries."""
    modules = Module.objects.filter(version=version).values_list("pk", "title")
    groups = {pk: Group(pk, localized(title), []) for pk, title in modules}
    for module, lesson in _asked(Lesson.objects.filter(version=version), "module_id"):
        groups[module].lessons.append(lesson)
    return [group for group in groups.values() if group.lessons]


def _asked(lessons: QuerySet[Lesson], place: str) -> list[tuple[int, Asked]]:
    rows = lessons.values_list(place, "pk", "uuid", "title", "weight", "pass_score")
    return [(where, Asked(pk, uuid, localized(title), weight, least)) for where, pk, uuid, title, weight, least in rows]


def learners_of(cohort: Cohort, *, q: str = "", lesson: Asked | None = None, show: str = "") -> Learners:
    """Who learns or learned in a group, by name and by a lesson: missing, failing or undone there.

    On enrollment_of_cohort, enrollment_by_grade and lessonprogress_once.
    """
    rows = Enrollment.objects.filter(cohort=cohort).exclude(status=Enrollment.Status.WITHDRAWN)
    if q:
        rows = rows.filter(called(q, path="person__"))
    if lesson and show:
        reached = LessonProgress.objects.filter(enrollment=OuterRef("pk"), lesson=lesson.pk)
        match show:
            case "missing":
                rows = rows.exclude(Exists(reached.filter(score__isnull=False)))
            case "failing":
                rows = rows.filter(Exists(reached.filter(score__lt=lesson.pass_score or 0)))
            case "undone":
                rows = rows.exclude(Exists(reached.filter(completed_at__isnull=False)))
    return rows.annotate(name_key=F("person__search_key"), grade_key=GRADE_ORDER).values_list(*SHOWN, named=True)


def scores_of(enrollments: Sequence[int], lessons: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """The score that counts, by enrollment and lesson, where there is one."""
    rows = LessonProgress.objects.filter(enrollment__in=enrollments, lesson__in=lessons, score__isnull=False)
    found: dict[int, dict[int, Decimal]] = {pk: {} for pk in enrollments}
    for enrollment, lesson, score in rows.values_list("enrollment_id", "lesson_id", "score"):
        found[enrollment][lesson] = score  # type: ignore[assignment]  # those without are left out
    return found


def begun_of(enrollments: Sequence[int], lessons: Collection[int]) -> dict[int, dict[int, datetime | None]]:
    """When each lesson that was begun was done, by enrollment and lesson."""
    rows = LessonProgress.objects.filter(enrollment__in=enrollments, lesson__in=lessons)
    found: dict[int, dict[int, datetime | None]] = {pk: {} for pk in enrollments}
    for enrollment, lesson, completed_at in rows.values_list("enrollment_id", "lesson_id", "completed_at"):
        found[enrollment][lesson] = completed_at
    return found
