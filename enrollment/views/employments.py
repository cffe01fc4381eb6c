"""Appointing, transferring and letting go of own staff; what a post asks for follows by itself."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from accounts.models import Employment
from accounts.services.employments import appoint_person, correct_employment, end_employment, transfer
from base.dates import short_date
from base.errors import DomainError
from base.forms import posted, show_refusal
from enrollment.forms.staff import AppointForm, CorrectPostForm, EndPostForm, TransferForm
from enrollment.queries.staff import posts_of
from enrollment.views.staff import check_manager


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def staff_appoint_view(request: AuthenticatedRequest) -> HttpResponse:
    """Appoint somebody who is found by PINFL or written down."""
    check_manager(request.user)
    form = AppointForm(posted(request), user=request.user)
    if form.is_valid():
        try:
            post = appoint_person(form.person(), **form.appointment(), by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            said = _("%(name)s is in office from %(day)s.")
            messages.success(request, said % {"name": post.person.name, "day": short_date(post.starts_on)})
            return redirect("enrollment:staff_detail", post.uuid)
    return render(request, "enrollment/staff_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def staff_transfer_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """End a post and begin another, at one of the user's organizations, on one day."""
    post = _find(request, uuid)
    values = {
        "title": _("Transfer %(name)s") % {"name": post.person.name},
        "text": f"{post.post}, {post.organization.name}",
        "submit": _("Transfer"),
    }
    initial = {"organization": post.organization.uuid}
    form = TransferForm(posted(request), user=request.user, initial=initial)
    return _ask(request, post, form, values, lambda: transfer(post, **form.transfer(), by=request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def staff_correct_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Mend what was written down wrongly."""
    post = _find(request, uuid)
    values = {
        "title": _("Correct the post of %(name)s") % {"name": post.person.name},
        "text": _("Only what was written down wrongly. What has truly changed is a transfer."),
        "submit": _("Save"),
    }
    form = CorrectPostForm(posted(request), user=request.user, employment=post)
    return _ask(request, post, form, values, lambda: correct_employment(post, **form.correction(), by=request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def staff_end_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Say when a post is held no longer, and what ends with it."""
    post = _find(request, uuid)
    values = {
        "title": _("End the employment of %(name)s?") % {"name": post.person.name},
        "text": _("From that day on no course is mandatory by this post. What was learned stays written down."),
        "submit": _("End the employment"),
        "danger": True,
    }
    form = EndPostForm(posted(request))
    done = _("The employment of %(name)s ends.") % {"name": post.person.name}
    return _ask(request, post, form, values, lambda: end_employment(post, **form.cleaned_data, by=request.user), done)


def _find(request: AuthenticatedRequest, uuid: UUID) -> Employment:
    check_manager(request.user)
    return get_object_or_404(posts_of(request.user).select_related("person", "organization", "category"), uuid=uuid)


def _ask(
    request: AuthenticatedRequest,
    post: Employment,
    form: forms.Form,
    values: dict[str, Any],
    act: Callable[[], Employment],
    done: str = "",
) -> HttpResponse:
    """A question with a form; once it is answered, the record of the post there is then, or the list."""
    if form.is_valid():
        try:
            after = act()
        except DomainError as error:
            show_refusal(form, error)
        else:
            if done:
                messages.success(request, done)
                return redirect("enrollment:staff_list")
            return redirect("enrollment:staff_detail", after.uuid)
    values |= {"form": form, "cancel_url": reverse("enrollment:staff_detail", args=[post.uuid])}
    return render(request, "confirm.html", values, status=422 if form.errors else 200)
