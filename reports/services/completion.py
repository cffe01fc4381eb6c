"""Freezing, every night, how far the learners of each course and cohort are."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, Q, QuerySet
from django.utils import timezone

from enrollment.models import Enrollment
from reports.models import CompletionStatistics

Status = Enrollment.Status
FIGURES: dict[str, Any] = {
    "enrolled": Count("pk"),
    "active": Count("pk", filter=Q(status=Status.ACTIVE)),
    "completed": Count("pk", filter=Q(status=Status.COMPLETED)),
    "failed": Count("pk", filter=Q(status=Status.FAILED)),
    "dropped": Count("pk", filter=Q(status=Status.WITHDRAWN)),
    "certified": Count("pk", filter=Q(credential_code__gt="")),
    "mean_progress": Avg("progress"),
    "mean_attendance": Avg("attendance"),
    "mean_grade": Avg("grade"),
}


def freeze_yesterday() -> int:
    return freeze_completion(timezone.localdate() - timedelta(days=1))


@transaction.atomic
def freeze_completion(on: date) -> int:
    """Write down the figures of each course and cohort as they are now, as those of the day `on`.

    A day that is frozen stays as it is. Returns the number of rows written. A cohort has a row for each day on which
    somebody learned in it; the course's row counts all that it ever had.
    """
    if CompletionStatistics.objects.filter(on=on).exists():
        return 0
    day_after = on + timedelta(days=1)
    running = Enrollment.objects.filter(
        Q(status=Status.ACTIVE) | Q(ended_at__date__gte=on, ended_at__date__lte=day_after)
    )
    of_cohorts = Enrollment.objects.filter(cohort__in=running.values("cohort"))
    rows = [*_rows(on, Enrollment.objects.all(), "cohort__course"), *_rows(on, of_cohorts, "cohort__course", "cohort")]
    return len(CompletionStatistics.objects.bulk_create(rows, batch_size=1_000))


def _rows(on: date, learners: QuerySet[Enrollment], *by: str) -> list[CompletionStatistics]:
    counted: QuerySet[Any, Any] = learners.order_by().values(*by).annotate(**FIGURES)
    return [
        CompletionStatistics(
            on=on,
            course_id=row["cohort__course"],
            cohort_id=row.get("cohort"),
            **{name: row[name] for name in FIGURES if not name.startswith("mean_")},
            progress=row["mean_progress"],
            attendance=row["mean_attendance"],
            grade=None if row["mean_grade"] is None else round(row["mean_grade"], 2),
        )
        for row in counted
    ]
