"""What is read of attempts and their questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from base.compiled import CompiledQuery
from courses.drawing import draw
from courses.models import Lesson, QuestionVersion, QuizRules
from courses.queries import frozen_pools, pools_of, rules_of
from courses.questions import Response
from courses.questions.pieces import shuffled
from enrollment.models import Enrollment
from learning.asking import Asked
from learning.models import Answer, AnswerFile, Attempt, AttemptQuestion, ExtraTime, QuizWindow


@dataclass(frozen=True)
class OpenQuestion:
    """A question that an answer is for, with what saving one needs to know."""

    pk: int
    attempt: int
    enrollment_status: str
    kind: str
    content: Mapping[str, Any]


QUESTION = CompiledQuery(
    lambda question, person: AttemptQuestion.objects.filter(
        pk=question, attempt__enrollment__person=person
    ).values_list(
        *("attempt__uuid", "attempt__lesson__uuid", "attempt__enrollment__uuid"),
        *("pk", "attempt_id", "attempt__enrollment__status", "version__question__kind", "version__content"),
    )
)


def learner_question(
    user: User, *, question: int, attempt: UUID, lesson: UUID, enrollment: UUID
) -> OpenQuestion | None:
    """What an attempt of this user asks, in one query; None where there is no such question."""
    for *place, pk, attempt_id, status, kind, content in QUESTION.rows(question, user.person_id or 0):
        is_there = place == [attempt, lesson, enrollment] and status != Enrollment.Status.WITHDRAWN
        return OpenQuestion(pk, attempt_id, status, kind, content) if is_there else None
    return None


KEPT = CompiledQuery(
    lambda attempt: (
        Answer.objects.filter(question__attempt=attempt)
        .order_by("sequence", "id")
        .values_list("question_id", "response", "at", "sequence")
    )
)


def last_answers(attempt: Attempt) -> dict[int, tuple[Response, datetime, int]]:
    """The answer that counts for each question, by the id of the AttemptQuestion: what, when, its sequence."""
    return {question: (response, at, sequence) for question, response, at, sequence in KEPT.rows(attempt.pk)}


def last_responses(attempt: Attempt) -> dict[int, Response]:
    return {question: response for question, (response, _at, _sequence) in last_answers(attempt).items()}


@dataclass(frozen=True)
class Receipt:
    """What is kept of an attempt: how many questions it asks, how many have an answer, when the last was saved."""

    count: int
    answered: int
    saved_at: datetime | None

    @property
    def unanswered(self) -> int:
        return self.count - self.answered


def receipt_of(attempt: Attempt) -> Receipt:
    answers = last_answers(attempt).values()
    answered = sum(bool(response) for response, _at, _sequence in answers)
    saved_at = max((at for _response, at, _sequence in answers), default=None)
    return Receipt(attempt.questions.count(), answered, saved_at)


@dataclass(frozen=True)
class Sheet:
    """The questions of a section, in their order."""

    title: str
    questions: list[Asked]


def asked_in(attempt: Attempt) -> list[Sheet]:
    """The questions of an attempt by section: three queries, and one where files are asked for."""
    answers = last_answers(attempt)
    rows = list(attempt.questions.select_related("version__question", "item__section"))
    names = _file_names(rows)
    sheets: dict[int, Sheet] = {}
    for row in rows:
        section = row.item.section
        response, saved_at, sequence = answers.get(row.pk, ("", None, 0))
        asked = Asked(
            f"q-{row.pk}",
            row.number,
            row.version.question.kind,
            row.version.content,
            row.points,
            response,
            seed=f"{attempt.uuid}:{row.version_id}",
            given=row.worth,
            file_name=names.get(str(response), ""),
            saved_at=saved_at,
            sequence=sequence,
            comment=row.comment,
        )
        sheets.setdefault(section.pk, Sheet(str(section), [])).questions.append(asked)
    return list(sheets.values())


def _file_names(rows: Sequence[AttemptQuestion]) -> dict[str, str]:
    asking = [row.pk for row in rows if row.version.question.kind == "file"]
    if not asking:
        return {}
    return {
        str(uuid): name for uuid, name in AnswerFile.objects.filter(question__in=asking).values_list("uuid", "name")
    }


def questions_of(sheets: Sequence[Sheet]) -> list[Asked]:
    return [asked for sheet in sheets for asked in sheet.questions]


@dataclass(frozen=True)
class Drawn:
    """A question that one attempt gets: of which item, which version, for how many points."""

    item: int
    section: int
    version: int
    points: Decimal


def drawn_for(quiz: Lesson, *, seed: str) -> list[Drawn]:
    """The questions that an attempt with this seed asks, in their order; of a draft those that its bank gives now."""
    items = list(quiz.items.select_related("section").order_by("section__position", "section_id", "position"))
    sources = pools_of(quiz.items.all()) if not quiz.version.is_frozen else frozen_pools(quiz)
    drawn = draw(sources, seed=seed)
    found: list[Drawn] = []
    for section in dict.fromkeys(item.section for item in items):
        own = [
            Drawn(item.pk, section.pk, version, item.points)
            for item in items
            if item.section_id == section.pk
            for version in drawn[item.pk]
        ]
        found += shuffled(own, seed=seed) if section.shuffle else own
    return found


def previewed(quiz: Lesson) -> list[Sheet]:
    """A quiz as some learner might get it."""
    drawn = drawn_for(quiz, seed="preview")
    versions = QuestionVersion.objects.select_related("question").in_bulk([one.version for one in drawn])
    titles = {section.pk: str(section) for section in quiz.sections.all()}
    sheets: dict[int, Sheet] = {}
    for number, one in enumerate(drawn, start=1):
        version = versions[one.version]
        asked = Asked(f"q-{number}", number, version.question.kind, version.content, one.points, seed="preview")
        sheets.setdefault(one.section, Sheet(titles[one.section], [])).questions.append(asked)
    return list(sheets.values())


def question_count(quiz: Lesson) -> int:
    """How many questions an attempt asks."""
    return sum(quiz.items.values_list("count", flat=True))


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

    def result(self, rules: QuizRules) -> Decimal | None:
        """What the attempts that have a score are worth together."""
        scores = [attempt.score for attempt in self.submitted if attempt.score is not None]
        return rules.counted(scores) if scores else None


def quiz_standing(enrollment: Enrollment, quiz: Lesson) -> QuizStanding:
    return standing_of(quiz, list(Attempt.objects.filter(enrollment=enrollment, lesson=quiz).order_by("number")))


def standing_of(quiz: Lesson, attempts: Sequence[Attempt]) -> QuizStanding:
    left = None if quiz.max_attempts is None else max(quiz.max_attempts - len(attempts), 0)
    return QuizStanding(attempts, left)


# --- How a quiz stands --------------------------------------------------------------------------
@dataclass(frozen=True)
class QuizWays:
    """How a quiz is taken by one learner, for the page that begins it."""

    rules: QuizRules
    extra: ExtraTime | None
    window: QuizWindow | None

    @property
    def minutes(self) -> int | None:
        """The time one has, extra time included."""
        if self.rules.minutes is None:
            return None
        limit = timedelta(minutes=self.rules.minutes)
        return round((limit + (self.extra.beyond(limit) if self.extra else timedelta())) / timedelta(minutes=1))

    @property
    def opens_at(self) -> datetime | None:
        """When it opens, where that is still to come."""
        opens_at = self.window.opens_at if self.window else None
        return opens_at if opens_at and opens_at > timezone.now() else None

    @property
    def closes_at(self) -> datetime | None:
        return self.window.closes_at if self.window else None

    @property
    def is_closed(self) -> bool:
        return self.closes_at is not None and self.closes_at <= timezone.now()

    @property
    def penalty_percent(self) -> int:
        return round(100 * self.rules.penalty)


def quiz_ways(enrollment: Enrollment, quiz: Lesson) -> QuizWays:
    return QuizWays(
        rules_of(quiz),
        ExtraTime.objects.filter(enrollment=enrollment).first(),
        QuizWindow.objects.filter(cohort=enrollment.cohort_id, lesson=quiz).first(),
    )


@dataclass(frozen=True)
class Review:
    """What a learner sees of a result now."""

    score: bool
    right: bool
    feedback: bool


def review_of(ways: QuizWays, standing: QuizStanding, *, has_passed: bool, is_over: bool) -> Review:
    """What the rules show, where `is_over` says that the learning has ended."""
    closed = is_over or standing.left == 0 or ways.is_closed
    shown = {
        QuizRules.Shown.AT_ONCE: True,
        QuizRules.Shown.PASSED: has_passed or closed,
        QuizRules.Shown.CLOSED: closed,
        QuizRules.Shown.NEVER: False,
    }
    rules = ways.rules
    return Review(
        *(shown[QuizRules.Shown(when)] for when in (rules.score_shown, rules.right_shown, rules.feedback_shown))
    )


def hidden_scores(enrollment: Enrollment) -> set[int]:
    """The quizzes of a learner's course whose rules do not show their scores now: three queries at most."""
    rules = QuizRules.objects.filter(lesson__version=enrollment.cohort.version_id)
    hiding = list(rules.exclude(score_shown=QuizRules.Shown.AT_ONCE).select_related("lesson"))
    if not hiding:
        return set()
    quizzes = [one.lesson_id for one in hiding]
    windows = {one.lesson_id: one for one in QuizWindow.objects.filter(cohort=enrollment.cohort_id, lesson__in=quizzes)}
    attempts: dict[int, list[Attempt]] = {quiz: [] for quiz in quizzes}
    for attempt in Attempt.objects.filter(enrollment=enrollment, lesson__in=quizzes).order_by("number"):
        attempts[attempt.lesson_id].append(attempt)
    is_over = enrollment.status != Enrollment.Status.ACTIVE
    return {one.lesson_id for one in hiding if not _shows(one, attempts[one.lesson_id], windows, is_over=is_over)}


def _shows(rules: QuizRules, attempts: Sequence[Attempt], windows: Mapping[int, QuizWindow], *, is_over: bool) -> bool:
    quiz = rules.lesson
    standing = standing_of(quiz, attempts)
    least = quiz.pass_score or 0
    has_passed = any(attempt.score is not None and attempt.score >= least for attempt in standing.submitted)
    ways = QuizWays(rules, None, windows.get(quiz.pk))
    return review_of(ways, standing, has_passed=has_passed, is_over=is_over).score
