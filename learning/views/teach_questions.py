"""Authoring: the questions of a quiz, new or from the bank of its organization."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.paging import page_by_key
from courses.models import Lesson, Question, QuizItem
from courses.services.questions import add_item, add_quiz_question, move_item, remove_item, save_quiz_question
from learning.forms.authoring import PointsForm
from learning.forms.questions import FORMS, QuestionForm
from learning.views.teach_lessons import find_lesson

BANK_PAGE = 50


def find_quiz(request: AuthenticatedRequest, uuid: UUID) -> Lesson:
    quiz = find_lesson(request, uuid)
    if quiz.kind != Lesson.Kind.QUIZ:
        raise Http404
    return quiz


def find_item(request: AuthenticatedRequest, quiz: UUID, item: int) -> QuizItem:
    items = find_quiz(request, quiz).items.select_related("question", "lesson__version")
    return get_object_or_404(items, pk=item)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_question_view(request: AuthenticatedRequest, uuid: UUID, kind: str) -> HttpResponse:
    """A question for this quiz, which is in the bank from then on."""
    quiz = find_quiz(request, uuid)
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST or None)
    if form.saved(lambda: add_quiz_question(quiz, kind=kind, by=request.user, **form.content())):
        return redirect("learning:teach_lesson", quiz.uuid)
    return _question_page(request, form, quiz, Question.Kind(kind).label)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item_view(request: AuthenticatedRequest, uuid: UUID, item: int) -> HttpResponse:
    """Change a question that stands in a quiz, and what it is worth there."""
    found = find_item(request, uuid, item)
    question = found.question
    form = FORMS[question.kind](request.POST or None, question=question)
    points = PointsForm(request.POST or None, initial={"points": found.points})
    if points.is_valid():
        worth = points.cleaned_data["points"]
        if form.saved(lambda: save_quiz_question(found, points=worth, by=request.user, **form.content())):
            messages.success(request, _("Saved."))
            return redirect("learning:teach_lesson", found.lesson.uuid)
    return _question_page(request, form, found.lesson, question.get_kind_display(), points)


def _question_page(
    request: AuthenticatedRequest, form: QuestionForm, quiz: Lesson, title: object, points: PointsForm | None = None
) -> HttpResponse:
    context = {"form": form, "points": points, "lesson": quiz, "version": quiz.version, "title": title}
    wrong = form.errors or (points and points.errors)
    return render(request, "teach/question.html", context, status=422 if wrong else 200)


@login_required
@require_POST
def change_item_view(request: AuthenticatedRequest, uuid: UUID, item: int, change: str) -> HttpResponse:
    """Move a question up or down in its quiz, or take it out."""
    found = find_item(request, uuid, item)
    try:
        if change == "remove":
            remove_item(found, by=request.user)
        else:
            move_item(found, up=change == "up", by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("learning:teach_lesson", uuid)


@login_required
@require_safe
def bank_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The question bank of the organization, newest first, to choose from."""
    quiz = find_quiz(request, uuid)
    bank = Question.objects.visible_to(request.user).newest().filter(organization=quiz.version.course.provider)
    try:
        page = page_by_key(bank, size=BANK_PAGE, cursor=request.GET.get("after"))
    except DomainError as error:
        raise Http404 from error
    used = set(quiz.items.values_list("question_id", flat=True))
    context = {"lesson": quiz, "version": quiz.version, "questions": page.items, "next": page.next, "used": used}
    return render(request, "teach/bank.html", context)


@login_required
@require_POST
def add_item_view(request: AuthenticatedRequest, uuid: UUID, question: UUID) -> HttpResponse:
    quiz = find_quiz(request, uuid)
    chosen = get_object_or_404(Question.objects.visible_to(request.user), uuid=question)
    try:
        add_item(quiz, question=chosen, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("learning:teach_lesson", quiz.uuid)
