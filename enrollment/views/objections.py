"""A learner contests a figure; the provider decides about it, the one that is due first at the head."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.paging import count_up_to, requested_page
from enrollment import rules
from enrollment.forms.objections import ContestForm, RejectForm, UpholdForm
from enrollment.models import Enrollment, Objection
from enrollment.models.cohorts import ANSWERING
from enrollment.services.objections import contest_figure, reject_objection, uphold_objection, withdraw_objection

RELATED = ("enrollment__person", "enrollment__cohort__course", "lesson", "decided_by__person")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def objection_create_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Say that a figure is wrong."""
    rows = Enrollment.objects.visible_to(request.user).select_related("cohort__course", "cohort__version", "person")
    enrollment = get_object_or_404(rows, uuid=uuid)
    if enrollment.person_id != request.user.person_id:
        raise PermissionDenied
    form = ContestForm(posted(request), enrollment=enrollment, initial={"about": request.GET.get("about")})
    if form.is_valid():
        try:
            objection = contest_figure(enrollment, **form.cleaned_data, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("enrollment:objection_detail", objection.uuid)
    values = {
        "title": _("Contest a figure"),
        "text": _("The centre looks at it and decides within a set time, with a reason that you read."),
        "submit": _("Send"),
        "form": form,
        "cancel_url": reverse("enrollment:enrollment_detail", args=[uuid]),
    }
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


@login_required
@require_safe
def objection_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """What learners of one's providers contest and nobody has decided yet (index objection_due)."""
    if not request.user.standing.has(*ANSWERING):
        raise PermissionDenied
    rows = Objection.objects.to_decide(request.user)
    shown = rows.select_related("enrollment__person", "enrollment__cohort__course")
    page = requested_page(request, shown, order=("due_at", "id"))
    return render(request, "enrollment/objection_list.html", {"page": page, "count": count_up_to(rows)})


@login_required
@require_safe
def objection_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """What is contested, by when it is decided, and what was decided."""
    objection = _find(request, uuid)
    is_open = objection.status == Objection.Status.CONTESTED
    values = {
        "objection": objection,
        "is_own": is_open and objection.enrollment.person_id == request.user.person_id,
        "decides": is_open and rules.can_decide(request.user, objection),
    }
    return render(request, "enrollment/objection_detail.html", values)


@login_required
@require_POST
def objection_withdraw_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Take one's own objection back."""
    objection = _find(request, uuid)
    if objection.enrollment.person_id != request.user.person_id:
        raise PermissionDenied
    try:
        withdraw_objection(objection, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("enrollment:objection_detail", uuid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def objection_uphold_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Correct the figure."""
    objection = _decidable(request, uuid)
    words = {"title": _("Correct the figure"), "submit": _("Correct and count again")}
    return _decide(request, objection, UpholdForm(posted(request), objection=objection), words, uphold_objection)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def objection_reject_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Let the figure stand."""
    words = {"title": _("Let the figure stand?"), "submit": _("It stays as it is")}
    return _decide(request, _decidable(request, uuid), RejectForm(posted(request)), words, reject_objection)


def _decide(
    request: AuthenticatedRequest, objection: Objection, form: Any, words: dict[str, Any], decide: Any
) -> HttpResponse:
    if form.is_valid():
        try:
            decide(objection, **form.cleaned_data, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Decided; the learner has been told."))
            return redirect("enrollment:objection_detail", objection.uuid)
    back = reverse("enrollment:objection_detail", args=[objection.uuid])
    values = words | {"text": objection.words, "form": form, "cancel_url": back}
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


def _find(request: AuthenticatedRequest, uuid: UUID) -> Objection:
    return get_object_or_404(Objection.objects.visible_to(request.user).select_related(*RELATED), uuid=uuid)


def _decidable(request: AuthenticatedRequest, uuid: UUID) -> Objection:
    objection = _find(request, uuid)
    if not rules.can_decide(request.user, objection):
        raise PermissionDenied
    return objection
