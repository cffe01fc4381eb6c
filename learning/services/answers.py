"""Answers of an open attempt, kept as they are given: each once, and none lost to a newer or an older one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.models import Question
from courses.questions import Response, read_response
from courses.uploads import check_document
from enrollment.models import Enrollment
from learning.models import Answer, AnswerFile, Attempt, AttemptQuestion
from learning.queries.quizzes import OpenQuestion, last_responses
from learning.services.attempts import LearningEnded, TimeIsUp, lock_open, refuse_unless_open

MOST_SEQUENCE = 10**12


@dataclass(frozen=True)
class Sent:
    """How a page names an answer that it sends: an id of its own, and its place among the answers of the page."""

    client_id: UUID
    sequence: int

    def __post_init__(self) -> None:
        if not 0 < self.sequence < MOST_SEQUENCE:
            raise InvalidInput(_("This answer does not fit the question: open the page again and answer anew."))


def keep_answer(question: OpenQuestion, raw: object, *, sent: Sent) -> None:
    """Keep one answer as it is given, in one statement; the same one again is kept once.

    Raises InvalidInput where it cannot be read, AttemptClosed, TimeIsUp, LearningEnded.
    """
    learns = question.enrollment_status == Enrollment.Status.ACTIVE
    response = _read(question.pk, question.kind, question.content, raw)
    if (learns and _insert(question, response, sent)) or _is_kept(question.pk, sent):
        return
    if not learns:
        raise LearningEnded
    refuse_unless_open(Attempt.objects.get(pk=question.attempt))
    raise TimeIsUp


@transaction.atomic
def save_answer(attempt: Attempt, question: AttemptQuestion, raw: object) -> Answer:
    """Keep what was answered to one question; the same answer again keeps the row there is.

    Raises InvalidInput where the answer cannot be read, AttemptClosed, TimeIsUp, LearningEnded.
    """
    lock_open(attempt)
    _refuse_foreign(attempt, question)
    response = read_answer(question, raw)
    last = question.answers.order_by("-sequence", "-id").first()
    if last and last.response == response:
        return last
    return Answer.objects.create(question=question, response=response, sequence=last.sequence + 1 if last else 1)


@transaction.atomic
def save_answers(attempt: Attempt, responses: Mapping[int, Response]) -> None:
    """Keep the answers, by the id of their question, that differ from those kept last, in one insert.

    Raises AttemptClosed, TimeIsUp, LearningEnded.
    """
    lock_open(attempt)
    kept = last_responses(attempt)
    own = set(attempt.questions.values_list("pk", flat=True))
    changed = {
        question: response
        for question, response in responses.items()
        if question in own and response != kept.get(question, type(response)())
    }
    if changed:
        last = Answer.objects.filter(question__attempt=attempt).aggregate(last=Max("sequence"))["last"] or 0
        Answer.objects.bulk_create(
            Answer(question_id=question, response=response, sequence=last + 1) for question, response in changed.items()
        )


@transaction.atomic
def save_file(
    attempt: Attempt, question: AttemptQuestion, file: UploadedFile[bytes], *, sent: Sent | None = None
) -> AnswerFile:
    """Keep a file that was sent in, and let it be the answer; the same one again is kept once.

    Raises InvalidInput, AttemptClosed, TimeIsUp, LearningEnded.
    """
    lock_open(attempt)
    _refuse_foreign(attempt, question)
    if question.version.question.kind != Question.Kind.FILE:
        raise InvalidInput(_("This question is not of this quiz."))
    if sent and (known := question.answers.filter(client_id=sent.client_id).first()):
        return question.files.get(uuid=known.response)
    name = PurePath(file.name or "").name[-255:]
    check_document(name, file.size or 0, file.read(16), endings=question.version.content["endings"])
    file.seek(0)
    kept = AnswerFile(question=question, name=name)
    kept.file.save(f"{kept.uuid}{PurePath(name).suffix.lower()}", file, save=False)
    kept.save()
    last = question.answers.aggregate(last=Max("sequence"))["last"] or 0
    Answer.objects.create(
        question=question,
        response=str(kept.uuid),
        client_id=sent.client_id if sent else None,
        sequence=sent.sequence if sent else last + 1,
    )
    return kept


def read_answer(question: AttemptQuestion, raw: object) -> Response:
    """Read what was sent as the answer to a question; a file is known once it is there. Raises InvalidInput."""
    return _read(question.pk, question.version.question.kind, question.version.content, raw)


def _read(question: int, kind: str, content: Mapping[str, Any], raw: object) -> Response:
    response = read_response(kind, content, raw)
    is_file = kind == Question.Kind.FILE
    if is_file and response and not AnswerFile.objects.filter(question=question, uuid=str(response)).exists():
        raise InvalidInput(_("This file has not arrived: choose it once more."))
    return response


def _refuse_foreign(attempt: Attempt, question: AttemptQuestion) -> None:
    if question.attempt_id != attempt.pk:
        raise InvalidInput(_("This question is not of this quiz."))


# Finds the attempt open, holds it so (whoever hands it in waits), and keeps the answer: all or nothing, in one go.
INSERT = """
INSERT INTO learning_answer (question_id, response, at, client_id, sequence)
SELECT %s, %s, %s, %s, %s FROM learning_attempt
WHERE id = %s AND status = 'open' AND (closes_at IS NULL OR closes_at > %s)
"""
ONCE = "ON CONFLICT (question_id, client_id) DO NOTHING"


def _insert(question: OpenQuestion, response: Response, sent: Sent) -> bool:
    """Whether a row was written."""
    now = timezone.now()
    held = "FOR SHARE" if connection.features.has_select_for_update else ""
    given = {"response": response, "at": now, "client_id": sent.client_id}
    stored = [FIELDS[name].get_db_prep_save(value, connection) for name, value in given.items()]
    with connection.cursor() as cursor:
        cursor.execute(f"{INSERT} {held} {ONCE}", [question.pk, *stored, sent.sequence, question.attempt, stored[1]])
        return bool(cursor.rowcount > 0)


FIELDS: dict[str, Any] = {field.name: field for field in Answer._meta.fields}


def _is_kept(question: int, sent: Sent) -> bool:
    return Answer.objects.filter(question=question, client_id=sent.client_id).exists()
