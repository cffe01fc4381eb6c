"""Answers that people grade: which wait, and which comes next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from accounts.models import User
from courses.models import Lesson
from courses.questions import GRADED_BY_HAND
from enrollment.models import Cohort
from enrollment.models.cohorts import TEACHING
from learning.models import Attempt, AttemptQuestion

MOST_QUIZZES = 200


def gradable(user: User) -> QuerySet[AttemptQuestion]:
    """What was handed in to a person's grade, of the groups that the user teaches; graded answers too."""
    rows = AttemptQuestion.objects.filter(
        Q(worth=None) | Q(graded_at__isnull=False),
        version__question__kind__in=GRADED_BY_HAND,
        attempt__status=Attempt.Status.SUBMITTED,
        attempt__marking_due=False,
        attempt__enrollment__cohort__organization_id__in=user.standing.organizations(*TEACHING),
    )
    return rows.select_related(
        "version__question", "item__section", "attempt__lesson", "attempt__enrollment__cohort__course"
    ).select_related("attempt__enrollment__person")


@dataclass(frozen=True)
class WaitingQuiz:
    """A quiz of a group with answers that wait for a grade."""

    cohort: Cohort
    lesson: Lesson
    count: int
    since: datetime


def waiting_quizzes(user: User, cohort: Cohort | None = None) -> list[WaitingQuiz]:
    """Where answers wait in the groups that the user teaches, the longest wait first: three queries."""
    attempts = Attempt.objects.waiting()
    attempts = attempts.filter(enrollment__cohort__organization_id__in=user.standing.organizations(*TEACHING))
    if cohort:
        attempts = attempts.filter(enrollment__cohort=cohort)
    rows = list(
        attempts.filter(questions__worth=None)
        .values_list("enrollment__cohort", "lesson")
        .annotate(count=Count("questions"), since=Min("submitted_at"))
        .order_by("since")[:MOST_QUIZZES]
    )
    cohorts = Cohort.objects.select_related("course").in_bulk({row[0] for row in rows})
    lessons = Lesson.objects.defer("body").in_bulk({row[1] for row in rows})
    return [WaitingQuiz(cohorts[group], lessons[lesson], count, since) for group, lesson, count, since in rows]


@dataclass(frozen=True)
class Queue:
    """The answers of one quiz of a group: those to one question follow each other."""

    rows: QuerySet[AttemptQuestion]

    @property
    def waiting(self) -> QuerySet[AttemptQuestion]:
        return self.rows.filter(worth=None)

    def after(self, here: AttemptQuestion) -> AttemptQuestion | None:
        """The next one that waits; past the end the first."""
        further = Q(version__gt=here.version_id) | Q(version=here.version_id, pk__gt=here.pk)
        others = self.waiting.exclude(pk=here.pk)
        return others.filter(further).first() or others.first()

    def before(self, here: AttemptQuestion) -> AttemptQuestion | None:
        """The one before, graded or not."""
        nearer = Q(version__lt=here.version_id) | Q(version=here.version_id, pk__lt=here.pk)
        return self.rows.filter(nearer).order_by("-version_id", "-pk").first()


def queue_of(user: User, cohort: int, lesson: int) -> Queue:
    rows = gradable(user).filter(attempt__enrollment__cohort=cohort, attempt__lesson=lesson)
    return Queue(rows.order_by("version_id", "pk"))
