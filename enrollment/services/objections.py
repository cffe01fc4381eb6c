"""Learners contest a figure; the provider decides by a day, and everything that follows from it is counted again."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.services.notices import notify
from base.transitions import Transitions, check_move
from courses.models import Lesson
from enrollment.models import AttendanceEntry, Completion, Enrollment, Objection
from enrollment.services.attendance import record_attendance
from enrollment.services.completions import correct_completion, decide_anew
from enrollment.services.figures import lock_enrollment
from enrollment.services.grades import override_scores

Status, About = Objection.Status, Objection.About
TRANSITIONS: Transitions = {
    Status.CONTESTED: frozenset({Status.UPHELD, Status.REJECTED, Status.WITHDRAWN}),
    Status.UPHELD: frozenset(),
    Status.REJECTED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}


class AlreadyContested(DomainError):
    code = "already-contested"
    message = gettext_lazy("You have contested this figure; a decision is on its way.")


class NothingToContest(DomainError):
    code = "nothing-to-contest"
    message = gettext_lazy("There is no such decision or figure yet.")


class OwnObjection(DomainError):
    code = "own-objection"
    status = 403
    message = gettext_lazy("Nobody decides about oneself.")


@transaction.atomic
def contest_figure(
    enrollment: Enrollment, *, about: str, words: str, lesson: Lesson | None = None, by: User
) -> Objection:
    """Contest one figure of an own enrollment. Raises AlreadyContested, NothingToContest, InvalidInput."""
    enrollment = lock_enrollment(enrollment)
    if not words.strip():
        raise InvalidInput(_("Say what is wrong."), field="words")
    if lesson and lesson.version_id != enrollment.cohort.version_id:
        raise InvalidInput(_("This lesson is not of this course."), field="lesson")
    decided = enrollment.status in (Enrollment.Status.COMPLETED, Enrollment.Status.FAILED)
    if enrollment.status == Enrollment.Status.WITHDRAWN or (about == About.COMPLETION and not decided):
        raise NothingToContest
    if enrollment.objections.filter(about=about, status=Status.CONTESTED).exists():
        raise AlreadyContested
    objection = Objection.objects.create(
        enrollment=enrollment,
        about=About(about),
        lesson=lesson,
        words=words.strip(),
        due_at=timezone.now() + timedelta(days=settings.OBJECTION_DAYS),
    )
    audit.record("objection.contested", objection, by=by, about=about)
    return objection


@transaction.atomic
def withdraw_objection(objection: Objection, *, by: User) -> Objection:
    """The learner takes an objection back. Raises IllegalMove."""
    objection = _lock(objection)
    if objection.status != Status.WITHDRAWN:
        _move(objection, Status.WITHDRAWN, by=by)
    return objection


@transaction.atomic
def reject_objection(objection: Objection, *, reason: str, by: User) -> Objection:
    """Let the figure stand, for a reason that the learner reads. Raises IllegalMove, InvalidInput, OwnObjection."""
    objection = _lock(objection)
    if objection.status == Status.REJECTED:
        return objection
    _decide(objection, Status.REJECTED, reason=reason, by=by)
    return objection


@transaction.atomic
def uphold_objection(
    objection: Objection,
    *,
    reason: str,
    lesson: Lesson | None = None,
    minutes: int | None = None,
    score: Decimal | None = None,
    by: User,
) -> Objection:
    """Correct the figure: `minutes` more (or less) in a lesson, another `score` in one, or the decision turned round.

    The figures are counted again, and a decision that rests on them is superseded by one that rests on the new ones.
    Raises IllegalMove, InvalidInput, OwnObjection.
    """
    objection = _lock(objection)
    if objection.status == Status.UPHELD:
        return objection
    enrollment = lock_enrollment(objection.enrollment)
    _decide(objection, Status.UPHELD, reason=reason, by=by)
    if objection.about == About.COMPLETION:
        standing = Completion.objects.get(enrollment=enrollment, superseded_by=None)
        correct_completion(enrollment, is_met=not standing.is_met, reason=reason, by=by)
        return objection
    lesson = lesson or objection.lesson
    if lesson is None:
        raise InvalidInput(_("Choose the lesson."), field="lesson")
    if objection.about == About.ATTENDANCE:
        _correct_minutes(objection, enrollment, lesson, minutes, by=by)
    elif score is None:
        raise InvalidInput(_("Write the score that is right."), field="score")
    else:
        override_scores(enrollment, {lesson: score}, reason=objection.reason, by=by)
    decide_anew(lock_enrollment(enrollment), reason=reason, by=by)
    return objection


def _correct_minutes(
    objection: Objection, enrollment: Enrollment, lesson: Lesson, minutes: int | None, *, by: User
) -> None:
    if not minutes or not lesson.is_attended:
        raise InvalidInput(_("Write how many minutes are to be added or taken back."), field="minutes")
    source = AttendanceEntry.Source.LIVE if lesson.kind == Lesson.Kind.LIVE else AttendanceEntry.Source.ON_SITE
    key = f"objection-{objection.pk}"
    today = timezone.localdate()
    record_attendance(
        enrollment, lesson, minutes=minutes, source=source, on=today, reason=objection.reason, key=key, by=by
    )


def _lock(objection: Objection) -> Objection:
    rows = Objection.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("enrollment__cohort__course", "lesson").get(pk=objection.pk)


def _decide(objection: Objection, to: str, *, reason: str, by: User) -> None:
    if not reason.strip():
        raise InvalidInput(_("Say why it is decided so."), field="reason")
    if by.person_id == objection.enrollment.person_id:
        raise OwnObjection
    objection.reason, objection.decided_by, objection.decided_at = reason.strip()[:300], by, timezone.now()
    _move(objection, to, by=by)
    learner = User.objects.filter(person=objection.enrollment.person_id).first()
    if learner:
        notify(
            learner.pk,
            kind=f"objection-{to}",
            key=f"objection-{objection.pk}",
            params={"course": objection.enrollment.cohort.course.title, "reason": objection.reason},
            url=f"/objections/{objection.uuid}/",
        )


def _move(objection: Objection, to: str, *, by: User) -> None:
    """The one gate: the state, its audit row; each state is reached once, so the row itself is the history."""
    check_move(TRANSITIONS, objection.status, to)
    objection.status = to
    objection.save()
    audit.record(f"objection.{to}", objection, by=by)
