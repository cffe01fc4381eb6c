"""Quizzes as learners take them: begun, answered as one goes, handed in, looked at again."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from base.errors import DomainError, InvalidInput
from courses.models import Question
from courses.questions import Response
from enrollment.models import Enrollment
from enrollment.services.progress import passes
from learning import rules
from learning.asking import Asked, sent_for
from learning.models import Attempt, AttemptQuestion
from learning.queries.player import learner_attempts
from learning.queries.quizzes import (
    Sheet,
    asked_in,
    last_saved_at,
    learner_questions,
    questions_of,
    quiz_standing,
)
from learning.services.attempts import (
    read_answer,
    save_answer,
    save_answers,
    save_file,
    start_attempt,
    submit_attempt,
)
from learning.views.player import find_enrollment, find_lesson, lesson_frame

MOST_SHOWN = 500


def find_attempt(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> Attempt:
    """An attempt of the learner who asks, with its enrollment and quiz."""
    attempts = learner_attempts(request.user).filter(enrollment__uuid=enrollment, lesson__uuid=lesson)
    return get_object_or_404(attempts, uuid=uuid)


def find_question(request: AuthenticatedRequest, attempt: Attempt, name: str) -> AttemptQuestion:
    """What an attempt asks under the name of a form's field."""
    number = name.removeprefix("q-")
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    questions = learner_questions(request.user, attempt).select_related("version__question")
    return get_object_or_404(questions, pk=number if is_number else None)


@login_required
@require_POST
def start_attempt_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    found = find_enrollment(request, enrollment)
    quiz = find_lesson(found, lesson)
    try:
        attempt = start_attempt(found, quiz)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("learning:lesson", found.uuid, quiz.uuid)
    return redirect("learning:attempt", found.uuid, quiz.uuid, attempt.uuid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attempt_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> HttpResponse:
    """The questions while it is open, and what came of them afterwards."""
    attempt = find_attempt(request, enrollment, lesson, uuid)
    if request.method == "POST":
        return _keep_sheet(request, attempt)
    if attempt.status == Attempt.Status.SUBMITTED or not rules.can_learn(request.user, attempt.enrollment):
        return _show_result(request, attempt)
    return _show_sheet(request, attempt)


@login_required
@require_POST
def save_answer_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> HttpResponse:
    """Keep one answer as it is given; says in words that it is saved, or why not. Sent by player.ts."""
    attempt = find_attempt(request, enrollment, lesson, uuid)
    name = request.POST.get("question", "")
    question = find_question(request, attempt, name)
    try:
        if file := request.FILES.get(name):
            save_file(attempt, question, file)
        else:
            save_answer(attempt, question, sent_for(request.POST, name))
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    time = date_format(timezone.localtime(), "H:i:s")
    return HttpResponse(_("Saved at %(time)s") % {"time": time}, content_type="text/plain; charset=utf-8")


def _keep_sheet(request: AuthenticatedRequest, attempt: Attempt) -> HttpResponse:
    """Keep every answer of the page, then hand it in if that was asked for."""
    wanted = request.POST.get("then")
    try:
        errors = _keep_answers(request, attempt)
        if errors:
            return _show_sheet(request, attempt, errors=errors, status=422)
        unanswered = sum(not asked.response for asked in questions_of(asked_in(attempt)))
        if wanted == "submit" and unanswered:
            return _show_sheet(request, attempt, unanswered=unanswered)
        if wanted in ("submit", "submit-anyway"):
            submit_attempt(attempt)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("learning:attempt", attempt.enrollment.uuid, attempt.lesson.uuid, attempt.uuid)


def _keep_answers(request: AuthenticatedRequest, attempt: Attempt) -> dict[str, tuple[str, str]]:
    """Keep what can be read; for each question that cannot, by its name, what was sent and what is wrong with it.

    A file that is not sent anew stays as it is.
    """
    responses: dict[int, Response] = {}
    errors = {}
    for question in attempt.questions.select_related("version__question"):
        name = f"q-{question.pk}"
        try:
            if file := request.FILES.get(name):
                save_file(attempt, question, file)
            elif question.version.question.kind != Question.Kind.FILE:
                responses[question.pk] = read_answer(question, sent_for(request.POST, name))
        except InvalidInput as error:
            errors[name] = (" ".join(request.POST.getlist(name))[:MOST_SHOWN], str(error))
    save_answers(attempt, responses)
    return errors


def _with_errors(sheet: Sheet, errors: Mapping[str, tuple[str, str]]) -> Sheet:
    """The sheet with what was sent in vain in place of what is kept."""
    shown = [_with_error(one, *errors[one.name]) if one.name in errors else one for one in sheet.questions]
    return replace(sheet, questions=shown)


def _with_error(asked: Asked, typed: str, error: str) -> Asked:
    is_written = asked.is_one_line or asked.kind == Question.Kind.ESSAY
    return replace(asked, error=error, response=typed if is_written else asked.response)


def _show_sheet(
    request: AuthenticatedRequest,
    attempt: Attempt,
    *,
    errors: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    unanswered: int = 0,
    status: int = 200,
) -> HttpResponse:
    warning = ngettext(
        "%(count)d question is not answered yet.", "%(count)d questions are not answered yet.", unanswered
    )
    context = lesson_frame(request, attempt.enrollment, attempt.lesson) | {
        "attempt": attempt,
        "sheets": [_with_errors(sheet, errors) for sheet in asked_in(attempt)],
        "warning": warning % {"count": unanswered} if unanswered else "",
        "saved_at": last_saved_at(attempt),
        "has_errors": bool(errors),
    }
    return render(request, "learning/attempt.html", context, status=status)


def _show_result(request: AuthenticatedRequest, attempt: Attempt) -> HttpResponse:
    """The right answers are shown once no further attempt could use them."""
    standing = quiz_standing(attempt.enrollment, attempt.lesson)
    has_passed = passes(attempt.lesson, attempt.score)
    is_over = attempt.enrollment.status != Enrollment.Status.ACTIVE
    context = lesson_frame(request, attempt.enrollment, attempt.lesson) | {
        "attempt": attempt,
        "sheets": asked_in(attempt),
        "standing": standing,
        "has_passed": has_passed,
        "reveals": has_passed or standing.left == 0 or is_over,
    }
    return render(request, "learning/result.html", context)
