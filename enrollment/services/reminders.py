"""Reminding of deadlines: 30 and 7 days before, and once when one has passed, by notice and by e-mail.

Who comes late into a stage is told of that stage alone; so is who gets a way to sign in late. The task may run twice
and be killed at any point: the row of a reminder is written with its notice.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from base.dates import short_date
from base.models import Notice
from base.services.notices import notify_many
from enrollment.models import TrainingAssignment, TrainingReminder

Stage = TrainingReminder.Stage

MONTH, WEEK = timedelta(days=30), timedelta(days=7)
CHUNK = 1_000


def remind() -> int:
    """Tell every user who is in a stage and was not told of it; returns how many were told."""
    today = timezone.localdate()
    stages = (
        (Stage.OVERDUE, Q(due_on__lt=today)),
        (Stage.WEEK, Q(due_on__gte=today, due_on__lte=today + WEEK)),
        (Stage.MONTH, Q(due_on__gt=today + WEEK, due_on__lte=today + MONTH)),
    )
    return sum(_remind(stage, where) for stage, where in stages)


def _remind(stage: str, where: Q) -> int:
    """On trainingassignment_pending, in chunks by key."""
    told = TrainingReminder.objects.filter(assignment=OuterRef("pk"), stage=stage, due_on=OuterRef("due_on"))
    rows = TrainingAssignment.objects.pending().filter(where & ~Exists(told), person__user__is_active=True)
    rows = rows.order_by("pk")
    count, after = 0, 0
    while chunk := list(rows.filter(pk__gt=after).select_related("person__user", "course")[:CHUNK]):
        _tell(stage, chunk)
        count, after = count + len(chunk), chunk[-1].pk
    return count


@transaction.atomic
def _tell(stage: str, rows: Iterable[TrainingAssignment]) -> None:
    reminders, notices = [], []
    for row in rows:
        reminders.append(TrainingReminder(assignment=row, stage=stage, due_on=row.due_on))
        notices.append(_notice(stage, row))
    TrainingReminder.objects.bulk_create(reminders, ignore_conflicts=True)
    notify_many(notices)


def _notice(stage: str, row: TrainingAssignment) -> Notice:
    user = row.person.user
    return Notice(
        user=user,
        kind=f"training-{stage}",
        key=f"training-{row.pk}-{stage}-{row.due_on:%Y%m%d}",
        params={"course": row.course.title, "day": short_date(row.due_on)},
        url="/",
        mail_at=timezone.now() if user.mail_address else None,
    )
