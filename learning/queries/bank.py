"""What authors see of a question in the bank."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from courses.models import Lesson, PooledQuestion, Question, QuestionVersion, QuizItem
from courses.questions import Response
from learning.asking import Asked
from learning.models import AttemptQuestion, ItemStatistic

MOST_PLACES = 100


@dataclass(frozen=True)
class Use:
    """A quiz that asks a question, always or by chance."""

    lesson: Lesson
    by_chance: bool


def uses_of(question: Question) -> list[Use]:
    """The newest quizzes that ask a question, drafts first: two queries."""
    fixed = QuizItem.objects.filter(question=question).order_by("-pk")
    drawn = PooledQuestion.objects.filter(version__question=question, item__question=None).order_by("-pk")
    lessons = {item.lesson: False for item in fixed.select_related("lesson__version__course")[:MOST_PLACES]}
    for pooled in drawn.select_related("item__lesson__version__course")[:MOST_PLACES]:
        lessons.setdefault(pooled.item.lesson, True)
    return [Use(lesson, by_chance) for lesson, by_chance in lessons.items()]


def versions_of(question: Question) -> QuerySet[QuestionVersion]:
    """The versions of a question with who wrote them, the newest first."""
    return question.versions.select_related("created_by__person").order_by("-number")


def attempts_at(question: Question) -> QuerySet[AttemptQuestion]:
    """What attempts were asked of any version of a question."""
    return AttemptQuestion.objects.filter(version__question=question)


def tried(version: QuestionVersion, *, response: Response = "", error: str = "") -> Asked:
    """A version of a question as its author tries it out."""
    kind, points = version.question.kind, Decimal(version.content["points"])
    return Asked("q", 1, kind, version.content, points, response, seed="try", error=error)


SUMS = ("asked", "reached", "pairs", "x", "y", "xx", "yy", "xy")


def statistic_of(version: QuestionVersion) -> ItemStatistic | None:
    """What first attempts at all quizzes show of a version of a question: one query."""
    sums = ItemStatistic.objects.filter(version=version).aggregate(**{name: Sum(name) for name in SUMS})
    return ItemStatistic(version=version, **sums) if sums["asked"] else None


def statistics_in(quiz: Lesson) -> QuerySet[ItemStatistic]:
    """What first attempts at a quiz show of its questions, in the order in which they were written: one query."""
    return quiz.item_statistics.select_related("version__question").order_by("version__question", "version")
