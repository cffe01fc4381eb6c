"""Quizzes as learners take them: begun, answered as one goes, handed in, looked at again."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
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
from learning.queries.player import learner_attempt
from learning.queries.quizzes import (
    OpenQuestion,
    Sheet,
    asked_in,
    learner_question,
    questions_of,
    quiz_standing,
    quiz_ways,
    receipt_of,
    review_of,
)
from learning.services.answers import Sent, keep_answer, read_answer, save_answers, save_file
from learning.services.attempts import TimeIsUp, hand_in, mark_attempt, start_attempt, submit_attempt
from learning.views.player import find_enrollment, find_lesson, lesson_frame

MOST_SHOWN = 500
WARNED_AT = (10, 5, 1)  # minutes before the time is up


def find_attempt(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> Attempt:
    """An attempt of the learner who asks, with its enrollment and quiz."""
    attempt = learner_attempt(request.user, attempt=uuid, lesson=lesson, enrollment=enrollment)
    if attempt is None:
        raise Http404
    return attempt


def find_question(request: AuthenticatedRequest, name: str, **place: UUID) -> OpenQuestion:
    """What an attempt of the learner who asks has under the name of a form's field."""
    number = name.removeprefix("q-")
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    found = learner_question(request.user, question=int(number), **place) if is_number else None
    if found is None:
        raise Http404
    return found


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
    learns = rules.can_learn(request.user, attempt.enrollment)
    if learns and attempt.status == Attempt.Status.OPEN and attempt.is_closed_at(timezone.now()):
        submit_attempt(attempt)  # nobody has to wait for the sweeper
        return redirect("learning:attempt", enrollment, lesson, uuid)
    if attempt.status == Attempt.Status.SUBMITTED or not learns:
        return _show_result(request, attempt)
    return _show_sheet(request, attempt)


@login_required
@require_POST
def save_answer_view(request: AuthenticatedRequest, enrollment: UUID, lesson: UUID, uuid: UUID) -> HttpResponse:
    """Keep one answer as it is given; says in words that it is saved, or why not. Sent by quiz.ts."""
    name = request.POST.get("question", "")
    question = find_question(request, name, enrollment=enrollment, lesson=lesson, attempt=uuid)
    try:
        sent = _sent(request.POST)
        if file := request.FILES.get(name):
            asked = AttemptQuestion.objects.select_related("attempt", "version__question").get(pk=question.pk)
            save_file(asked.attempt, asked, file, sent=sent)
        else:
            keep_answer(question, sent_for(request.POST, name), sent=sent)
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    time = date_format(timezone.localtime(), "H:i:s")
    return HttpResponse(_("Saved at %(time)s") % {"time": time}, content_type="text/plain; charset=utf-8")


def _sent(data: QueryDict) -> Sent:
    """How the page named its answer. Raises InvalidInput."""
    try:
        return Sent(UUID(data.get("id", "")), int(data.get("sequence", "")))
    except ValueError:
        raise InvalidInput(_("This page is out of date: open it again and answer anew.")) from None


def _keep_sheet(request: AuthenticatedRequest, attempt: Attempt) -> HttpResponse:
    """Keep every answer of the page, unless its script has sent them, then hand it in if that was asked for."""
    wanted = request.POST.get("then")
    here = redirect("learning:attempt", attempt.enrollment.uuid, attempt.lesson.uuid, attempt.uuid)
    try:
        if attempt.status == Attempt.Status.SUBMITTED and wanted != "save":
            return here  # the second time
        if "sent" not in request.POST and (errors := _keep_answers(request, attempt)):
            return _show_sheet(request, attempt, errors=errors, status=422)
        if wanted == "submit" and (unanswered := receipt_of(attempt).unanswered):
            return _show_sheet(request, attempt, unanswered=unanswered)
        if wanted in ("submit", "submit-anyway"):
            _hand_in(attempt)
    except TimeIsUp as error:
        messages.warning(request, str(error))
        _hand_in(attempt)
    except DomainError as error:
        messages.error(request, str(error))
    return here


def _hand_in(attempt: Attempt) -> None:
    """Hand in, and mark at once unless another waits for its marks: then many hand in, and the sweeper marks."""
    hand_in(attempt)
    if not Attempt.objects.filter(marking_due=True).exclude(pk=attempt.pk).exists():
        mark_attempt(attempt)


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
    sheets = asked_in(attempt)
    context = lesson_frame(request, attempt.enrollment, attempt.lesson) | {
        "attempt": attempt,
        "sheets": [_with_errors(sheet, errors) for sheet in sheets],
        "warning": warning % {"count": unanswered} if unanswered else "",
        "saved_at": max((one.saved_at for one in questions_of(sheets) if one.saved_at), default=None),
        "seconds_left": _seconds_left(attempt),
        "warned_at": WARNED_AT,
        "has_errors": bool(errors),
    }
    return render(request, "learning/attempt.html", context, status=status)


def _seconds_left(attempt: Attempt) -> int | None:
    return None if attempt.due_at is None else max(0, round((attempt.due_at - timezone.now()).total_seconds()))


def _show_result(request: AuthenticatedRequest, attempt: Attempt) -> HttpResponse:
    """The receipt, and what came of it as far as there are marks and the rules of the quiz show them now."""
    context = lesson_frame(request, attempt.enrollment, attempt.lesson) | {"attempt": attempt}
    if not attempt.marking_due:
        context |= _outcome(attempt)
    return render(request, "learning/result.html", context | {"receipt": receipt_of(attempt)})


def _outcome(attempt: Attempt) -> dict[str, object]:
    standing = quiz_standing(attempt.enrollment, attempt.lesson)
    ways = quiz_ways(attempt.enrollment, attempt.lesson)
    has_passed = passes(attempt.lesson, attempt.score)
    is_over = attempt.enrollment.status != Enrollment.Status.ACTIVE
    return {
        "sheets": asked_in(attempt),
        "standing": standing,
        "ways": ways,
        "has_passed": has_passed,
        "review": review_of(ways, standing, has_passed=has_passed, is_over=is_over),
    }
