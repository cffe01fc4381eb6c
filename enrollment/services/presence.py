"""Learners who sign in themselves at an on-site class, by the code on its wall (enrollment.codes)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import DomainError
from enrollment.models import AttendanceEntry, Enrollment, Meeting
from enrollment.services.attendance import record_attendance
from enrollment.services.progress import lock_for

OPENS_BEFORE = timedelta(minutes=30)
IN_TIME = timedelta(minutes=15)  # who comes this late at most is there for the whole class
Source = AttendanceEntry.Source


class NotInThisGroup(DomainError):
    code = "not-in-this-group"
    status = 403
    message = _("You do not learn in this group, so nothing was written down.")


class NoCodeHere(DomainError):
    code = "no-code-here"
    message = _("Nobody signs in to this class by a code: it is called off, live, or without a lesson.")


class NotOnNow(DomainError):
    code = "not-on-now"
    message = _("You can sign in from half an hour before the class until its end.")


class RosterTaken(DomainError):
    code = "roster-taken"
    message = _("The instructor has taken the attendance of this day already. If it is wrong, tell the instructor.")


@transaction.atomic
def sign_in_to_meeting(meeting: Meeting, *, by: User) -> AttendanceEntry:
    """Write a learner down as present from now, or from the beginning where in time, until the end of a class.

    Signed in again, it is the same entry. Raises NoCodeHere, NotOnNow, NotInThisGroup, RosterTaken.
    """
    lesson, now = meeting.lesson, timezone.now()
    if lesson is None or not takes_codes(meeting):
        raise NoCodeHere
    learning = Enrollment.objects.filter(cohort=meeting.cohort_id, person=by.person_id or 0)
    enrollment = learning.exclude(status=Enrollment.Status.WITHDRAWN).first()
    if enrollment is None:
        raise NotInThisGroup
    lock_for(enrollment, lesson)
    key, on = f"wall-{meeting.pk}-{enrollment.pk}", timezone.localdate(meeting.starts_at)
    entries = AttendanceEntry.objects.filter(enrollment=enrollment, lesson=lesson, on=on, source=Source.ON_SITE)
    if entry := entries.filter(key=key).first():
        return entry
    if not meeting.starts_at - OPENS_BEFORE <= now < meeting.ends_at:
        raise NotOnNow
    if entries.filter(key=None).exists():
        raise RosterTaken
    minutes = minutes_left(meeting, now)
    return record_attendance(
        enrollment, lesson, minutes=minutes, source=Source.ON_SITE, on=on, key=key, has_signed_in=True, by=by
    )


def takes_codes(meeting: Meeting) -> bool:
    """Whether learners may sign in to the class by a code: it is held on site, in a lesson whose minutes count."""
    return meeting.lesson_id is not None and not meeting.cancelled_at and not meeting.live_uuid


def minutes_left(meeting: Meeting, now: datetime) -> int:
    """Minutes of a class for one who comes now; its whole length for one who is in time."""
    begin = meeting.starts_at if now <= meeting.starts_at + IN_TIME else now
    return (meeting.ends_at - begin) // timedelta(minutes=1)


def signed_in_to(meeting: Meeting) -> int:
    """How many have signed in to a class by the code."""
    return AttendanceEntry.objects.filter(
        enrollment__cohort=meeting.cohort_id, lesson=meeting.lesson_id, key__startswith=f"wall-{meeting.pk}-"
    ).count()
