"""Reminding learners of what is due: within two days before, and once when the time has passed.

One notice for each learner, stage and morning, however many lessons it is about. What was due more than a week ago is
not told of any more. The task may run twice and be killed at any point: the rows of the reminders are written with
their notice.
"""

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from base.dates import short_moment
from base.models import Notice
from base.services.notices import notify_many
from courses.models import Lesson
from learning.models import DueExtension, DueReminder, LessonDate
from learning.queries.release import undone

Stage = DueReminder.Stage
SOON, LATE = timedelta(days=2), timedelta(days=7)
CHUNK = 1_000


def remind() -> int:
    """Tell every learner of what is due soon or late and was not told yet; returns how many notices that made."""
    now = timezone.now()
    stages = (
        (Stage.OVERDUE, Q(due__lte=now, due__gt=now - LATE)),
        (Stage.SOON, Q(due__gt=now, due__lte=now + SOON)),
    )
    return sum(_remind(stage, where) for stage, where in stages)


def _remind(stage: str, where: Q) -> int:
    """In chunks of learners by key."""
    told = DueReminder.objects.filter(
        enrollment=OuterRef("pk"), lesson=OuterRef("lesson"), stage=stage, due_at=OuterRef("due")
    )
    rows = _near().filter(where & ~Exists(told), person__user__is_active=True)
    count, after = 0, 0
    while learners := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True).distinct()[:CHUNK]):
        count += _tell(stage, rows.filter(pk__gte=learners[0], pk__lte=learners[-1]))
        after = learners[-1]
    return count


def _near() -> QuerySet[Any]:
    """What is not done of the groups that have a date about now. Rests on lessondate_due, dueextension_due."""
    now = timezone.now()
    about_now = {"due_at__gt": now - LATE, "due_at__lte": now + SOON}
    groups = LessonDate.objects.filter(**about_now).values("cohort")
    learners = DueExtension.objects.filter(**about_now).values("enrollment")
    return undone().filter(Q(cohort__in=groups) | Q(pk__in=learners))


@transaction.atomic
def _tell(stage: str, rows: QuerySet[Any]) -> int:
    found = list(rows.select_related("person__user", "cohort__course").order_by("pk", "due"))
    titles = dict(Lesson.objects.filter(pk__in={row.lesson for row in found}).values_list("pk", "title"))
    reminders, notices = [], []
    for _enrollment, group in groupby(found, key=lambda row: row.pk):
        own = list(group)
        reminders += [DueReminder(enrollment=row, lesson_id=row.lesson, due_at=row.due, stage=stage) for row in own]
        notices.append(_notice(stage, own[0], titles[own[0].lesson], count=len(own)))
    DueReminder.objects.bulk_create(reminders, ignore_conflicts=True)
    notify_many(notices)
    return len(notices)


def _notice(stage: str, first: Any, title: dict[str, str], *, count: int) -> Notice:
    """What a learner is told of the lesson that is due first, and of how many there are."""
    user = first.person.user
    return Notice(
        user=user,
        kind=f"due-{stage}" if count == 1 else f"due-{stage}-many",
        key=f"due-{stage}-{first.pk}-{first.lesson}-{first.due:%Y%m%d%H%M}",
        params={
            "course": first.cohort.course.title,
            "lesson": title,
            "moment": short_moment(first.due),
            "count": count,
        },
        url=f"/learn/{first.uuid}/",
        mail_at=timezone.now() if user.mail_address else None,
    )
