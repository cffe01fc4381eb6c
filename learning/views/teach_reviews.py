"""Authoring: what is said about a version and what changed in it, and modules taken over from other courses."""

from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.forms import posted
from base.pages import press
from courses.models import Comment, Module
from courses.services.reviews import add_comment, reopen_comment, resolve_comment
from courses.services.versions import copy_module
from learning.forms.reviews import CommentForm
from learning.queries.changes import changes_between, modules_to_copy
from learning.views.teach_courses import find_version

CHANGES = {"resolve": resolve_comment, "reopen": reopen_comment}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comments_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """What is said about a version, and a further comment on it, or on the lesson that `?lesson=` names."""
    version = find_version(request, uuid)
    lessons = list(version.lessons.defer("body"))
    asked = request.GET.get("lesson", "")
    lesson = next((one for one in lessons if str(one.uuid) == asked), None)
    form = CommentForm(posted(request))
    words = partial(add_comment, version, lesson=lesson, by=request.user)
    if form.saved(lambda: words(text=form.cleaned_data["text"])):
        if lesson:
            return redirect(reverse("learning:teach_lesson", args=[lesson.uuid]) + "#comments")
        return redirect("learning:teach_comments", version.uuid)
    comments = version.comments.select_related("author__person", "resolved_by__person", "lesson").order_by("-pk")
    context = {
        "version": version,
        "course": version.course,
        "lesson": lesson,
        "comments": comments,
        "form": form,
        "back": reverse("learning:teach_version", args=[version.uuid]),
    }
    return render(request, "teach/comments.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def comment_change_view(request: AuthenticatedRequest, uuid: UUID, change: str) -> HttpResponse:
    """Say that a comment is dealt with, or that it is not after all."""
    comments = Comment.objects.visible_to(request.user).select_related("version", "lesson")
    comment = get_object_or_404(comments, uuid=uuid)
    if change not in CHANGES:
        raise Http404
    done = {"resolve": _("Resolved."), "reopen": _("Open again.")}[change]
    back = reverse("learning:teach_comments", args=[comment.version.uuid]) + f"#c-{comment.uuid}"
    return press(request, lambda: CHANGES[change](comment, by=request.user), done=done, back=back)


@login_required
@require_safe
def changes_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """What changed from the version before, or from the one that `?from=` names."""
    version = find_version(request, uuid)
    others = list(version.course.versions.exclude(pk=version.pk).order_by("-number"))
    asked = request.GET.get("from", "")
    earlier = [one for one in others if one.number < version.number] or others
    old = next((one for one in others if str(one.number) == asked), earlier[0] if earlier else None)
    context = {
        "version": version,
        "course": version.course,
        "others": others,
        "old": old,
        "changes": changes_between(old, version) if old else None,
    }
    return render(request, "teach/changes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def copy_module_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Choose a module of another course of the organization; a copy of it is put at the end."""
    version = find_version(request, uuid)
    back = reverse("learning:teach_version", args=[version.uuid])
    if request.method == "POST":
        source = _chosen_module(request)
        done = _("“%(module)s” is copied to the end.") % {"module": source}
        return press(request, lambda: copy_module(source, version, by=request.user), done=done, back=back)
    context = {"version": version, "course": version.course, "modules": modules_to_copy(version), "back": back}
    return render(request, "teach/copy_module.html", context)


def _chosen_module(request: AuthenticatedRequest) -> Module:
    try:
        chosen = UUID(request.POST.get("module", ""))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(Module.objects.visible_to(request.user).select_related("version__course"), uuid=chosen)
