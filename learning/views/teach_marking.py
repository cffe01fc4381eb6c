"""Grading by hand: where answers wait, and one answer after the other."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from base.downloads import file_response
from courses.models import AUTHOR_ROLES, Lesson
from learning.forms.marking import MarkForm
from learning.models import AnswerFile, AttemptQuestion
from learning.queries.marking import gradable, queue_of, waiting_quizzes
from learning.queries.quizzes import asked_in, last_responses, questions_of
from learning.queries.work_marking import waiting_works
from learning.services.attempts import grade_by_hand
from learning.views.teach_quizzes import find_group


@login_required
@require_safe
def marking_view(request: AuthenticatedRequest) -> HttpResponse:
    """Where answers wait for a grade, the longest wait first."""
    if not request.user.standing.has(*AUTHOR_ROLES):
        raise PermissionDenied
    return render(
        request, "teach/marking.html", {"quizzes": waiting_quizzes(request.user), "works": waiting_works(request.user)}
    )


@login_required
@require_safe
def marking_begin_view(request: AuthenticatedRequest, uuid: UUID, lesson: UUID) -> HttpResponse:
    """The first answer of a quiz of a group that waits."""
    group = find_group(request, uuid)
    quiz = get_object_or_404(Lesson, version_id=group.version_id, uuid=lesson)
    first = queue_of(request.user, group.pk, quiz.pk).waiting.first()
    if first is None:
        messages.success(request, _("Everything is graded."))
        return redirect("learning:teach_marking")
    return redirect("learning:teach_mark", first.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mark_view(request: AuthenticatedRequest, answer: int) -> HttpResponse:
    """One answer: what is asked, how it is graded, what was answered; saving leads on to the next."""
    question = get_object_or_404(gradable(request.user), pk=answer)
    group, quiz = question.attempt.enrollment.cohort, question.attempt.lesson
    queue = queue_of(request.user, group.pk, quiz.pk)
    form = MarkForm(request.POST or None, question=question)
    if form.saved(lambda: _grade(request, question, form)):
        after = queue.after(question)
        if after is None:
            messages.success(request, _("Everything is graded."))
            return redirect("learning:teach_marking")
        messages.success(request, _("Saved; this is the next one."))
        return redirect("learning:teach_mark", after.pk)
    asked = next(one for one in questions_of(asked_in(question.attempt)) if one.number == question.number)
    context = {
        "form": form,
        "question": question,
        "asked": asked,
        "group": group,
        "quiz": quiz,
        "left": queue.waiting.count(),
        "before": queue.before(question),
        "after": queue.after(question),
    }
    return render(request, "teach/mark.html", context, status=422 if form.errors else 200)


def _grade(request: AuthenticatedRequest, question: AttemptQuestion, form: MarkForm) -> object:
    return grade_by_hand(question, worth=form.worth, comment=form.cleaned_data["comment"], by=request.user)


@login_required
@require_safe
def answer_file_view(request: AuthenticatedRequest, answer: int) -> HttpResponseBase:
    """The file that was sent in as an answer."""
    question = get_object_or_404(gradable(request.user), pk=answer)
    response = last_responses(question.attempt).get(question.pk)
    kept = AnswerFile.objects.filter(question=question)
    found = next((one for one in kept if str(one.uuid) == response), None)
    if found is None:
        raise Http404
    return file_response(request, found.file)
