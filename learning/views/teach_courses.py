"""Authoring: the courses of one's organizations, from the first idea to retirement."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import Organization
from base.errors import DomainError
from base.forms import posted
from base.languages import localized
from base.pages import ask
from courses import rules
from courses.models import AUTHOR_ROLES, Course, CourseVersion
from courses.queries import missing_to_publish, outline
from courses.services.courses import create_course, retire_course, save_course, save_version
from courses.services.outline import TEACHABLE
from courses.services.prerequisites import save_prerequisites
from courses.services.versions import new_draft, publish_version, return_to_draft, submit_for_review
from enrollment.queries.prerequisites import Prerequisites
from learning.forms.authoring import CourseForm, NewCourseForm, RulesForm
from learning.forms.prerequisites import PrerequisitesForm
from learning.queries.teaching import courses_taught_by, groups_taught_by

MOVES: dict[str, Callable[..., CourseVersion]] = {
    "submit": submit_for_review,
    "return": return_to_draft,
    "publish": publish_version,
}
MOVED = {
    "submit": gettext_lazy("Handed in for review."),
    "return": gettext_lazy("Back to draft: it can be changed again."),
    "publish": gettext_lazy("Published. New groups learn this version."),
}


def find_course(request: AuthenticatedRequest, slug: str) -> Course:
    """A course that the user may write: hidden ones are not there, others' are forbidden."""
    course = get_object_or_404(Course.objects.visible_to(request.user).select_related("provider"), slug=slug)
    if not rules.can_write(request.user, course):
        raise PermissionDenied
    return course


def find_version(request: AuthenticatedRequest, uuid: UUID) -> CourseVersion:
    versions = CourseVersion.objects.visible_to(request.user).select_related("course__provider")
    return get_object_or_404(versions, uuid=uuid)


@login_required
@require_safe
def home_view(request: AuthenticatedRequest) -> HttpResponse:
    """What an author writes and an instructor teaches."""
    if not request.user.standing.has(*AUTHOR_ROLES):
        raise PermissionDenied
    context = {"courses": courses_taught_by(request.user), "groups": groups_taught_by(request.user)}
    return render(request, "teach/home.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_course_view(request: AuthenticatedRequest) -> HttpResponse:
    places = Organization.objects.providers().filter(pk__in=request.user.standing.organizations(*AUTHOR_ROLES))
    if not places:
        raise PermissionDenied
    form = NewCourseForm(request.POST or None, organizations=places)
    course = form.saved(
        lambda: create_course(
            provider=form.cleaned_data["organization"],
            by=request.user,
            **form.course_fields(),
            **asdict(form.version_fields()),
        )
    )
    if course:
        return redirect("learning:teach_version", course.versions.latest("number").uuid)
    context = {"form": form, "title": _("New course"), "back": reverse("learning:teach_home")}
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def course_view(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    course = find_course(request, slug)
    versions = list(course.versions.order_by("-number"))
    in_work = next((version for version in versions if not version.is_frozen), None)
    context = {
        "course": course,
        "versions": versions,
        "in_work": in_work,
        "can_publish": rules.can_publish(request.user, course),
        "prerequisites": Prerequisites([course], []).of(course.pk, None),
        "summary": localized(course.summary),
    }
    return render(request, "teach/course.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_course_view(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    course = find_course(request, slug)
    names = ("title", "summary", "language", "profession", "self_paced", "issuing")
    form = CourseForm(request.POST or None, initial={name: getattr(course, name) for name in names})
    if form.saved(lambda: save_course(course, by=request.user, **form.course_fields())):
        messages.success(request, _("Saved."))
        return redirect("learning:teach_course", course.slug)
    context = {
        "form": form,
        "title": _("Describe the course"),
        "course": course,
        "back": reverse("learning:teach_course", args=[course.slug]),
    }
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prerequisites_view(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Which courses come before this one; for those who publish, since it counts at once."""
    course = find_course(request, slug)
    if not rules.can_publish(request.user, course):
        raise PermissionDenied
    form = PrerequisitesForm(request.POST or None, course=course)
    if form.saved(lambda: save_prerequisites(course, by=request.user, **form.fields_for_service())):
        messages.success(request, _("Saved. It counts for whoever comes from now on."))
        return redirect("learning:teach_prerequisites", course.slug)
    context = {
        "form": form,
        "title": _("What comes before"),
        "course": course,
        "back": reverse("learning:teach_course", args=[course.slug]),
    }
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def new_draft_view(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    return redirect("learning:teach_version", new_draft(find_course(request, slug), by=request.user).uuid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def retire_course_view(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Ask first, saying what ends and what goes on."""
    course = find_course(request, slug)
    if not rules.can_publish(request.user, course):
        raise PermissionDenied
    return ask(
        request,
        Form(posted(request)),
        partial(retire_course, course, by=request.user),
        back=reverse("learning:teach_course", args=[course.slug]),
        done=_("“%(course)s” is no longer in the catalogue.") % {"course": course.name},
        title=_("Take “%(course)s” out of the catalogue?") % {"course": course.name},
        text=_("Nobody new finds it. Groups that are learning go on, and their certificates are issued."),
        submit=_("Take it out of the catalogue"),
        danger=True,
    )


@login_required
@require_safe
def version_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The outline of a version, and what it lacks before it can be published."""
    version = find_version(request, uuid)
    share = version.min_attendance
    context = {
        "version": version,
        "course": version.course,
        "modules": outline(version),
        "kinds": [(kind.value, kind.label) for kind in TEACHABLE],
        "attendance": None if share is None else share * 100,
        "missing": [] if version.is_frozen else missing_to_publish(version),
        "is_draft": version.status == CourseVersion.Status.DRAFT,
        "open_comments": version.comments.open().count(),
        "has_others": version.number > 1,
        "can_publish": rules.can_publish(request.user, version.course),
    }
    return render(request, "teach/version.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_version_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Hours, and what a learner must reach."""
    version = find_version(request, uuid)
    share = version.min_attendance
    initial = {
        "hours": version.hours,
        "min_grade": version.min_grade,
        "min_attendance_percent": None if share is None else share * 100,
    }
    form = RulesForm(request.POST or None, initial=initial)
    if form.saved(lambda: save_version(version, form.version_fields(), by=request.user)):
        return redirect("learning:teach_version", version.uuid)
    context = {
        "form": form,
        "title": _("Hours and rules of completion"),
        "course": version.course,
        "back": reverse("learning:teach_version", args=[version.uuid]),
    }
    return render(request, "teach/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def move_version_view(request: AuthenticatedRequest, uuid: UUID, move: str) -> HttpResponse:
    """Hand in for review, take back, or publish; what is missing is told on the page of the version."""
    version = find_version(request, uuid)
    if move == "publish" and not rules.can_publish(request.user, version.course):
        raise PermissionDenied
    words = {"words": request.POST.get("words", "")} if move == "return" else {}
    try:
        MOVES[move](version, by=request.user, **words)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, MOVED[move])
    return redirect("learning:teach_version", version.uuid)
