"""Authoring: how the grade of a course comes about."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from base.forms import posted
from base.pages import ask
from courses.models import CourseVersion, GradeCategory
from courses.services.grade_categories import add_category, categorize, remove_category, save_category
from learning.forms.grade_categories import CategoryForm, PlacesForm
from learning.views.teach_courses import find_version


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def categories_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The categories of a version, and within which each graded lesson counts."""
    version = find_version(request, uuid)
    lessons = list(version.lessons.filter(weight__gt=0).select_related("category").defer("body"))
    categories = list(version.categories.all())
    form = PlacesForm(posted(request), lessons=lessons, categories=categories)
    if form.saved(lambda: (categorize(version, form.places(), by=request.user),)):
        messages.success(request, _("Saved."))
        return redirect("learning:teach_categories", version.uuid)
    context = {
        "version": version,
        "course": version.course,
        "categories": categories,
        "rows": [(lesson, form[str(lesson.uuid)]) for lesson in lessons],
        "form": form,
        "is_draft": version.status == CourseVersion.Status.DRAFT,
    }
    return render(request, "teach/categories.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_category_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    version = find_version(request, uuid)
    form = CategoryForm(posted(request))
    if form.saved(lambda: add_category(version, form.category_fields(), by=request.user)):
        return redirect("learning:teach_categories", version.uuid)
    return _form_page(request, form, version, _("New category"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_category_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    category = _find(request, uuid)
    names = ("title", "weight", "drop_lowest")
    form = CategoryForm(posted(request), initial={name: getattr(category, name) for name in names})
    if form.saved(lambda: save_category(category, form.category_fields(), by=request.user)):
        return redirect("learning:teach_categories", category.version.uuid)
    return _form_page(request, form, category.version, str(category))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_category_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask first, saying what becomes of the lessons."""
    category = _find(request, uuid)
    return ask(
        request,
        Form(posted(request)),
        partial(remove_category, category, by=request.user),
        back=_page_of(category.version),
        title=_("Remove the category “%(category)s”?") % {"category": category},
        text=_("Its lessons stay, and count for themselves."),
        submit=_("Remove the category"),
        danger=True,
    )


def _find(request: AuthenticatedRequest, uuid: UUID) -> GradeCategory:
    rows = GradeCategory.objects.visible_to(request.user).select_related("version__course")
    return get_object_or_404(rows, uuid=uuid)


def _page_of(version: CourseVersion) -> str:
    return reverse("learning:teach_categories", args=[version.uuid])


def _form_page(request: AuthenticatedRequest, form: CategoryForm, version: CourseVersion, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "course": version.course, "back": _page_of(version)}
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)
