"""What is read of attempts and their questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from accounts.models import User
from courses.drawing import draw
from courses.models import Lesson, QuestionVersion
from courses.queries import frozen_pools, pools_of
from courses.questions import Response
from courses.questions.pieces import shuffled
from enrollment.models import Enrollment
from learning.asking import Asked
from learning.models import Answer, AnswerFile, Attempt, AttemptQuestion


def learner_questions(user: User, attempt: Attempt) -> QuerySet[AttemptQuestion]:
    """What an attempt of this user asks."""
    return AttemptQuestion.objects.filter(attempt=attempt, attempt__enrollment__person_id=user.person_id or 0)


def last_responses(attempt: Attempt) -> dict[int, Response]:
    """The answer that counts for each question, by the id of the AttemptQuestion."""
    return dict(Answer.objects.filter(question__attempt=attempt).order_by("id").values_list("question_id", "response"))


@dataclass(frozen=True)
class Sheet:
    """The questions of a section, in their order."""

    title: str
    questions: list[Asked]


def asked_in(attempt: Attempt) -> list[Sheet]:
    """The questions of an attempt by section: three queries, and one where files are asked for."""
    responses = last_responses(attempt)
    rows = attempt.questions.select_related("version__question", "item__section")
    names = _file_names(rows)
    sheets: dict[int, Sheet] = {}
    for row in rows:
        section = row.item.section
        response = responses.get(row.pk, "")
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
        )
        sheets.setdefault(section.pk, Sheet(str(section), [])).questions.append(asked)
    return list(sheets.values())


def _file_names(rows: QuerySet[AttemptQuestion]) -> dict[str, str]:
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

    @property
    def best(self) -> Decimal | None:
        return max((attempt.score for attempt in self.submitted if attempt.score is not None), default=None)


def quiz_standing(enrollment: Enrollment, quiz: Lesson) -> QuizStanding:
    attempts = list(Attempt.objects.filter(enrollment=enrollment, lesson=quiz).order_by("number"))
    left = None if quiz.max_attempts is None else max(quiz.max_attempts - len(attempts), 0)
    return QuizStanding(attempts, left)


def last_saved_at(attempt: Attempt) -> datetime | None:
    last = Answer.objects.filter(question__attempt=attempt).order_by("-id").first()
    return last.at if last else None
