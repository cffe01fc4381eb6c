"""The ledger of minutes present."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from courses.models import Lesson
from enrollment.figures import is_present_enough
from enrollment.models import AttendanceEntry, Cohort, Enrollment
from enrollment.services.progress import find_progress, lock_for, refuse_own, settle

MOST_MINUTES = 24 * 60
Source = AttendanceEntry.Source


@dataclass(frozen=True)
class Conflict:
    """Minutes of one learner that two people wrote: what is sent now, and what stands, with who wrote it."""

    uuid: UUID
    name: str
    mine: int
    theirs: int
    by: str


class RosterChanged(DomainError):
    """Somebody else wrote other minutes since this roster was shown; `conflicts` names them. Nothing is written."""

    code = "roster-changed"
    message = gettext_lazy("Somebody else wrote other minutes meanwhile. Choose which hold.")

    def __init__(self, conflicts: list[Conflict]) -> None:
        super().__init__()
        self.conflicts = conflicts


@transaction.atomic
def record_attendance(
    enrollment: Enrollment,
    lesson: Lesson,
    *,
    minutes: int,
    source: str,
    on: date,
    reason: str = "",
    key: str | None = None,
    has_signed_in: bool = False,
    by: User | None,
) -> AttendanceEntry:
    """Add one entry to the ledger; negative minutes correct, with a reason. The same `key` again adds nothing.

    Nobody writes own minutes, unless `has_signed_in` by the code of a class. Raises InvalidInput, EnrollmentGivenUp,
    OwnGrade.
    """
    if by and not has_signed_in:
        refuse_own(enrollment, by=by)
    enrollment = lock_for(enrollment, lesson)
    if key and (entry := AttendanceEntry.objects.filter(key=key).first()):
        return entry
    progress = find_progress(enrollment, lesson)
    _check_entry(minutes, on, reason, credited=progress.minutes)
    entry = AttendanceEntry.objects.create(
        enrollment=enrollment, lesson=lesson, source=source, minutes=minutes, on=on, reason=reason, key=key, by=by
    )
    progress.minutes += minutes
    if lesson.is_attended and not progress.by_hand:
        present = is_present_enough(progress.minutes, lesson.minutes, enrollment.cohort.version.min_attendance)
        progress.completed_at = (progress.completed_at or timezone.now()) if present else None
    progress.save(update_fields=["minutes", "completed_at"])
    audit.record("attendance.recorded", enrollment, by=by, lesson=str(lesson.uuid), minutes=minutes, source=source)
    settle(enrollment)
    return entry


@transaction.atomic
def record_roster(
    cohort: Cohort,
    lesson: Lesson,
    *,
    on: date,
    minutes: Mapping[Enrollment, int],
    seen: Mapping[Enrollment, int] | None = None,
    reason: str = "",
    by: User,
) -> int:
    """Make the ledger say how long each learner was present on site on a day; return how many entries that took.

    What the ledger says already adds nothing, so a form sent twice counts once; lowering a figure needs a reason.
    `seen` are the minutes that stood on the form when it was shown: what was left as it was says nothing, and what
    somebody else wrote since then is not overwritten unasked. Raises InvalidInput, EnrollmentGivenUp, OwnGrade,
    RosterChanged.
    """
    for enrollment in sorted(minutes, key=lambda enrollment: enrollment.pk):
        lock_for(enrollment, lesson)
    known, written, seen = minutes_on(cohort, lesson, on=on), 0, seen or {}
    changed = [one for one in minutes if minutes[one] != seen.get(one)]
    conflicts = [
        Conflict(one.uuid, one.person.name, minutes[one], now, _last_writer(one, lesson, on))
        for one in changed
        if one in seen and (now := known.get(one.pk, 0)) not in (seen[one], minutes[one])
    ]
    if conflicts:
        raise RosterChanged(conflicts)
    for enrollment in changed:
        change = minutes[enrollment] - known.get(enrollment.pk, 0)
        if change:
            record_attendance(enrollment, lesson, minutes=change, source=Source.ON_SITE, on=on, reason=reason, by=by)
            written += 1
    return written


def _last_writer(enrollment: Enrollment, lesson: Lesson, on: date) -> str:
    entries = enrollment.attendance_entries.filter(lesson=lesson, on=on, source=Source.ON_SITE)
    last = entries.select_related("by__person").order_by("pk").last()
    return last.by.name if last and last.by else ""


def minutes_on(cohort: Cohort, lesson: Lesson, *, on: date) -> dict[int, int]:
    """Minutes on site that the ledger holds for a day, by enrollment id."""
    entries = AttendanceEntry.objects.filter(
        enrollment__cohort=cohort, lesson=lesson, on=on, source=Source.ON_SITE
    ).order_by()
    return dict(entries.values_list("enrollment_id").annotate(Sum("minutes")))


def _check_entry(minutes: int, on: date, reason: str, *, credited: int) -> None:
    if abs(minutes) > MOST_MINUTES:
        raise InvalidInput(_("A day has 1440 minutes."), field="minutes")
    if minutes < 0 and not reason.strip():
        raise InvalidInput(_("Say why minutes are taken back."), field="reason")
    if credited + minutes < 0:
        raise InvalidInput(
            _("Only %(credited)s minutes are credited, so no more can be taken back.") % {"credited": credited},
            field="minutes",
        )
    if on > timezone.localdate():
        raise InvalidInput(_("Attendance cannot lie in the future."), field="on")
