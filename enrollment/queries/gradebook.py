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
from enrollment.figures import kept_of
from enrollment.models import Cohort, Enrollment, GradeChange, LessonProgress
from enrollment.models.enrollments import GRADE_ORDER

Learners = QuerySet[Enrollment, Any]
MOST_CHANGES = 200
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


def scores_of(
    enrollments: Sequence[int], lessons: Collection[int]
) -> dict[int, dict[int, tuple[Decimal, Decimal | None]]]:
    """The score that counts and the override, by enrollment and lesson, where there is a score."""
    rows = LessonProgress.objects.filter(enrollment__in=enrollments, lesson__in=lessons, score__isnull=False)
    found: dict[int, dict[int, Any]] = {pk: {} for pk in enrollments}
    for enrollment, lesson, score, override in rows.values_list("enrollment_id", "lesson_id", "score", "override"):
        found[enrollment][lesson] = score, override
    return found


def begun_of(enrollments: Sequence[int], lessons: Collection[int]) -> dict[int, dict[int, datetime | None]]:
    """When each lesson that was begun was done, by enrollment and lesson."""
    rows = LessonProgress.objects.filter(enrollment__in=enrollments, lesson__in=lessons)
    found: dict[int, dict[int, datetime | None]] = {pk: {} for pk in enrollments}
    for enrollment, lesson, completed_at in rows.values_list("enrollment_id", "lesson_id", "completed_at"):
        found[enrollment][lesson] = completed_at
    return found


# --- The marks of one learner ---------------------------------------------------------------------
@dataclass
class Mark:
    """A graded lesson with what a learner reached in it, and the change that made it so, where there was one.

    `is_kept` says that it counts: of some categories the lowest scores do not.
    """

    lesson: Asked
    score: Decimal | None
    earned: Decimal | None
    change: GradeChange | None
    is_kept: bool = True

    @property
    def weight(self) -> Decimal:
        return self.lesson.weight

    @property
    def is_low(self) -> bool:
        """Whether it is below what the lesson asks for."""
        least = self.lesson.pass_score
        return self.score is not None and least is not None and self.score < least


@dataclass(frozen=True)
class MarkGroup:
    """A category with its mean, or the lessons that stand for themselves."""

    title: str
    weight: Decimal | None
    drop_lowest: int
    mean: Decimal | None
    marks: list[Mark]


@dataclass(frozen=True)
class Marks:
    """All that the grade of a learner comes from; `parts` are (what, value, weight) of the mean that it is."""

    groups: list[MarkGroup]
    parts: list[tuple[str, Decimal, Decimal]]
    missing: int

    @property
    def weights(self) -> Decimal:
        return sum((weight for _what, _value, weight in self.parts), Decimal(0))


def marks_of(enrollment: Enrollment) -> Marks:
    """How the grade of a learner comes about, from what is stored: five queries."""
    version = enrollment.cohort.version_id
    columns = graded_columns(version)
    drops = dict(GradeCategory.objects.filter(version=version).values_list("pk", "drop_lowest"))
    reached = {row.lesson_id: row for row in LessonProgress.objects.filter(enrollment=enrollment)}
    changes = {
        change.lesson_id: change
        for change in enrollment.grade_changes.select_related("by__person").order_by("pk")
        if change.lesson_id in reached and reached[change.lesson_id].override is not None
    }
    nothing = LessonProgress()
    groups, parts = [], []
    for group in columns:
        marks = [
            Mark(lesson, row.score, row.earned, changes.get(lesson.pk))
            for lesson in group.lessons
            for row in [reached.get(lesson.pk, nothing)]
        ]
        if group.pk is None:
            groups.append(MarkGroup("", None, 0, None, marks))
            parts += [(one.lesson.title, one.score, one.weight) for one in marks if one.score is not None]
            continue
        kept = kept_of(marks, drops[group.pk])
        for one in marks:
            one.is_kept = one.score is None or one in kept
        stored = enrollment.category_grades.get(str(group.pk))
        mean = None if stored is None else Decimal(stored)
        groups.append(MarkGroup(group.title, group.weight, drops[group.pk], mean, marks))
        if mean is not None and group.weight:
            parts.append((group.title, mean, group.weight))
    missing = sum(one.score is None for group in groups for one in group.marks)
    return Marks(groups, parts, missing)


def changes_of(enrollment: Enrollment) -> list[GradeChange]:
    """Every result of a learner that was overridden, or given back, the newest first."""
    return list(enrollment.grade_changes.select_related("by__person", "lesson").order_by("-pk")[:MOST_CHANGES])
