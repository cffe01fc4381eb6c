"""From stays to minutes that count."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import DomainError, InvalidInput
from enrollment.models import AttendanceEntry, Enrollment
from enrollment.services.attendance import record_attendance
from live.models import LiveSession
from live.queries.minutes import counted_minutes, ledger_entries, minutes_present
from live.services.events import lock_session


class NotCounted(DomainError):
    code = "not-counted"
    message = _("The minutes of this class are still being counted. Try again in a moment.")


def entry_key(session: LiveSession, enrollment_uuid: UUID) -> str:
    """What makes the entry of a class itself; a correction's key has a number behind it."""
    return f"live:{session.uuid}:{enrollment_uuid}"


def count_session(session: LiveSession) -> int:
    """Write one entry into the ledger for each learner who was in a class that has ended; return for how many.

    Each stands for itself, and its key keeps it from being written twice: a count that was broken off goes on.
    """
    if session.status != LiveSession.Status.ENDED or session.counted_at:
        return 0
    assert session.started_at
    present = minutes_present(session)
    learners = Enrollment.objects.filter(pk__in=present).exclude(status=Enrollment.Status.WITHDRAWN)
    written = 0
    for enrollment in learners.select_related("cohort__version").order_by("pk"):
        if minutes := present[enrollment.pk]:
            record_attendance(
                enrollment,
                session.lesson,
                minutes=minutes,
                source=AttendanceEntry.Source.LIVE,
                on=timezone.localdate(session.started_at),
                key=entry_key(session, enrollment.uuid),
                by=None,
            )
            written += 1
    LiveSession.objects.filter(pk=session.pk, counted_at=None).update(counted_at=timezone.now())
    return written


@transaction.atomic
def correct_minutes(session: LiveSession, enrollment: Enrollment, *, minutes: int, reason: str, by: User) -> None:
    """Make the ledger say that a learner was in a class for `minutes`, by a further entry with a reason.

    What it says already adds nothing. Raises NotCounted, InvalidInput, EnrollmentGivenUp.
    """
    session = lock_session(session.pk)
    if not session.counted_at or not session.started_at:
        raise NotCounted
    if enrollment.cohort_id != session.cohort_id:
        raise InvalidInput(_("This person does not learn in the group."), field="enrollment")
    if minutes < 0:
        raise InvalidInput(_("Minutes are counted from 0 up."), field="minutes")
    if not reason.strip():
        raise InvalidInput(_("Say why the minutes are corrected."), field="reason")
    change = minutes - counted_minutes(session).get(enrollment.pk, 0)
    if not change:
        return
    further = ledger_entries(session).filter(enrollment=enrollment).count() + 1
    record_attendance(
        enrollment,
        session.lesson,
        minutes=change,
        source=AttendanceEntry.Source.LIVE,
        on=timezone.localdate(session.started_at),
        reason=reason.strip(),
        key=f"{entry_key(session, enrollment.uuid)}:{further}",
        by=by,
    )
