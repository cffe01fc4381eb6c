"""A learner's goes at a quiz: begun, answered one by one, handed in and graded once.

Locks are taken in one order, enrollment before attempt when one begins, attempt before enrollment when it is handed
in; the two never meet, since an attempt that begins is not yet there to be handed in.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, IllegalMove, InvalidInput
from base.transitions import Transitions, check_move
from courses.models import Lesson, Question
from courses.questions import Response, grade_response, read_response
from courses.uploads import check_document
from enrollment.models import Enrollment
from enrollment.services.progress import record_score
from learning.models import Answer, AnswerFile, Attempt, AttemptQuestion
from learning.queries.quizzes import drawn_for, last_responses

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
    attempt = Attempt.objects.create(enrollment=enrollment, lesson=quiz, number=number)
    _ask(attempt)
    return attempt


@transaction.atomic
def save_answer(attempt: Attempt, question: AttemptQuestion, raw: object) -> Answer:
    """Keep what was answered to one question; the same answer again keeps the row there is.

    Raises InvalidInput where the answer cannot be read, AttemptClosed, LearningEnded.
    """
    _lock_open(attempt)
    if question.attempt_id != attempt.pk:
        raise InvalidInput(_("This question is not of this quiz."))
    response = read_answer(question, raw)
    last = question.answers.order_by("-id").first()
    if last and last.response == response:
        return last
    return Answer.objects.create(question=question, response=response)


@transaction.atomic
def save_answers(attempt: Attempt, responses: Mapping[int, Response]) -> None:
    """Keep the answers, by the id of their question, that differ from those kept last, in one insert.

    Raises AttemptClosed, LearningEnded.
    """
    _lock_open(attempt)
    kept = last_responses(attempt)
    own = set(attempt.questions.values_list("pk", flat=True))
    Answer.objects.bulk_create(
        Answer(question_id=question, response=response)
        for question, response in responses.items()
        if question in own and response != kept.get(question, type(response)())
    )


@transaction.atomic
def save_file(attempt: Attempt, question: AttemptQuestion, file: UploadedFile[bytes]) -> AnswerFile:
    """Keep a file that was sent in, and let it be the answer. Raises InvalidInput, AttemptClosed, LearningEnded."""
    _lock_open(attempt)
    if question.attempt_id != attempt.pk or question.version.question.kind != Question.Kind.FILE:
        raise InvalidInput(_("This question is not of this quiz."))
    name = PurePath(file.name or "").name[-255:]
    check_document(name, file.size or 0, file.read(16), endings=question.version.content["endings"])
    file.seek(0)
    kept = AnswerFile(question=question, name=name)
    kept.file.save(f"{kept.uuid}{PurePath(name).suffix.lower()}", file, save=False)
    kept.save()
    Answer.objects.create(question=question, response=str(kept.uuid))
    return kept


def read_answer(question: AttemptQuestion, raw: object) -> Response:
    """Read what was sent as the answer to a question; a file is known once it is there. Raises InvalidInput."""
    response = read_response(question.version.question.kind, question.version.content, raw)
    is_file = question.version.question.kind == Question.Kind.FILE
    if is_file and response and not question.files.filter(uuid=str(response)).exists():
        raise InvalidInput(_("This file has not arrived: choose it once more."))
    return response


@transaction.atomic
def submit_attempt(attempt: Attempt) -> Attempt:
    """Grade an attempt from its last answers and put the score on the learner's record; twice is once.

    Where a person has to grade, there is no score yet.
    """
    locked = _lock(attempt)
    if locked.status == Status.SUBMITTED:
        return locked
    _refuse_unless_active(locked.enrollment)
    check_move(TRANSITIONS, locked.status, Status.SUBMITTED)
    responses = last_responses(locked)
    questions = list(locked.questions.select_related("version__question"))
    for question in questions:
        version = question.version
        question.worth = grade_response(version.question.kind, version.content, responses.get(question.pk, "")).worth
    AttemptQuestion.objects.bulk_update(questions, ["worth"])
    locked.status, locked.submitted_at = Status.SUBMITTED, timezone.now()
    locked.save(update_fields=["status", "submitted_at", "updated_at"])
    _settle_score(locked, questions)
    return locked


@transaction.atomic
def grade_by_hand(question: AttemptQuestion, *, worth: Decimal, by: User) -> Attempt:
    """Say what an answer is worth, 0 to 1; with the last one that waits, the attempt gets its score.

    Raises InvalidInput, IllegalMove where it is not handed in yet.
    """
    if not 0 <= worth <= 1:
        raise InvalidInput(_("An answer is worth from 0 to 100 per cent."), field="worth")
    attempt = _lock(question.attempt)
    if attempt.status != Status.SUBMITTED:
        raise IllegalMove
    question.worth = worth
    question.save(update_fields=["worth"])
    audit.record("answer.graded", on=attempt, by=by, number=question.number, worth=str(worth))
    _settle_score(attempt, list(attempt.questions.all()))
    return attempt


def _settle_score(attempt: Attempt, questions: Sequence[AttemptQuestion]) -> None:
    """Write down the score once every answer has its grade."""
    attempt.score = score_of(questions)
    attempt.save(update_fields=["score", "updated_at"])
    if attempt.score is not None:
        record_score(attempt.enrollment, attempt.lesson, score=attempt.score)


def score_of(questions: Sequence[AttemptQuestion]) -> Decimal | None:
    """The points reached as a share of all points, 0 to 100; None while an answer waits for its grade."""
    reached = total = Decimal(0)
    for question in questions:
        if question.worth is None:
            return None
        reached += question.points * question.worth
        total += question.points
    return (100 * reached / total).quantize(Decimal("0.01")) if total else Decimal(0)


def _ask(attempt: Attempt) -> None:
    """Draw the questions of a new attempt; from now on they stay."""
    drawn = drawn_for(attempt.lesson, seed=str(attempt.uuid))
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(attempt=attempt, number=number, item_id=one.item, version_id=one.version, points=one.points)
        for number, one in enumerate(drawn, start=1)
    )


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
