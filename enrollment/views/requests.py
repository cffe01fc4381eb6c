"""Asking for a place in a group, and answering whoever asked."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.services import audit
from base.errors import DomainError
from base.forms import posted, show_refusal, told
from base.paging import count_up_to, requested_page
from enrollment import rules
from enrollment.forms.requests import RefuseForm
from enrollment.models import Cohort, EnrollmentRequest
from enrollment.services.requests import approve_request, ask_for_place, refuse_request, withdraw_request


@login_required
@require_POST
def cohort_ask_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask for a place in a group for oneself."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("course"), uuid=uuid)
    done = _("Asked for. You are told when it is answered.")
    return _act(request, lambda: ask_for_place(cohort, by=request.user), done, _course(cohort))


@login_required
@require_safe
@transaction.atomic
def request_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The requests that wait for the user's answer, the longest wait first; the reading is audited."""
    if not rules.can_answer_requests(request.user):
        raise PermissionDenied
    rows = EnrollmentRequest.objects.to_decide(request.user)
    page = requested_page(
        request, rows.select_related("person", "cohort__course", "cohort__organization"), order=("id",)
    )
    audit.record("enrollment-request.listed", by=request.user, count=len(page.items))
    return render(request, "enrollment/request_list.html", {"page": page, "count": count_up_to(rows)})


@login_required
@require_POST
def request_approve_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Let who asked into the group."""
    asked = _to_answer(request, uuid)
    done = _("%(name)s is enrolled.") % {"name": asked.person.name}
    return _act(request, lambda: approve_request(asked, by=request.user), done, reverse("enrollment:request_list"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_refuse_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask for the reason, and refuse."""
    asked = _to_answer(request, uuid)
    form = RefuseForm(posted(request))
    list_url = reverse("enrollment:request_list")
    if form.is_valid():
        try:
            refuse_request(asked, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect(list_url)
    values = {
        "title": _("Refuse the request of %(name)s?") % {"name": asked.person.name},
        "text": f"{asked.cohort.course.name}, {asked.cohort.code}",
        "submit": _("Refuse"),
        "form": form,
        "cancel_url": list_url,
        "danger": True,
    }
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


@login_required
@require_POST
def request_withdraw_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Take one's own request back."""
    own = EnrollmentRequest.objects.filter(person=request.user.person_id or 0).select_related("cohort__course")
    asked = get_object_or_404(own, uuid=uuid)
    done = _("Your request is taken back.")
    return _act(request, lambda: withdraw_request(asked, by=request.user), done, _course(asked.cohort))


def _to_answer(request: AuthenticatedRequest, uuid: UUID) -> EnrollmentRequest:
    rows = EnrollmentRequest.objects.visible_to(request.user)
    related = ("person", "cohort__course", "cohort__organization")
    asked = get_object_or_404(rows.select_related(*related), uuid=uuid)
    if not rules.can_answer_request(request.user, asked):
        raise PermissionDenied
    return asked


def _course(cohort: Cohort) -> str:
    return reverse("enrollment:course_detail", args=[cohort.course.slug])


def _act(request: AuthenticatedRequest, act: Callable[[], object], done: str, back: str) -> HttpResponse:
    """Do one thing, and say that it is done or why not."""
    try:
        act()
    except DomainError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, done)
    return redirect(back)
