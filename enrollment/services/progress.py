"""What a learner does in lessons, from opening one to a result that a teacher writes down.

Each function may be called again with the same result. Results count for every enrollment that was not given up; only
an active one is decided upon.
"""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from courses.models import Lesson
from enrollment.models import Enrollment, LessonProgress
from enrollment.services.completions import decide_completion
from enrollment.services.figures import count_again, lock_enrollment


class EnrollmentGivenUp(DomainError):
    code = "enrollment-withdrawn"
    message = _("This person has left the course; nothing can be added.")


class OwnGrade(DomainError):
    code = "own-grade"
    status = 403
    message = _("Nobody changes own results.")


def refuse_own(enrollment: Enrollment, *, by: User) -> None:
    """Nobody says what they themselves have reached. Raises OwnGrade."""
    if by.person_id is not None and by.person_id == enrollment.person_id:
        raise OwnGrade


@transaction.atomic
def open_lesson(enrollment: Enrollment, lesson: Lesson) -> LessonProgress:
    """Note that a learner opened a lesson, and that learning resumes there."""
    enrollment = lock_for(enrollment, lesson)
    if enrollment.last_lesson_id != lesson.pk:
        Enrollment.objects.filter(pk=enrollment.pk).update(last_lesson=lesson)
    return find_progress(enrollment, lesson)


@transaction.atomic
def keep_position(enrollment: Enrollment, lesson: Lesson, *, seconds: int) -> None:
    """Note where in a video or audio a learner is, to resume there."""
    progress = find_progress(lock_for(enrollment, lesson), lesson)
    progress.position = max(0, seconds)
    progress.save(update_fields=["position"])


@transaction.atomic
def complete_lesson(enrollment: Enrollment, lesson: Lesson) -> LessonProgress:
    """Note that a learner is through with a lesson that is done by going through it."""
    enrollment = lock_for(enrollment, lesson)
    progress = find_progress(enrollment, lesson)
    if progress.completed_at is None:
        progress.completed_at = timezone.now()
        progress.save(update_fields=["completed_at"])
        settle(enrollment)
    return progress


@transaction.atomic
def record_score(enrollment: Enrollment, lesson: Lesson, *, score: Decimal) -> LessonProgress:
    """Note what the learner's attempts are worth together (0 to 100); a better result by hand stays, and an override.

    Reaching the pass score makes the lesson done; it stays done whatever comes after.
    """
    enrollment = lock_for(enrollment, lesson)
    progress = find_progress(enrollment, lesson)
    progress.attempt_score = checked_score(score)
    progress.count_score()
    if progress.completed_at is None and passes(lesson, progress.score):
        progress.completed_at = timezone.now()
    progress.save(update_fields=["attempt_score", "score", "completed_at"])
    settle(enrollment)
    return progress


@transaction.atomic
def record_result_by_hand(
    enrollment: Enrollment,
    lesson: Lesson,
    *,
    score: Decimal | None = None,
    completed: bool | None = None,
    evidence: str = "",
    by: User,
) -> LessonProgress:
    """Write down a teacher's result for a lesson of any kind; a further one replaces it.

    It hides no attempt: the better of the two scores counts, unless that is overridden. Unless `completed` says it, the
    score decides whether the lesson is done. Raises InvalidInput, EnrollmentGivenUp, OwnGrade.
    """
    refuse_own(enrollment, by=by)
    if score is None and completed is None:
        raise InvalidInput(_("Give a score, or say whether the lesson is done."), field="score")
    enrollment = lock_for(enrollment, lesson)
    progress = find_progress(enrollment, lesson)
    if score is not None:
        progress.hand_score = checked_score(score)
        progress.count_score()
    done = completed if completed is not None else passes(lesson, progress.score)
    progress.completed_at = (progress.completed_at or timezone.now()) if done else None
    progress.by_hand, progress.evidence = True, evidence
    progress.save(update_fields=["hand_score", "score", "completed_at", "by_hand", "evidence"])
    audit.record(
        "lesson-result.recorded", enrollment, by=by, lesson=str(lesson.uuid), score=str(score), completed=completed
    )
    settle(enrollment)
    return progress


def settle(enrollment: Enrollment) -> None:
    """Count the figures of a locked enrollment again, and decide upon it when its last rule is met."""
    decide_completion(enrollment, count_again(enrollment))


def passes(lesson: Lesson, score: Decimal | None) -> bool:
    """Whether a score makes a lesson done."""
    return score is not None and (lesson.pass_score is None or score >= lesson.pass_score)


def lock_for(enrollment: Enrollment, lesson: Lesson) -> Enrollment:
    """Lock an enrollment for a result in one of its lessons. Raises EnrollmentGivenUp, InvalidInput."""
    enrollment = lock_enrollment(enrollment)
    if enrollment.status == Enrollment.Status.WITHDRAWN:
        raise EnrollmentGivenUp
    if lesson.version_id != enrollment.cohort.version_id:
        raise InvalidInput(_("This lesson is not of this course."), field="lesson")
    return enrollment


def find_progress(enrollment: Enrollment, lesson: Lesson) -> LessonProgress:
    """The row of a locked enrollment for a lesson, made on first need."""
    return LessonProgress.objects.get_or_create(enrollment=enrollment, lesson=lesson)[0]


def checked_score(score: Decimal) -> Decimal:
    """A score as it is stored, to the hundredth. Raises InvalidInput."""
    if not 0 <= score <= 100:
        raise InvalidInput(_("A score lies between 0 and 100."), field="score")
    return score.quantize(Decimal("0.01"))
