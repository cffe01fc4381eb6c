"""Authoring: how an assignment or practical work is handed in, and by which criteria it is marked."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from base.forms import posted
from base.pages import press
from courses.models import Criterion, Lesson
from courses.queries import assignment_rules_of
from courses.services.assignments import (
    add_criterion,
    move_criterion,
    remove_criterion,
    save_assignment_rules,
    save_criterion,
)
from learning.forms.assignments import AssignmentRulesForm, CriterionForm
from learning.views.teach_lessons import find_lesson
from learning.views.teach_quizzes import form_page


def find_marked(request: AuthenticatedRequest, uuid: UUID) -> Lesson:
    """An assignment or practical work that the user may write."""
    lesson = find_lesson(request, uuid)
    if lesson.kind not in Lesson.MARKED_KINDS:
        raise Http404
    return lesson


def find_criterion(request: AuthenticatedRequest, lesson: UUID, uuid: UUID) -> Criterion:
    rows = Criterion.objects.visible_to(request.user).select_related("lesson__version__course")
    return get_object_or_404(rows, lesson__uuid=lesson, uuid=uuid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_rules_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    lesson = find_marked(request, uuid)
    form = AssignmentRulesForm(posted(request), rules=assignment_rules_of(lesson))
    if form.saved(lambda: save_assignment_rules(lesson, form.rule_fields(), by=request.user)):
        messages.success(request, _("Saved."))
        return redirect(_back(uuid))
    title = _("How it is handed in and marked")
    return form_page(form, request, title=title, course=lesson.version.course, back=_back(uuid))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_criterion_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    lesson = find_marked(request, uuid)
    form = CriterionForm(posted(request))
    if form.saved(lambda: add_criterion(lesson, by=request.user, **form.criterion_fields())):
        return redirect(_back(uuid))
    return form_page(form, request, title=_("New criterion"), course=lesson.version.course, back=_back(uuid))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def criterion_view(request: AuthenticatedRequest, uuid: UUID, criterion: UUID) -> HttpResponse:
    found = find_criterion(request, uuid, criterion)
    form = CriterionForm(posted(request), criterion=found)
    if form.saved(lambda: save_criterion(found, by=request.user, **form.criterion_fields())):
        messages.success(request, _("Saved."))
        return redirect(_back(uuid))
    course = found.lesson.version.course
    return form_page(form, request, title=_("Change the criterion"), course=course, back=_back(uuid))


@login_required
@require_POST
def change_criterion_view(request: AuthenticatedRequest, uuid: UUID, criterion: UUID, change: str) -> HttpResponse:
    """Move a criterion up or down, or take it out."""
    found = find_criterion(request, uuid, criterion)

    def act() -> None:
        if change == "remove":
            remove_criterion(found, by=request.user)
        else:
            move_criterion(found, up=change == "up", by=request.user)

    return press(request, act, done=_("Saved."), back=_back(uuid))


def _back(lesson: UUID) -> str:
    return reverse("learning:teach_lesson", args=[lesson]) + "#criteria"
