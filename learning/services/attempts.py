"""A learner's goes at a quiz: begun, answered one by one, handed in and graded once.

Locks are taken in one order, enrollment before attempt when one begins, attempt before enrollment when it is handed
in; the two never meet, since an attempt that begins is not yet there to be handed in.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.errors import DomainError, InvalidInput
from base.transitions import Transitions, check_move
from courses.models import Lesson, QuizItem
from courses.questions import Response, grade, parse_response
from enrollment.models import Enrollment
from enrollment.services.progress import record_score
from learning.models import Answer, Attempt
from learning.queries.player import last_responses

Status = Attempt.Status

TRANSITIONS: Transitions = {Status.OPEN: frozenset({Status.SUBMITTED}), Status.SUBMITTED: frozenset()}


class LearningEnded(DomainError):
    code = "learning-ended"
    message = _("You are no longer learning in this course: it can be read, but nothing can be handed in.")


class NoAttemptLeft(DomainError):
    code = "no-attempt-left"
    message = _("You have used every attempt at this quiz.")


class AttemptClosed(DomainError):
    code = "attempt-closed"
    message = _("This attempt has been handed in; its answers stay as they were.")


class NotQuiz(InvalidInput):
    code = "not-a-quiz"
    message = _("This lesson is not a quiz.")


@transaction.atomic
def start_attempt(enrollment: Enrollment, quiz: Lesson) -> Attempt:
    """Begin a go at a quiz; the one that is open already goes on. Raises LearningEnded, NoAttemptLeft, NotQuiz."""
    enrollment = (
        Enrollment.objects.select_for_update(no_key=True, of=("self",)).select_related("cohort").get(pk=enrollment.pk)
    )
    _refuse_unless_active(enrollment)
    if quiz.kind != Lesson.Kind.QUIZ or quiz.version_id != enrollment.cohort.version_id:
        raise NotQuiz
    attempts = Attempt.objects.filter(enrollment=enrollment, lesson=quiz)
    if begun := attempts.filter(status=Status.OPEN).first():
        return begun
    number = (attempts.aggregate(last=Max("number"))["last"] or 0) + 1
    if quiz.max_attempts is not None and number > quiz.max_attempts:
        raise NoAttemptLeft
    return Attempt.objects.create(enrollment=enrollment, lesson=quiz, number=number)


@transaction.atomic
def save_answer(attempt: Attempt, item: QuizItem, raw: object) -> Answer:
    """Keep what was answered to one item; the same answer again keeps the row there is.

    Raises InvalidInput where the answer cannot be read, AttemptClosed, LearningEnded.
    """
    attempt = _lock_open(attempt)
    if item.lesson_id != attempt.lesson_id:
        raise InvalidInput(_("This question is not of this quiz."))
    response = parse_response(item.question.kind, item.question.definition, raw)
    last = attempt.answers.filter(item=item).order_by("-id").first()
    if last and last.response == response:
        return last
    return Answer.objects.create(attempt=attempt, item=item, response=response)


@transaction.atomic
def save_answers(attempt: Attempt, responses: Mapping[QuizItem, Response]) -> None:
    """Keep the answers that differ from those kept last, in one insert. Raises AttemptClosed, LearningEnded."""
    attempt = _lock_open(attempt)
    kept = last_responses(attempt)
    Answer.objects.bulk_create(
        Answer(attempt=attempt, item=item, response=response)
        for item, response in responses.items()
        if response != kept.get(item.pk, [] if isinstance(response, list) else "")
    )


@transaction.atomic
def submit_attempt(attempt: Attempt) -> Attempt:
    """Grade an attempt from its last answers and put the score on the learner's record; twice is once."""
    locked = _lock(attempt)
    if locked.status == Status.SUBMITTED:
        return locked
    _refuse_unless_active(locked.enrollment)
    check_move(TRANSITIONS, locked.status, Status.SUBMITTED)
    locked.score = score_of(locked)
    locked.status, locked.submitted_at = Status.SUBMITTED, timezone.now()
    locked.save(update_fields=["score", "status", "submitted_at", "updated_at"])
    record_score(locked.enrollment, locked.lesson, score=locked.score)
    return locked


def score_of(attempt: Attempt) -> Decimal:
    """The points reached as a share of all points, 0 to 100."""
    responses = last_responses(attempt)
    reached = total = Decimal(0)
    for item in attempt.lesson.items.select_related("question"):
        worth = grade(item.question.kind, item.question.definition, responses.get(item.pk, ""))
        reached += item.points * worth
        total += item.points
    return (100 * reached / total).quantize(Decimal("0.01")) if total else Decimal(0)


def _lock(attempt: Attempt) -> Attempt:
    attempts = Attempt.objects.select_for_update(no_key=True, of=("self",))
    return attempts.select_related("enrollment__cohort", "lesson").get(pk=attempt.pk)


def _lock_open(attempt: Attempt) -> Attempt:
    attempt = _lock(attempt)
    if attempt.status != Status.OPEN:
        raise AttemptClosed
    _refuse_unless_active(attempt.enrollment)
    return attempt


def _refuse_unless_active(enrollment: Enrollment) -> None:
    if enrollment.status != Enrollment.Status.ACTIVE:
        raise LearningEnded
