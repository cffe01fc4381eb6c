"""Residents and households: lists and records, and the code with which a resident signs in the first time."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.services import audit
from accounts.services.activation import approve_activation, make_activation_code
from base.errors import DomainError
from base.paging import count_up_to, requested_page
from enrollment import rules
from enrollment.forms.intake import HouseholdFilterForm, PlaceFilterForm, ResidentFilterForm
from enrollment.models import Household, Resident
from enrollment.queries.duplicates import open_pair_of
from enrollment.queries.household_history import events_of_home
from enrollment.queries.residents import (
    household_record,
    list_households,
    list_residents,
    resident_record,
    waiting_request,
    with_list_facts,
    with_living,
)


@login_required
@require_safe
@transaction.atomic
def resident_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """Who lives in the mahallas of one's work; the reading is audited."""
    return _list(request, "resident", ResidentFilterForm, list_residents, with_list_facts)


@login_required
@require_safe
@transaction.atomic
def household_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The households of the mahallas of one's work; the reading is audited."""
    return _list(request, "household", HouseholdFilterForm, list_households, with_living)


def _list(
    request: AuthenticatedRequest,
    name: str,
    filters: type[PlaceFilterForm],
    find: Callable[..., QuerySet[Any]],
    with_facts: Callable[[QuerySet[Any]], QuerySet[Any]],
) -> HttpResponse:
    if not rules.can_read_residents(request.user):
        raise PermissionDenied
    form = filters(request.GET, mahallas=rules.mahallas_of_work(request.user))
    asked = form.asked()
    rows = find(request.user, **asked)
    page = requested_page(request, with_facts(rows))
    said = {field: str(getattr(value, "code", value)) for field, value in asked.items()}
    audit.record(f"{name}.listed", by=request.user, filter=said, count=len(page.items))
    values = {
        "form": form,
        "page": page,
        "count": count_up_to(rows),
        "many": "mahalla" in form.fields,
        "may_record": rules.can_record_households(request.user),
    }
    return render(request, f"enrollment/{name}_list.html", values)


@login_required
@require_safe
@transaction.atomic
def household_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """A household, who lives in it, and its categories over time; the reading is audited."""
    rows = Household.objects.visible_to(request.user).select_related("category", "mahalla__district__region")
    household = get_object_or_404(rows, uuid=uuid)
    audit.record("household.read", household, by=request.user)
    values = {"home": household_record(household), "may_write": rules.can_record_in(request.user, household.mahalla)}
    values["events"] = events_of_home(household)
    return render(request, "enrollment/household_detail.html", values)


@login_required
@require_safe
@transaction.atomic
def resident_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """All that is known of a resident's way; the reading is audited."""
    resident = visible_resident(request, uuid)
    audit.record("resident.read", resident, by=request.user)
    values = {
        "record": resident_record(resident),
        "may_write": rules.can_write_resident(request.user, resident),
        "may_hand_out": rules.can_hand_out_code(request.user, resident),
        "refer_url": reverse("enrollment:referral_create", args=[uuid]),
        "phone_url": f"tel:{resident.person.phone}",
    }
    if resident.ends_on:
        now = Resident.objects.visible_to(request.user).filter(person=resident.person, ends_on=None).first()
        values["goes_on"] = now
    else:
        values["pair"] = open_pair_of(resident.person, request.user)
    return render(request, "enrollment/resident_detail.html", values)


@never_cache
@login_required
@require_POST
def activation_create_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Make a code and show it, this once; where the resident has a password, a second person is asked first."""
    resident = _activated_resident(request, uuid)
    code = make_activation_code(resident.person.user, by=request.user)
    if code:
        return _slip(request, resident, code)
    messages.info(
        request,
        _("%(name)s has a password already, so a second person has to approve. It is asked for on this page.")
        % {"name": resident.person.name},
    )
    return redirect("enrollment:resident_detail", uuid)


@never_cache
@login_required
@require_POST
def activation_approve_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Approve what somebody else asked for, and show the code, this once."""
    resident = _activated_resident(request, uuid)
    waiting = waiting_request(resident)
    try:
        if waiting:
            return _slip(request, resident, approve_activation(waiting, by=request.user))
        messages.info(request, _("No request for a code waits for approval any more."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("enrollment:resident_detail", uuid)


def visible_resident(request: AuthenticatedRequest, uuid: UUID) -> Resident:
    """The resident, with person and home, whom the reader may see; else 404."""
    rows = Resident.objects.visible_to(request.user).select_related(
        "person__user", "household__category", "household__mahalla__district__region", "mahalla__district__region"
    )
    return get_object_or_404(rows, uuid=uuid)


def _activated_resident(request: AuthenticatedRequest, uuid: UUID) -> Resident:
    resident = visible_resident(request, uuid)
    if not rules.can_hand_out_code(request.user, resident):
        raise PermissionDenied
    return resident


def _slip(request: AuthenticatedRequest, resident: Resident, code: str) -> HttpResponse:
    back = reverse("enrollment:resident_detail", args=[resident.uuid])
    values = {"person": resident.person, "code": code, "back_url": back}
    return render(request, "enrollment/activation_slip.html", values)
