"""Deciding whether a learner met the rules of a course; what follows from the decision."""

from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from enrollment.figures import Figures
from enrollment.models import Completion, Enrollment
from enrollment.services.enrollments import Status, move
from enrollment.services.figures import count_again, lock_enrollment
from enrollment.signals import completion_decided, enrollment_changed

FAILED_AFTER = timedelta(days=14)  # counted from the last day of the cohort


class NotDecided(DomainError):
    code = "not-decided"
    message = _("There is no decision yet that could be corrected.")


def decide_completion(enrollment: Enrollment, figures: Figures) -> Completion | None:
    """Decide for a locked, active enrollment that it is complete, if its figures meet the rules."""
    if enrollment.status != Status.ACTIVE or not figures.is_met:
        return None
    return _decide(enrollment, is_met=True, by=None)


@transaction.atomic
def fail_enrollment(enrollment: Enrollment, *, reason: str = "", by: User | None) -> Enrollment:
    """Decide that a learner did not meet the rules; one who did, meanwhile, stays completed. Raises IllegalMove."""
    enrollment = lock_enrollment(enrollment)
    if enrollment.status in (Status.COMPLETED, Status.FAILED):
        return enrollment
    _decide(enrollment, is_met=False, reason=reason, by=by)
    return enrollment


@transaction.atomic
def correct_completion(enrollment: Enrollment, *, is_met: bool, reason: str, by: User) -> Completion:
    """Supersede the decision by one that rests on the figures as they are now, for a reason in words.

    Raises NotDecided, InvalidInput.
    """
    enrollment = lock_enrollment(enrollment)
    standing = Completion.objects.filter(enrollment=enrollment, superseded_by=None).first()
    if standing is None or enrollment.status == Status.WITHDRAWN:
        raise NotDecided
    if not reason.strip():
        raise InvalidInput(_("Say why the decision is corrected."), field="reason")
    count_again(enrollment)
    if (standing.is_met, standing.grade, standing.attendance) == (is_met, enrollment.grade, enrollment.attendance):
        return standing
    return _decide(enrollment, is_met=is_met, reason=reason, by=by, supersedes=standing)


def decide_anew(enrollment: Enrollment, *, reason: str, by: User) -> None:
    """Let a decision that was taken upon a locked enrollment rest on the figures as they are now."""
    if enrollment.status in (Status.COMPLETED, Status.FAILED):
        correct_completion(enrollment, is_met=count_again(enrollment).is_met, reason=reason, by=by)


@transaction.atomic
def mark_certified(
    enrollment: Enrollment, *, code: str, issued_on: date | None, revoked_on: date | None = None
) -> None:
    """Note the last certificate on the enrollment, for pages and figures below; no code: there is none."""
    enrollment = lock_enrollment(enrollment)
    marks = {"credential_code": code, "credential_issued_on": issued_on, "credential_revoked_on": revoked_on}
    if all(getattr(enrollment, name) == value for name, value in marks.items()):
        return
    for name, value in marks.items():
        setattr(enrollment, name, value)
    enrollment.save(update_fields=[*marks, "updated_at"])
    enrollment_changed.send(Enrollment, enrollment_id=enrollment.pk)


def overdue_day() -> date:
    """Cohorts whose last day is before this one leave no time for results any more."""
    return timezone.localdate() - FAILED_AFTER


def _decide(
    enrollment: Enrollment, *, is_met: bool, by: User | None, reason: str = "", supersedes: Completion | None = None
) -> Completion:
    completion = Completion.objects.create(
        enrollment=enrollment,
        is_met=is_met,
        decided_by=by,
        grade=enrollment.grade,
        attendance=enrollment.attendance,
        progress=enrollment.progress,
        reason=reason,
        supersedes=supersedes,
    )
    audit.record("completion.decided", completion, by=by, is_met=is_met)
    status = Status.COMPLETED if is_met else Status.FAILED
    if enrollment.status != status:
        move(enrollment, status, by=by, note=reason)
    transaction.on_commit(partial(completion_decided.send, Completion, completion_id=completion.pk))
    return completion
