"""Telling everybody of a class again: a day before it, and when it is about to begin.

`LiveSession.remind_at` says when the next reminder is due. Who plans a class within a day tells of it then, so that the
first reminder is left out. The last one stays on every page of its readers for as long as the class goes on.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from base.dates import short_moment
from base.models import Notice
from base.services.notices import notify_many
from enrollment.models import Enrollment
from live.models import LiveSession
from live.services.events import lock_session

DAY_BEFORE, SHORTLY_BEFORE = timedelta(days=1), timedelta(minutes=15)
OVERTIME = timedelta(hours=1)  # after its planned end a class may still be on; its end takes the notice off the pages


def room_url(session: LiveSession) -> str:
    return reverse("live:room", args=[session.uuid])


def next_reminder(starts_at: datetime) -> datetime:
    """When a class that begins then is to be told of next."""
    now = timezone.now()
    day_before = starts_at - DAY_BEFORE
    return day_before if day_before > now else max(starts_at - SHORTLY_BEFORE, now)


@transaction.atomic
def remind(session_id: int) -> int:
    """Tell everybody of a class if that is due; done already, nobody is told. Returns how many were."""
    session, now = lock_session(session_id), timezone.now()
    if session.status not in LiveSession.COMING or session.remind_at is None or session.remind_at > now:
        return 0
    is_near = now >= session.starts_at - SHORTLY_BEFORE or session.status == LiveSession.Status.LIVE
    session.remind_at = None if is_near else session.starts_at - SHORTLY_BEFORE
    session.save(update_fields=["remind_at"])
    users = people_of(session)
    notify_many(_notice(session, user, is_near=is_near) for user in users)
    return len(users)


def remind_latecomer(session: LiveSession, user: User) -> None:
    """Tell somebody of a class that the others have been told of already."""
    if session.remind_at is None:
        notify_many([_notice(session, user, is_near=True)])


def people_of(session: LiveSession) -> QuerySet[User]:
    """Who is told of a class: who learns in its cohort, and who holds it; nobody named, the cohort's instructors."""
    learning = Enrollment.objects.filter(cohort=session.cohort_id, status=Enrollment.Status.ACTIVE)
    teaching = Q(pk=session.teacher_id) if session.teacher_id else Q(pk__in=session.cohort.instructors.values("pk"))
    users = User.objects.filter(Q(person__in=learning.values("person")) | teaching, is_active=True)
    return users.select_related("person")


def _notice(session: LiveSession, user: User, *, is_near: bool) -> Notice:
    kind, starts_at = "class-near" if is_near else "class-day-before", session.starts_at
    time = f"{timezone.localtime(starts_at):%H:%M}"
    return Notice(
        user=user,
        kind=kind,
        key=f"{kind}-{session.pk}-{starts_at:%Y%m%d%H%M}-{user.pk}",
        params={"lesson": session.lesson.title, "at": time if is_near else short_moment(starts_at)},
        url=room_url(session),
        mail_at=timezone.now() if user.mail_address else None,
        current_until=session.ends_at + OVERTIME if is_near else None,
    )
