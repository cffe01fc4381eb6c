"""What a learner's pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from base.compiled import CompiledQuery
from base.dates import short_moment
from base.languages import localized
from courses.models import Lesson
from courses.queries import MODULES
from enrollment.models import Enrollment, LessonProgress
from learning.models import Attempt
from learning.queries.release import Due, dates_of, due_to, scores_of
from learning.release import Lock, Place, Reached, Terms, locks_of

MOST_CARDS = 200
OPEN = Terms()  # nothing waits for anything


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
    due: Due | None

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
        *("pk", "uuid", "status", "progress", "cohort__course__title", "cohort__uuid", "cohort__next_session_at"),
        Coalesce("last_lesson__title", Subquery(first)),
    )[:MOST_CARDS]


NEWEST = CompiledQuery(_newest)


def learner_home(user: User) -> list[LearningCard]:
    """The newest enrollments of a user, those still active first, with what is due next: at most two queries.

    Rests on enrollment_of_person.
    """
    rows = NEWEST.rows(user.person_id or 0)
    due = due_to(user) if any(status == Enrollment.Status.ACTIVE for _pk, _uuid, status, *_rest in rows) else {}
    cards = [
        LearningCard(
            uuid=uuid,
            status=status,
            course=localized(course),
            resume_at=localized(resume_at or {}),
            percent=round(100 * progress),
            cohort=cohort,
            class_at=class_at,
            due=due.get(pk),
        )
        for pk, uuid, status, progress, course, cohort, class_at, resume_at in rows
    ]
    return sorted(cards, key=lambda card: not card.is_active)


# --- The outline --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Step:
    """A lesson in the outline; `status` is one of done, started, new, locked."""

    pk: int
    uuid: UUID
    title: str
    kind: str
    required: bool
    status: str
    due_at: datetime | None = None

    @property
    def is_done(self) -> bool:
        return self.status == "done"

    @property
    def is_late(self) -> bool:
        return not self.is_done and self.due_at is not None and self.due_at <= timezone.now()


@dataclass(frozen=True)
class Part:
    """A module in the outline."""

    pk: int
    title: str
    steps: list[Step]


@dataclass(frozen=True)
class Outline:
    """The way through a course, with how far the learner is, and why lessons are not open yet."""

    parts: list[Part]
    steps: list[Step]
    locks: Mapping[int, list[Lock]] = field(default_factory=dict)

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
        """The first step that is open and not done, else the first of all."""
        undone = (step for step in self.steps if step.status not in ("done", "locked"))
        return next(undone, next(iter(self.steps), None))

    def step(self, lesson: int) -> Step:
        return next(step for step in self.steps if step.pk == lesson)

    def why_locked(self, lesson: int) -> list[str]:
        """Why a lesson is not open to the learner, in words; nothing where it is."""
        return [self._words(lock) for lock in self.locks.get(lesson, ())]

    def _words(self, lock: Lock) -> str:
        if lock.opens_at:
            return _("This opens on %(moment)s.") % {"moment": short_moment(lock.opens_at)}
        if lock.after_module:
            name = next(part.title for part in self.parts if part.pk == lock.after_module)
            return _("This opens once everything required in “%(name)s” is done.") % {"name": name}
        name = self.step(lock.after_lesson or 0).title
        if lock.least_score is None:
            return _("This opens once “%(name)s” is done.") % {"name": name}
        values = {"name": name, "score": f"{lock.least_score.normalize():f}"}
        return _("This opens once you reach %(score)s of 100 in “%(name)s”.") % values


BEGUN = CompiledQuery(
    lambda enrollment: LessonProgress.objects.filter(enrollment=enrollment).values_list("lesson_id", "completed_at")
)
LESSONS = CompiledQuery(
    lambda version: Lesson.objects.filter(version=version).values_list(
        "pk", "uuid", "title", "kind", "required", "module_id"
    )
)


def outline_of(enrollment: Enrollment) -> Outline:
    """The way through the course of an enrollment: five queries, whatever the number of lessons.

    One more where the group has dates, and one where a score opens something.
    """
    terms, due = dates_of(enrollment)
    begun = dict(BEGUN.rows(enrollment.pk))
    if enrollment.status == Enrollment.Status.COMPLETED:
        terms = OPEN  # there is nothing left to wait for
    reached = Reached(
        began_on=enrollment.cohort.starts_on or timezone.localdate(enrollment.enrolled_at),
        done={lesson for lesson, completed_at in begun.items() if completed_at},
        scores=scores_of(enrollment) if terms.asks_for_scores else {},
    )
    return outline_of_version(enrollment.cohort.version_id, begun, terms=terms, reached=reached, due=due)


def outline_of_version(
    version: int,
    begun: Mapping[int, datetime | None] = MappingProxyType({}),
    *,
    terms: Terms = OPEN,
    reached: Reached | None = None,
    due: Mapping[int, datetime] = MappingProxyType({}),
) -> Outline:
    """The way through a version; `begun` says when each lesson begun was done. Rests on lesson_of_version."""
    language = get_language()
    parts = {pk: Part(pk, localized(title, language), []) for pk, title in MODULES.rows(version)}
    rows = LESSONS.rows(version)
    locks = _locks(rows, terms, reached) if reached and not terms.is_empty else {}
    steps = []
    for pk, uuid, title, kind, required, module in rows:
        status = "new" if pk not in begun else "done" if begun[pk] else "started"
        if pk in locks:
            status = "locked"
        steps.append(Step(pk, uuid, localized(title, language), kind, required, status, due.get(pk)))
        parts[module].steps.append(steps[-1])
    return Outline(list(parts.values()), steps, locks)


def _locks(rows: Sequence[Any], terms: Terms, reached: Reached) -> dict[int, list[Lock]]:
    places = [
        Place(pk, module, required, kind in Lesson.ATTENDED_KINDS) for pk, _uuid, _title, kind, required, module in rows
    ]
    return locks_of(places, terms, reached, now=timezone.now())


def why_locked(enrollment: Enrollment, lesson: Lesson) -> list[str]:
    """Why a lesson is not open to a learner, in words; two queries where nothing of its course ever waits."""
    if dates_of(enrollment)[0].is_empty:
        return []
    return outline_of(enrollment).why_locked(lesson.pk)
