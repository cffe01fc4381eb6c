"""Quizzes as learners take them: begun, answered as one goes, handed in, looked at again."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from base.errors import DomainError, InvalidInput
from courses.models import QuizItem
from courses.questions import Response, parse_response
from enrollment.models import Enrollment
from enrollment.services.progress import passes
from learning import rules
from learning.models import Attempt
from learning.queries.player import Asked, asked_in, last_saved_at, learner_attempts, quiz_standing
from learning.services.attempts import save_answer, save_answers, start_attempt, submit_attempt
from learning.views.player import find_enrollment, find_lesson, lesson_frame


def find_attempt(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> Attempt:
    """An attempt of the learner who asks, with its enrollment and quiz."""
    attempts = learner_attempts(request.user).filter(enrollment__uuid=enrollment, lesson__uuid=lesson)
    return get_object_or_404(attempts, uuid=uuid)


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
    return _show_sheet(request, attempt, asked_in(attempt))


@login_required
@require_POST
def save_answer_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> HttpResponse:
    """Keep one answer as it is given; says in words that it is saved, or why not. Sent by player.ts."""
    attempt = find_attempt(request, enrollment, lesson, uuid)
    number = request.POST.get("item", "").removeprefix("item-")
    items = QuizItem.objects.select_related("question").filter(lesson_id=attempt.lesson_id)
    item = get_object_or_404(items, pk=number if number.isascii() and number.isdigit() and len(number) < 19 else None)
    try:
        save_answer(attempt, item, request.POST.getlist(f"item-{item.pk}"))
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    time = date_format(timezone.localtime(), "H:i:s")
    return HttpResponse(_("Saved at %(time)s") % {"time": time}, content_type="text/plain; charset=utf-8")


def _keep_sheet(request: AuthenticatedRequest, attempt: Attempt) -> HttpResponse:
    """Keep every answer of the page, then hand it in if that was asked for."""
    asked, responses = _read_sheet(asked_in(attempt), request.POST)
    try:
        save_answers(attempt, responses)
        if any(question.error for question in asked):
            return _show_sheet(request, attempt, asked, status=422)
        unanswered = sum(not response for response in responses.values())
        wanted = request.POST.get("then")
        if wanted == "submit" and unanswered:
            return _show_sheet(request, attempt, asked, unanswered=unanswered)
        if wanted in ("submit", "submit-anyway"):
            submit_attempt(attempt)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("learning:attempt", attempt.enrollment.uuid, attempt.lesson.uuid, attempt.uuid)


def _read_sheet(asked: list[Asked], data: QueryDict) -> tuple[list[Asked], dict[QuizItem, Response]]:
    """The questions with what was sent for them, and the answers that could be read."""
    shown, responses = [], {}
    for question in asked:
        raw = data.getlist(question.name)
        definition = question.item.question.definition
        try:
            responses[question.item] = parse_response(question.kind, definition, raw)
            shown.append(replace(question, response=responses[question.item]))
        except InvalidInput as error:
            shown.append(replace(question, response=" ".join(raw)[:500], error=str(error)))
    return shown, responses


def _show_sheet(
    request: AuthenticatedRequest, attempt: Attempt, asked: list[Asked], *, unanswered: int = 0, status: int = 200
) -> HttpResponse:
    warning = ngettext(
        "%(count)d question is not answered yet.", "%(count)d questions are not answered yet.", unanswered
    )
    context = lesson_frame(request, attempt.enrollment, attempt.lesson) | {
        "attempt": attempt,
        "questions": asked,
        "warning": warning % {"count": unanswered} if unanswered else "",
        "saved_at": last_saved_at(attempt),
        "has_errors": any(question.error for question in asked),
    }
    return render(request, "learning/attempt.html", context, status=status)


def _show_result(request: AuthenticatedRequest, attempt: Attempt) -> HttpResponse:
    """The right answers are shown once no further attempt could use them."""
    standing = quiz_standing(attempt.enrollment, attempt.lesson)
    has_passed = passes(attempt.lesson, attempt.score)
    is_over = attempt.enrollment.status != Enrollment.Status.ACTIVE
    context = lesson_frame(request, attempt.enrollment, attempt.lesson) | {
        "attempt": attempt,
        "questions": asked_in(attempt),
        "standing": standing,
        "has_passed": has_passed,
        "reveals": has_passed or standing.left == 0 or is_over,
    }
    return render(request, "learning/result.html", context)
