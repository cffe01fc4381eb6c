"""A learner's goes at a quiz: begun, handed in once, marked, graded by a person where the rules cannot.

Handing in and marking are two steps, so that a thousand who hand in at once are not kept waiting by their marks: the
row says that its marking is due, and whoever comes first does it, the request itself or the sweeper.

Locks are taken in one order, enrollment before attempt when one begins, attempt before enrollment when it is marked;
the two never meet, since an attempt that begins is not yet there to be handed in.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, IllegalMove, InvalidInput
from base.services.notices import notify
from base.transitions import Transitions, check_move
from courses.models import Lesson, QuizRules
from courses.queries import rules_of
from courses.questions import GRADED_BY_HAND, Response, grade_response
from enrollment.models import Enrollment
from enrollment.services.figures import lock_enrollment
from enrollment.services.progress import record_score, refuse_own
from learning.models import Attempt, AttemptQuestion
from learning.queries.quizzes import drawn_for, last_responses
from learning.services.release import refuse_if_locked
from learning.services.times import refuse_outside_window, times_for

Status = Attempt.Status

TRANSITIONS: Transitions = {Status.OPEN: frozenset({Status.SUBMITTED}), Status.SUBMITTED: frozenset()}
MOST_SWEPT = 100  # so that a sweep never takes long from those who are still at it


class LearningEnded(DomainError):
    code = "learning-ended"
    message = _("You are no longer learning in this course: it can be read, but nothing can be handed in.")


class NoAttemptLeft(DomainError):
    code = "no-attempt-left"
    message = _("You have used every attempt at this quiz.")


class AttemptClosed(DomainError):
    code = "attempt-closed"
    message = _("This attempt has been handed in; its answers stay as they were.")


class TimeIsUp(DomainError):
    code = "time-is-up"
    message = _("The time was up: this came too late and does not count. What was saved before does.")


class NotQuiz(InvalidInput):
    code = "not-a-quiz"
    message = _("This lesson is not a quiz.")


@transaction.atomic
def start_attempt(enrollment: Enrollment, quiz: Lesson) -> Attempt:
    """Begin a go at a quiz; the one that is open already goes on, unless its time is up.

    Raises LearningEnded, NoAttemptLeft, NotQuiz, LessonLocked, QuizNotOpen, QuizClosed.
    """
    enrollment = (
        Enrollment.objects.select_for_update(no_key=True, of=("self",)).select_related("cohort").get(pk=enrollment.pk)
    )
    refuse_unless_active(enrollment)
    if quiz.kind != Lesson.Kind.QUIZ or quiz.version_id != enrollment.cohort.version_id:
        raise NotQuiz
    attempts = Attempt.objects.filter(enrollment=enrollment, lesson=quiz)
    if begun := attempts.filter(status=Status.OPEN).first():
        return begun
    refuse_if_locked(enrollment, quiz)
    now = timezone.now()
    refuse_outside_window(enrollment, quiz, now=now)
    number = (attempts.aggregate(last=Max("number"))["last"] or 0) + 1
    if quiz.max_attempts is not None and number > quiz.max_attempts:
        raise NoAttemptLeft
    times = times_for(enrollment, quiz, rules_of(quiz), started_at=now)
    attempt = Attempt.objects.create(
        enrollment=enrollment,
        lesson=quiz,
        number=number,
        started_at=now,
        due_at=times.due_at,
        closes_at=times.closes_at,
    )
    _ask(attempt)
    return attempt


@transaction.atomic
def hand_in(attempt: Attempt) -> Attempt:
    """Close an attempt for good; its marking is due. Twice is once. Raises LearningEnded.

    One whose time has passed was handed in by itself, at that time.
    """
    return _hand_in(lock_attempt(attempt))


@transaction.atomic
def submit_attempt(attempt: Attempt) -> Attempt:
    """Hand in an attempt and mark it: the score goes on the learner's record. Twice is once. Raises LearningEnded.

    Where a person has to grade, there is no score yet.
    """
    return _mark(_hand_in(lock_attempt(attempt)))


@transaction.atomic
def mark_attempt(attempt: Attempt) -> Attempt:
    """Mark an attempt that was handed in from its last answers; twice is once."""
    return _mark(lock_attempt(attempt))


def submit_overdue() -> int:
    """Hand in and mark what is open and overdue, then mark what is due; returns how many."""
    overdue = list(Attempt.objects.overdue().order_by("closes_at")[:MOST_SWEPT])
    due = list(Attempt.objects.filter(marking_due=True).order_by("id")[:MOST_SWEPT])
    for attempt in overdue:
        try:
            submit_attempt(attempt)
        except LearningEnded:
            continue  # it ended just now
    for attempt in due:
        mark_attempt(attempt)
    return len(overdue) + len(due)


@transaction.atomic
def grade_by_hand(question: AttemptQuestion, *, worth: Decimal, comment: str = "", by: User) -> Attempt:
    """Say what an answer is worth, 0 to 1, and why; with the last one that waits, the attempt gets its score.

    A further grade replaces it. Raises InvalidInput, OwnGrade, IllegalMove where it is not handed in yet.
    """
    refuse_own(question.attempt.enrollment, by=by)
    if not 0 <= worth <= 1:
        raise InvalidInput(_("An answer is worth from 0 to 100 per cent."), field="worth")
    attempt = lock_attempt(question.attempt)
    if attempt.status != Status.SUBMITTED or attempt.marking_due:
        raise IllegalMove
    had_score = attempt.score is not None
    question.worth, question.comment = worth, comment.strip()
    question.graded_by, question.graded_at = by, timezone.now()
    question.save(update_fields=["worth", "comment", "graded_by", "graded_at"])
    audit.record("answer.graded", on=attempt, by=by, number=question.number, worth=str(worth))
    _settle_score(attempt, list(attempt.questions.all()), rules_of(attempt.lesson))
    if attempt.score is not None and not had_score:
        _tell(attempt)
    return attempt


# --- What others of this app stand on -----------------------------------------------------------
def lock_attempt(attempt: Attempt) -> Attempt:
    attempts = Attempt.objects.select_for_update(no_key=True, of=("self",))
    return attempts.select_related("enrollment__cohort", "lesson").get(pk=attempt.pk)


def lock_open(attempt: Attempt) -> Attempt:
    """Lock an attempt whose answers are about to change. Raises AttemptClosed, TimeIsUp, LearningEnded."""
    attempt = lock_attempt(attempt)
    refuse_unless_open(attempt)
    refuse_unless_active(attempt.enrollment)
    return attempt


def refuse_unless_open(attempt: Attempt) -> None:
    if not attempt.is_closed_at(timezone.now()):
        return
    raise TimeIsUp if attempt.status == Status.OPEN or attempt.by_clock else AttemptClosed


def refuse_unless_active(enrollment: Enrollment) -> None:
    if enrollment.status != Enrollment.Status.ACTIVE:
        raise LearningEnded


# --- Marks --------------------------------------------------------------------------------------
def score_of(questions: Sequence[AttemptQuestion]) -> Decimal | None:
    """The points reached as a share of all points, 0 to 100; None while an answer waits for its grade."""
    reached = total = Decimal(0)
    for question in questions:
        if question.worth is None:
            return None
        reached += question.points * question.worth
        total += question.points
    return (100 * max(reached, Decimal(0)) / total).quantize(Decimal("0.01")) if total else Decimal(0)


def _hand_in(attempt: Attempt) -> Attempt:
    if attempt.status == Status.SUBMITTED:
        return attempt
    refuse_unless_active(attempt.enrollment)
    check_move(TRANSITIONS, attempt.status, Status.SUBMITTED)
    now = timezone.now()
    attempt.by_clock = attempt.is_closed_at(now)
    attempt.submitted_at = attempt.closes_at if attempt.by_clock else now
    attempt.status, attempt.marking_due = Status.SUBMITTED, True
    attempt.save(update_fields=["status", "submitted_at", "by_clock", "marking_due", "updated_at"])
    return attempt


def _mark(attempt: Attempt) -> Attempt:
    if not attempt.marking_due:
        return attempt
    responses, rules = last_responses(attempt), rules_of(attempt.lesson)
    questions = list(attempt.questions.select_related("version__question"))
    for question in questions:
        question.worth = _worth(question, responses.get(question.pk, ""), rules.penalty)
    AttemptQuestion.objects.bulk_update(questions, ["worth"])
    attempt.marking_due = False
    _settle_score(attempt, questions, rules)
    return attempt


def _worth(question: AttemptQuestion, response: Response, penalty: Decimal) -> Decimal | None:
    """What an answer is worth; one that is wrong takes points away, none does not."""
    kind = question.version.question.kind
    worth = grade_response(kind, question.version.content, response).worth
    is_wrong = worth == 0 and response and kind not in GRADED_BY_HAND
    return -penalty if is_wrong else worth


def _settle_score(attempt: Attempt, questions: Sequence[AttemptQuestion], rules: QuizRules) -> None:
    """Write down the score once every answer has its grade, and what the attempts are worth together."""
    attempt.score = score_of(questions)
    attempt.save(update_fields=["score", "marking_due", "updated_at"])
    if attempt.score is None:
        return
    enrollment = lock_enrollment(attempt.enrollment)
    if enrollment.status == Enrollment.Status.WITHDRAWN:
        return
    attempts = Attempt.objects.filter(enrollment=enrollment, lesson=attempt.lesson).order_by("number")
    scores = [score for score in attempts.values_list("score", flat=True) if score is not None]
    record_score(enrollment, attempt.lesson, score=rules.counted(scores))


def _tell(attempt: Attempt) -> None:
    """Let the learner know that the result is there."""
    user = User.objects.filter(person=attempt.enrollment.person_id).first()
    if user:
        place = [attempt.enrollment.uuid, attempt.lesson.uuid, attempt.uuid]
        params, url = {"quiz": attempt.lesson.title}, reverse("learning:attempt", args=place)
        notify(user.pk, kind="quiz-graded", key=f"quiz-graded:{attempt.uuid}", params=params, url=url)


def _ask(attempt: Attempt) -> None:
    """Draw the questions of a new attempt; from now on they stay."""
    drawn = drawn_for(attempt.lesson, seed=str(attempt.uuid))
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(attempt=attempt, number=number, item_id=one.item, version_id=one.version, points=one.points)
        for number, one in enumerate(drawn, start=1)
    )
