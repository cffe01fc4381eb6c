"""Authoring: putting the outline of a draft in order, by buttons, by dragging, or by choosing a place."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.forms import posted
from courses.models import CourseVersion, Lesson, Module
from courses.services import outline
from learning.forms.outline import PlaceForm
from learning.views.teach_lessons import find_lesson, find_module


@login_required
@require_POST
def change_module_view(request: AuthenticatedRequest, uuid: UUID, change: str) -> HttpResponse:
    """Move a module up or down, or take it out."""
    module = find_module(request, uuid)
    if change == "remove":
        return _go_back(request, module, partial(outline.remove_module, module, by=request.user))
    return _go_back(request, module, partial(outline.move_module, module, up=change == "up", by=request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_module_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Put a module behind another one."""
    module = find_module(request, uuid)
    form = PlaceForm.of_module(posted(request), module)
    if form.is_valid():
        after = form.cleaned_data["place"].uuid
        return _go_back(request, module, partial(outline.place_module, module, after=after, by=request.user))
    return _place_page(request, form, _("Move “%(name)s”") % {"name": module}, module.version)


@login_required
@require_POST
def move_lesson_view(request: AuthenticatedRequest, uuid: UUID, change: str) -> HttpResponse:
    """Move a lesson up or down, across modules too."""
    lesson = find_lesson(request, uuid)
    return _go_back(request, lesson, partial(outline.move_lesson, lesson, up=change == "up", by=request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_lesson_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Put a lesson behind another one, or in front of a module, whichever module that is."""
    lesson = find_lesson(request, uuid)
    form = PlaceForm.of_lesson(posted(request), lesson)
    if form.is_valid():
        place = form.cleaned_data["place"]
        put = partial(outline.place_lesson, lesson, module=place.module, after=place.uuid, by=request.user)
        return _go_back(request, lesson, put)
    return _place_page(request, form, _("Move “%(name)s”") % {"name": lesson}, lesson.version)


def _go_back(request: AuthenticatedRequest, row: Module | Lesson, act: Callable[[], object]) -> HttpResponse:
    """Do it, say where the row stands now, and show the outline there."""
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if words := _standing(row):
            messages.success(request, words)
    sign = "l" if isinstance(row, Lesson) else "m"
    return redirect(reverse("learning:teach_version", args=[row.version.uuid]) + f"#{sign}-{row.uuid}")


def _standing(row: Module | Lesson) -> str:
    """Where a row stands, in words that are read out; nothing where it is gone."""
    parts = outline.read_parts(row.version)
    for number, part in enumerate(parts, start=1):
        if part.module == row:
            words = _("“%(name)s” is module %(number)d of %(count)d now.")
            return words % {"name": row, "number": number, "count": len(parts)}
        if row in part.lessons:
            words = _("“%(name)s” is lesson %(number)d of %(count)d in “%(module)s” now.")
            place = part.lessons.index(row) + 1
            return words % {"name": row, "number": place, "count": len(part.lessons), "module": part.module}
    return ""


def _place_page(request: AuthenticatedRequest, form: PlaceForm, title: str, version: CourseVersion) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "course": version.course,
        "back": reverse("learning:teach_version", args=[version.uuid]),
    }
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)
