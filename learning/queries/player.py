"""What a learner's pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from base.compiled import CompiledQuery
from base.languages import localized
from courses.models import Lesson, QuizItem
from courses.queries import MODULES
from courses.questions import Response, grade
from enrollment.models import Enrollment, LessonProgress
from learning.models import Answer, Attempt

MOST_CARDS = 200


# --- Where a learner is -------------------------------------------------------------------------
def learner_enrollments(user: User) -> QuerySet[Enrollment]:
    """What this user learns or has learned; the same as rules.can_read. Rests on enrollment_of_person."""
    if user.person_id is None:
        return Enrollment.objects.none()
    own = Enrollment.objects.filter(person_id=user.person_id).exclude(status=Enrollment.Status.WITHDRAWN)
    return own.select_related("cohort__course", "cohort__version")


def learner_attempts(user: User) -> QuerySet[Attempt]:
    """The attempts of this user in what learner_enrollments keeps, each with its enrollment and quiz."""
    if user.person_id is None:
        return Attempt.objects.none()
    own = Attempt.objects.filter(enrollment__person_id=user.person_id)
    return own.exclude(enrollment__status=Enrollment.Status.WITHDRAWN).select_related(
        "lesson", "enrollment__cohort__course", "enrollment__cohort__version"
    )


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


# --- Quizzes ------------------------------------------------------------------------------------
def last_responses(attempt: Attempt) -> dict[int, Response]:
    """The answer that counts for each item, by item id."""
    return dict(attempt.answers.order_by("id").values_list("item_id", "response"))


@dataclass(frozen=True)
class Choice:
    """One thing to pick."""

    value: str
    text: str
    is_picked: bool
    is_right: bool


@dataclass(frozen=True)
class Asked:
    """A question as it stands in an attempt, with the answer that counts."""

    item: QuizItem
    number: int
    response: Response
    error: str = ""

    @property
    def name(self) -> str:
        return f"item-{self.item.pk}"

    @property
    def kind(self) -> str:
        return self.item.question.kind

    @property
    def text(self) -> str:
        return localized(self.item.question.text)

    @property
    def unit(self) -> str:
        return localized(self.item.question.definition.get("unit") or {})

    @property
    def feedback(self) -> str:
        return localized(self.item.question.feedback)

    @property
    def choices(self) -> list[Choice]:
        if self.kind == "true-false":
            is_true = self.item.question.definition["answer"]
            return [
                Choice("true", _("True"), self.response == "true", is_true),
                Choice("false", _("False"), self.response == "false", not is_true),
            ]
        picked = self.response if isinstance(self.response, list) else [self.response]
        return [
            Choice(choice["key"], localized(choice["text"]), choice["key"] in picked, choice["correct"])
            for choice in self.item.question.definition["choices"]
        ]

    @property
    def shown(self) -> str:
        """A written answer as its reader writes it."""
        text = str(self.response)
        return text.replace(".", get_format("DECIMAL_SEPARATOR")) if self.kind == "numeric" and not self.error else text

    @property
    def right_answer(self) -> str:
        """The answer to a question that is written, not picked."""
        definition = self.item.question.definition
        if self.kind == "numeric":
            return str(definition["answer"]).replace(".", get_format("DECIMAL_SEPARATOR"))
        return str(definition["accepted"][0])

    @property
    def worth(self) -> Decimal:
        """From 0 to 1."""
        return grade(self.kind, self.item.question.definition, self.response)

    @property
    def points(self) -> Decimal:
        return self.item.points * self.worth


def asked_in(attempt: Attempt) -> list[Asked]:
    """The questions of an attempt in their order: two queries."""
    responses = last_responses(attempt)
    items = attempt.lesson.items.select_related("question")
    return [Asked(item, number, responses.get(item.pk, "")) for number, item in enumerate(items, start=1)]


@dataclass(frozen=True)
class QuizStanding:
    """How a learner stands with a quiz: goes made, those left (None: no limit), the one that is open."""

    attempts: Sequence[Attempt]
    left: int | None

    @property
    def open(self) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.status == Attempt.Status.OPEN), None)

    @property
    def submitted(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.status == Attempt.Status.SUBMITTED]

    @property
    def best(self) -> Decimal | None:
        return max((attempt.score for attempt in self.submitted if attempt.score is not None), default=None)


def quiz_standing(enrollment: Enrollment, quiz: Lesson) -> QuizStanding:
    attempts = list(Attempt.objects.filter(enrollment=enrollment, lesson=quiz).order_by("number"))
    left = None if quiz.max_attempts is None else max(quiz.max_attempts - len(attempts), 0)
    return QuizStanding(attempts, left)


def last_saved_at(attempt: Attempt) -> datetime | None:
    last = Answer.objects.filter(attempt=attempt).order_by("-id").first()
    return last.at if last else None
