"""Authoring: what a quiz asks, by section: questions, new or from the bank, and draws by chance."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.paging import count_up_to, requested_page
from courses.models import Lesson, Question, QuizItem, QuizSection
from courses.queries import bank
from courses.services.quizzes import (
    add_draw,
    add_item,
    add_quiz_question,
    add_section,
    move_item,
    move_section,
    remove_item,
    remove_section,
    save_item,
    save_section,
)
from learning.forms.bank import BankFilterForm, DrawForm, ItemForm, SectionForm
from learning.forms.questions import FORMS, QuestionForm
from learning.views.teach_bank import keep_picture, question_form, question_page
from learning.views.teach_lessons import find_lesson


def find_quiz(request: AuthenticatedRequest, uuid: UUID) -> Lesson:
    quiz = find_lesson(request, uuid)
    if quiz.kind != Lesson.Kind.QUIZ:
        raise Http404
    return quiz


def find_item(request: AuthenticatedRequest, quiz: UUID, item: int) -> QuizItem:
    items = find_quiz(request, quiz).items.select_related("question__current", "lesson__version__course", "section")
    return get_object_or_404(items, pk=item)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_question_view(request: AuthenticatedRequest, uuid: UUID, kind: str) -> HttpResponse:
    """A question for this quiz, which is in the bank from then on."""
    quiz = find_quiz(request, uuid)
    if kind not in FORMS:
        raise Http404
    form = question_form(request, kind, quiz.version.course.provider)
    if form.saved(partial(_add, request, form, quiz, kind)):
        return redirect("learning:teach_lesson", quiz.uuid)
    return question_page(request, form, kind, back=reverse("learning:teach_lesson", args=[quiz.uuid]))


def _add(request: AuthenticatedRequest, form: QuestionForm, quiz: Lesson, kind: str) -> QuizItem:
    content = form.content(keep_picture(request, form))
    return add_quiz_question(quiz, kind=kind, content=content, by=request.user, **form.place())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_draw_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Some questions of the bank, by chance, at the end of a quiz."""
    quiz = find_quiz(request, uuid)
    form = DrawForm(request.POST or None, quiz=quiz)

    def add() -> QuizItem:
        points, section = form.cleaned_data["points"], form.section_chosen()
        return add_draw(quiz, form.draw(), points=points, section=section, by=request.user)

    if form.saved(add):
        return redirect("learning:teach_lesson", quiz.uuid)
    return _item_page(request, form, quiz, _("Questions by chance"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item_view(request: AuthenticatedRequest, uuid: UUID, item: int) -> HttpResponse:
    """What an item is worth, where it stands, and what it draws."""
    found = find_item(request, uuid, item)
    names = ("count", "category_id", "tag_id", "difficulty", "points", "section_id")
    initial = {name.removesuffix("_id"): getattr(found, name) for name in names}
    form_class = ItemForm if found.question else DrawForm
    form = form_class(request.POST or None, quiz=found.lesson, initial=initial)

    def save() -> QuizItem:
        draw = form.draw() if isinstance(form, DrawForm) else None
        points, section = form.cleaned_data["points"], form.section_chosen()
        return save_item(found, points=points, draw=draw, section=section, by=request.user)

    if form.saved(save):
        return redirect("learning:teach_lesson", found.lesson.uuid)
    return _item_page(request, form, found.lesson, _("In this quiz"), found.question)


def _item_page(
    request: AuthenticatedRequest, form: ItemForm, quiz: Lesson, title: str, question: Question | None = None
) -> HttpResponse:
    context = {"form": form, "lesson": quiz, "version": quiz.version, "title": title, "question": question}
    return render(request, "teach/item.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def change_item_view(request: AuthenticatedRequest, uuid: UUID, item: int, change: str) -> HttpResponse:
    """Move an item up or down in its quiz, or take it out."""
    found = find_item(request, uuid, item)
    try:
        if change == "remove":
            remove_item(found, by=request.user)
        else:
            move_item(found, up=change == "up", by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(reverse("learning:teach_lesson", args=[uuid]) + "#questions")


# --- Sections -----------------------------------------------------------------------------------
def find_section(request: AuthenticatedRequest, quiz: UUID, section: int) -> QuizSection:
    sections = find_quiz(request, quiz).sections.select_related("lesson__version")
    return get_object_or_404(sections, pk=section)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_section_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    quiz = find_quiz(request, uuid)
    form = SectionForm(request.POST or None)
    if form.saved(
        lambda: add_section(quiz, title=form.text("title"), by=request.user, shuffle=form.cleaned_data["shuffle"])
    ):
        return redirect("learning:teach_lesson", quiz.uuid)
    return _section_page(request, form, quiz, _("New section"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_section_view(request: AuthenticatedRequest, uuid: UUID, section: int) -> HttpResponse:
    found = find_section(request, uuid, section)
    form = SectionForm(request.POST or None, initial={"title": found.title, "shuffle": found.shuffle})
    if form.saved(
        lambda: save_section(found, title=form.text("title"), by=request.user, shuffle=form.cleaned_data["shuffle"])
    ):
        return redirect("learning:teach_lesson", uuid)
    return _section_page(request, form, found.lesson, _("Section"))


def _section_page(request: AuthenticatedRequest, form: SectionForm, quiz: Lesson, title: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "course": quiz.version.course,
        "back": reverse("learning:teach_lesson", args=[quiz.uuid]),
    }
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def change_section_view(request: AuthenticatedRequest, uuid: UUID, section: int, change: str) -> HttpResponse:
    """Move a section up or down, or take it out."""
    found = find_section(request, uuid, section)
    try:
        if change == "remove":
            remove_section(found, by=request.user)
        else:
            move_section(found, up=change == "up", by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(reverse("learning:teach_lesson", args=[uuid]) + "#questions")


# --- From the bank ------------------------------------------------------------------------------
@login_required
@require_safe
def bank_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The question bank of the organization, newest first, to choose from."""
    quiz = find_quiz(request, uuid)
    provider = [quiz.version.course.provider_id]
    form = BankFilterForm(request.GET, organizations=provider)
    del form.fields["retired"]
    rows = bank(provider, form.asked())
    context = {
        "lesson": quiz,
        "version": quiz.version,
        "page": requested_page(request, rows.select_related("current")),
        "count": count_up_to(rows),
        "form": form,
        "used": set(quiz.items.values_list("question_id", flat=True)),
    }
    return render(request, "teach/bank.html", context)


@login_required
@require_POST
def add_item_view(request: AuthenticatedRequest, uuid: UUID, question: UUID) -> HttpResponse:
    quiz = find_quiz(request, uuid)
    chosen = get_object_or_404(Question.objects.visible_to(request.user).select_related("current"), uuid=question)
    try:
        add_item(quiz, question=chosen, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Added to the quiz."))
    return redirect("learning:teach_bank", quiz.uuid)
