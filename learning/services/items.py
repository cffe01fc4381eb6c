"""How well the questions of a quiz tell learners apart, counted anew where attempts came since.

Facility is the mean of what the answers were worth. Discrimination is the corrected item-total correlation (the
point-biserial one where answers are right or wrong): Pearson's r between the answer and the rest of the attempt, so
that no question is compared with itself (Nunnally and Bernstein, Psychometric Theory, 3rd edition, 1994, chapter 8).
Since attempts draw other questions, the rest counts as a share of its points. Only first attempts count: later ones
have learned from them; points taken away count as 0.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Max, Min, OuterRef, Q, Subquery
from django.utils import timezone

from courses.models import Lesson
from learning.models import Attempt, ItemStatistic

LATE = timedelta(minutes=1)  # attempts that were being marked while it was counted are counted the next time
SUMS = """
WITH answer AS (
    SELECT asked.attempt_id, asked.version_id, CAST(asked.points AS DOUBLE PRECISION) AS points,
        CAST(CASE WHEN asked.worth > 0 THEN asked.worth ELSE 0 END AS DOUBLE PRECISION) AS x
    FROM learning_attemptquestion asked JOIN learning_attempt attempt ON attempt.id = asked.attempt_id
    WHERE attempt.lesson_id = %s AND attempt.number = 1 AND attempt.score IS NOT NULL
), whole AS (
    SELECT attempt_id, SUM(points) AS points, SUM(points * x) AS reached FROM answer GROUP BY attempt_id
), pair AS (
    SELECT answer.version_id, answer.x, CASE WHEN whole.points > answer.points
        THEN (whole.reached - answer.points * answer.x) / (whole.points - answer.points) END AS y
    FROM answer JOIN whole ON whole.attempt_id = answer.attempt_id
)
SELECT version_id, COUNT(*), SUM(x), COUNT(y), COALESCE(SUM(CASE WHEN y IS NOT NULL THEN x END), 0),
    COALESCE(SUM(y), 0), COALESCE(SUM(CASE WHEN y IS NOT NULL THEN x * x END), 0), COALESCE(SUM(y * y), 0),
    COALESCE(SUM(x * y), 0)
FROM pair GROUP BY version_id ORDER BY version_id
"""
COLUMNS = ("version_id", "asked", "reached", "pairs", "x", "y", "xx", "yy", "xy")


def count_due_items() -> int:
    """Count the questions of every quiz that has attempts since it was counted; returns of how many quizzes."""
    counted = ItemStatistic.objects.filter(lesson=OuterRef("lesson")).order_by().values("lesson")
    due = (
        Attempt.objects.filter(score__isnull=False)
        .values("lesson")
        .annotate(last=Max("updated_at"), counted=Subquery(counted.annotate(at=Min("counted_at")).values("at")))
        .filter(Q(counted=None) | Q(last__gt=F("counted")))
    )
    quizzes = Lesson.objects.defer("body").filter(pk__in=[row["lesson"] for row in due])
    for quiz in quizzes:
        count_items(quiz)
    return len(quizzes)


@transaction.atomic
def count_items(quiz: Lesson) -> None:
    """Write down the sums of each question of a quiz anew."""
    Lesson.objects.select_for_update(no_key=True).only("pk").get(pk=quiz.pk)
    counted_at = timezone.now() - LATE
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [quiz.pk])
        rows = cursor.fetchall()
    ItemStatistic.objects.filter(lesson=quiz).delete()
    ItemStatistic.objects.bulk_create(
        ItemStatistic(lesson=quiz, counted_at=counted_at, **dict(zip(COLUMNS, row, strict=True))) for row in rows
    )
