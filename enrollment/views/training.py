"""Mandatory training of own staff: who must take what by when, one assignment, exemptions."""

from collections.abc import Callable
from typing import Any
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
from accounts.models import User
from accounts.services import audit
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.paging import count_up_to, requested_page
from enrollment import rules
from enrollment.exports import MOST_ROWS, training_to_csv
from enrollment.forms.mandatory import ExemptForm, TrainingFilterForm
from enrollment.forms.staff import StaffEnrollForm
from enrollment.models import TrainingAssignment, TrainingAssignmentMove
from enrollment.models.mandatory import RULING
from enrollment.queries.histories import Reasons, events_of
from enrollment.queries.training import ORDER, last_day, list_assignments, schedule_words, with_people
from enrollment.services.mandatory import exempt, lift_exemption


@login_required
@require_safe
@transaction.atomic
def training_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """Who must take what, what is due first at the head; the reading is audited."""
    check_ruling(request.user)
    form = TrainingFilterForm(request.GET, user=request.user)
    asked = form.asked()
    rows = list_assignments(request.user, **asked)
    page = requested_page(request, with_people(rows), order=ORDER)
    _audit(request.user, "training.listed", asked, len(page.items))
    values = {"page": page, "count": count_up_to(rows), "form": form, "may_enroll": _manages(request.user)}
    if values["may_enroll"]:
        values["enroll_form"] = StaffEnrollForm(user=request.user)
    return render(request, "enrollment/training_list.html", values)


@login_required
@require_safe
@transaction.atomic
def training_csv_view(request: AuthenticatedRequest) -> HttpResponse:
    """The filtered list as a file that a spreadsheet opens; the reading is audited."""
    check_ruling(request.user)
    asked = TrainingFilterForm(request.GET, user=request.user).asked()
    rows = list_assignments(request.user, **asked)
    count = count_up_to(rows, MOST_ROWS)
    if count > MOST_ROWS:
        messages.error(request, _("A file holds at most 50,000 rows. Take fewer by the filters."))
        return redirect(f"{reverse('enrollment:training_list')}?{request.GET.urlencode()}")
    _audit(request.user, "training.exported", asked, count)
    headers = {"Content-Disposition": 'attachment; filename="malaka-training.csv"'}
    # Without the mark, Excel reads the file as if it were written in another alphabet.
    text = training_to_csv(with_people(rows).order_by(*ORDER))
    return HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8", headers=headers)


@login_required
@require_safe
def training_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """One person's duty under one rule: until when, what came of it, and its history; the reading is audited."""
    assignment = _find(request, uuid)
    audit.record("training.read", assignment, by=request.user)
    moves = TrainingAssignmentMove.objects.filter(assignment=assignment).select_related("by__person")
    manages = rules.can_exempt(request.user, assignment)
    exemption = assignment.exemptions.select_related("reason", "made_by__person").order_by("-pk").first()
    values = {
        "assignment": assignment,
        "schedule": schedule_words(assignment.rule.schedule),
        "events": events_of(list(moves), Reasons()),
        "exemption": exemption,
        "exempt_until": last_day(exemption.ends_on) if exemption else "",
        "may_exempt": manages and assignment.status in TrainingAssignment.PENDING,
        "may_lift": manages and assignment.status == TrainingAssignment.Status.EXEMPT,
    }
    return render(request, "enrollment/training_detail.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def training_exempt_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Free somebody from the course for a reason."""
    assignment = _manage(request, uuid)
    form = ExemptForm(posted(request))
    if form.is_valid() and _done(form, lambda: exempt(assignment, **form.asked(), by=request.user)):
        return redirect("enrollment:training_detail", uuid)
    values = {
        "title": _("Exempt %(name)s from the course?") % {"name": assignment.person.name},
        "text": _("“%(course)s”. Until the exemption ends or is lifted, nobody is reminded.")
        % {"course": assignment.course.name},
        "submit": _("Exempt"),
        "form": form,
        "cancel_url": reverse("enrollment:training_detail", args=[uuid]),
    }
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


@login_required
@require_POST
def training_lift_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Lift an exemption; the course is asked again."""
    lift_exemption(_manage(request, uuid), by=request.user)
    return redirect("enrollment:training_detail", uuid)


def check_ruling(user: User) -> None:
    """Raise PermissionDenied unless the user makes rules somewhere."""
    if not user.standing.has(*RULING):
        raise PermissionDenied


def _manages(user: User) -> bool:
    return user.standing.has(RULING[1])


def _find(request: AuthenticatedRequest, uuid: UUID) -> TrainingAssignment:
    related = ("person", "course", "employment", "organization", "rule__issuer", "enrollment__cohort")
    return get_object_or_404(TrainingAssignment.objects.visible_to(request.user).select_related(*related), uuid=uuid)


def _manage(request: AuthenticatedRequest, uuid: UUID) -> TrainingAssignment:
    assignment = _find(request, uuid)
    if not rules.can_exempt(request.user, assignment):
        raise PermissionDenied
    return assignment


def _done(form: ExemptForm, act: Callable[[], object]) -> bool:
    try:
        act()
    except DomainError as error:
        show_refusal(form, error)
        return False
    return True


def _audit(user: User, action: str, asked: dict[str, Any], count: int) -> None:
    audit.record(action, by=user, filter={name: str(value) for name, value in asked.items()}, count=count)
