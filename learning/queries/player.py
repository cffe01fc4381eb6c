"""What a learner's pages show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from accounts.models import User
from base.compiled import CompiledQuery
from base.languages import localized
from courses.models import Lesson
from courses.queries import MODULES
from enrollment.models import Enrollment, LessonProgress
from learning.models import Attempt

MOST_CARDS = 200


# --- Where a learner is -------------------------------------------------------------------------
def learner_enrollments(user: User) -> QuerySet[Enrollment]:
    """What this user learns or has learned; the same as rules.can_read. Rests on enrollment_of_person."""
    if user.person_id is None:
        return Enrollment.objects.none()
    own = Enrollment.objects.filter(person_id=user.person_id).exclude(status=Enrollment.Status.WITHDRAWN)
    return own.select_related("cohort__course", "cohort__version")


ATTEMPT = CompiledQuery(
    lambda attempt, person: Attempt.objects.filter(uuid=attempt, enrollment__person=person).select_related(
        "lesson", "enrollment__cohort__course", "enrollment__cohort__version"
    )
)


def learner_attempt(user: User, *, attempt: UUID, lesson: UUID, enrollment: UUID) -> Attempt | None:
    """An attempt of this user in what learner_enrollments keeps, with its enrollment and quiz; None: there is none."""
    found: Attempt | None = next(iter(ATTEMPT.rows(attempt, user.person_id or 0)), None)
    if found is None or (found.lesson.uuid, found.enrollment.uuid) != (lesson, enrollment):
        return None
    return None if found.enrollment.status == Enrollment.Status.WITHDRAWN else found


@dataclass(frozen=True)
class LearningCard:
    """One enrollment on the home page: what, how far, and where it goes on."""

    uuid: UUID
    status: str
    course: str
    resume_at: str
    percent: int
    cohort: UUID
    class_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.status == Enrollment.Status.ACTIVE

    @property
    def label(self) -> str:
        return str(Enrollment.Status(self.status).label)


def _newest(person: int) -> QuerySet[Enrollment, Any]:
    first = Lesson.objects.filter(version=OuterRef("cohort__version")).order_by("position").values("title")[:1]
    rows = Enrollment.objects.filter(person=person).exclude(status=Enrollment.Status.WITHDRAWN)
    return rows.order_by("-id").values_list(
        *("uuid", "status", "progress", "cohort__course__title", "cohort__uuid", "cohort__next_session_at"),
        Coalesce("last_lesson__title", Subquery(first)),
    )[:MOST_CARDS]


NEWEST = CompiledQuery(_newest)


def learner_home(user: User) -> list[LearningCard]:
    """The newest enrollments of a user, those still active first, in one query. Rests on enrollment_of_person."""
    cards = [
        LearningCard(
            uuid=uuid,
            status=status,
            course=localized(course),
            resume_at=localized(resume_at or {}),
            percent=round(100 * progress),
            cohort=cohort,
            class_at=class_at,
        )
        for uuid, status, progress, course, cohort, class_at, resume_at in NEWEST.rows(user.person_id or 0)
    ]
    return sorted(cards, key=lambda card: not card.is_active)


# --- The outline --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Step:
    """A lesson in the outline; `status` is one of done, started, new."""

    pk: int
    uuid: UUID
    title: str
    kind: str
    required: bool
    status: str


@dataclass(frozen=True)
class Part:
    """A module in the outline."""

    title: str
    steps: list[Step]


@dataclass(frozen=True)
class Outline:
    """The way through a course, with how far the learner is."""

    parts: list[Part]
    steps: list[Step]

    @cached_property
    def required(self) -> list[Step]:
        return [step for step in self.steps if step.required]

    @cached_property
    def done(self) -> int:
        return sum(step.status == "done" for step in self.required)

    def around(self, uuid: UUID) -> tuple[Step | None, Step | None]:
        """The steps before and after a lesson."""
        here = next(n for n, step in enumerate(self.steps) if step.uuid == uuid)
        before = self.steps[here - 1] if here else None
        after = self.steps[here + 1] if here + 1 < len(self.steps) else None
        return before, after

    def resume(self) -> Step | None:
        """The first step that is not done, else the first of all."""
        return next((step for step in self.steps if step.status != "done"), next(iter(self.steps), None))


BEGUN = CompiledQuery(
    lambda enrollment: LessonProgress.objects.filter(enrollment=enrollment).values_list("lesson_id", "completed_at")
)
LESSONS = CompiledQuery(
    lambda version: Lesson.objects.filter(version=version).values_list(
        "pk", "uuid", "title", "kind", "required", "module_id"
    )
)


def outline_of(enrollment: Enrollment) -> Outline:
    """The way through the course of an enrollment: three queries, whatever the number of lessons."""
    return outline_of_version(enrollment.cohort.version_id, dict(BEGUN.rows(enrollment.pk)))


def outline_of_version(version: int, begun: Mapping[int, datetime | None] = MappingProxyType({})) -> Outline:
    """The way through a version; `begun` says when each lesson begun was done. Rests on lesson_of_version."""
    language = get_language()
    parts = {pk: Part(localized(title, language), []) for pk, title in MODULES.rows(version)}
    steps = []
    for pk, uuid, title, kind, required, module in LESSONS.rows(version):
        status = "new" if pk not in begun else "done" if begun[pk] else "started"
        steps.append(Step(pk, uuid, localized(title, language), kind, required, status))
        parts[module].steps.append(steps[-1])
    return Outline(list(parts.values()), steps)
