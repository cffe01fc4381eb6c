"""From stays to minutes that count."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from enrollment.models import AttendanceEntry, Enrollment
from enrollment.services.attendance import record_attendance
from enrollment.services.progress import refuse_own
from live.models import LiveSession, MinutesSaid
from live.queries.minutes import counted_minutes, ledger_entries, minutes_present
from live.services.events import lock_session


class NotHeld(DomainError):
    code = "not-held"
    message = _("This class has not been held: there are no minutes.")


def entry_key(session: LiveSession, enrollment_uuid: UUID) -> str:
    """What makes the entry of a class itself; a correction's key has a number behind it."""
    return f"live:{session.uuid}:{enrollment_uuid}"


def count_session(session: LiveSession) -> int:
    """Write one entry into the ledger for each learner who was in a class that has ended; return for how many.

    Each stands for itself, and its key keeps it from being written twice: a count that was broken off goes on. What was
    said of the minutes meanwhile follows as corrections.
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
    _finish_count(session)
    return written


@transaction.atomic
def _finish_count(session: LiveSession) -> None:
    session = lock_session(session.pk)
    said = session.minutes_said.exclude(enrollment__status=Enrollment.Status.WITHDRAWN)
    for row in said.select_related("enrollment__cohort__version", "by").order_by("pk"):
        _correct(session, row.enrollment, minutes=row.minutes, reason=row.reason, by=row.by)
    session.counted_at = timezone.now()
    session.save(update_fields=["counted_at", "updated_at"])


@transaction.atomic
def correct_minutes(session: LiveSession, enrollment: Enrollment, *, minutes: int, reason: str, by: User) -> None:
    """Make the ledger say that a learner was in a class for `minutes`, by a further entry with a reason.

    Before the minutes are counted it is kept, and follows then. What the ledger says already adds nothing. Raises
    NotHeld, OwnGrade, InvalidInput, EnrollmentGivenUp.
    """
    refuse_own(enrollment, by=by)
    session = lock_session(session.pk)
    if not session.started_at:
        raise NotHeld
    if enrollment.cohort_id != session.cohort_id:
        raise InvalidInput(_("This person does not learn in the group."), field="enrollment")
    if minutes < 0:
        raise InvalidInput(_("Minutes are counted from 0 up."), field="minutes")
    if not reason.strip():
        raise InvalidInput(_("Say why the minutes are corrected."), field="reason")
    if session.counted_at:
        _correct(session, enrollment, minutes=minutes, reason=reason.strip(), by=by)
        return
    said = {"minutes": minutes, "reason": reason.strip(), "by": by, "at": timezone.now()}
    MinutesSaid.objects.update_or_create(session=session, enrollment=enrollment, defaults=said)
    audit.record("session.minutes-said", session, by=by, enrollment=str(enrollment.uuid), minutes=minutes)


def _correct(session: LiveSession, enrollment: Enrollment, *, minutes: int, reason: str, by: User) -> None:
    """Write the difference to what the ledger says of a class that is locked."""
    assert session.started_at
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
        reason=reason,
        key=f"{entry_key(session, enrollment.uuid)}:{further}",
        by=by,
    )
