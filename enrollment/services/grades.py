"""Results that count whatever was earned, each for a reason and with its history."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.services.notices import notify
from courses.models import Lesson
from enrollment.models import Enrollment, GradeChange, LessonProgress
from enrollment.services.completions import decide_anew
from enrollment.services.figures import lock_enrollment
from enrollment.services.progress import EnrollmentGivenUp, checked_score, find_progress, passes, refuse_own, settle

Scores = Mapping[Lesson, Decimal | None]


class GradeChanged(DomainError):
    """Another result counts than the one that was looked at; it tells who wrote it, and why."""

    code = "grade-changed"


@transaction.atomic
def override_scores(
    enrollment: Enrollment, scores: Scores, *, reason: str, by: User, seen: Scores | None = None
) -> list[GradeChange]:
    """Let these scores (0 to 100) count whatever was earned in their lessons; None: what was earned counts again.

    `seen` are the scores that counted when they were looked at. What is so already stays as it is. Figures are counted
    again, a decision that was taken is superseded by one that rests on them, the learner is told. Raises InvalidInput,
    EnrollmentGivenUp, OwnGrade, GradeChanged.
    """
    reason = " ".join(reason.replace("\0", "").split())[:300]
    if not reason:
        raise InvalidInput(_("Say why the result is changed."), field="reason")
    enrollment = lock_enrollment(enrollment)
    if enrollment.status == Enrollment.Status.WITHDRAWN:
        raise EnrollmentGivenUp
    refuse_own(enrollment, by=by)
    changes = []
    for lesson, score in scores.items():
        if lesson.version_id != enrollment.cohort.version_id:
            raise InvalidInput(_("This lesson is not of this course."), field="lesson")
        progress, wanted = find_progress(enrollment, lesson), None if score is None else checked_score(score)
        if progress.override == wanted:
            continue
        if seen is not None and seen[lesson] != progress.score:
            raise _changed_meanwhile(progress)
        changes.append(_override(progress, lesson, wanted, reason=reason, by=by))
    if changes:
        settle(enrollment)
        decide_anew(enrollment, reason=reason, by=by)
        _tell(enrollment, changes)
    return changes


def _override(progress: LessonProgress, lesson: Lesson, score: Decimal | None, *, reason: str, by: User) -> GradeChange:
    last = _last_change(progress) if progress.override is not None else None
    earned_at = last.earned_at if last else progress.completed_at
    before, progress.override = progress.score, score
    progress.count_score()
    if not lesson.is_attended:  # of a class minutes say whether it is done
        progress.completed_at = _done_at(progress, lesson, earned_at)
    progress.save(update_fields=["override", "score", "completed_at"])
    change = GradeChange.objects.create(
        enrollment_id=progress.enrollment_id,
        lesson=lesson,
        before=before,
        after=progress.score,
        override=score,
        earned_at=earned_at,
        reason=reason,
        by=by,
    )
    scores = {"before": str(before), "after": str(progress.score)}
    audit.record("grade.changed", progress.enrollment, by=by, lesson=str(lesson.uuid), **scores)
    return change


def _done_at(progress: LessonProgress, lesson: Lesson, earned_at: datetime | None) -> datetime | None:
    """When the lesson was done by the score that counts now; without an override also by what was earned before."""
    if passes(lesson, progress.score):
        return progress.completed_at or earned_at or timezone.now()
    return earned_at if progress.override is None else None


def _last_change(progress: LessonProgress) -> GradeChange | None:
    rows = GradeChange.objects.filter(enrollment=progress.enrollment_id, lesson=progress.lesson_id)
    return rows.select_related("by__person").order_by("-pk").first()


def _changed_meanwhile(progress: LessonProgress) -> GradeChanged:
    score = "—" if progress.score is None else f"{progress.score.normalize():f}"
    last = _last_change(progress)
    if last is None or last.after != progress.score:
        return GradeChanged(_("The result has changed meanwhile: %(score)s counts now."), values={"score": score})
    message = _("%(name)s has written %(score)s meanwhile: “%(reason)s”. Look at it before you write another result.")
    return GradeChanged(message, values={"name": last.by.name, "score": score, "reason": last.reason})


def _tell(enrollment: Enrollment, changes: list[GradeChange]) -> None:
    learner = User.objects.filter(person=enrollment.person_id).first()
    if learner:
        notify(
            learner.pk,
            kind="grade-changed",
            key=f"grade-change-{changes[0].pk}",
            params={"course": enrollment.cohort.course.title, "reason": changes[0].reason},
            url=f"/learn/{enrollment.uuid}/grades/",
        )
