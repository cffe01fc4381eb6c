"""Pages of people who are asked for from elsewhere: the list, the record, and the answer."""

from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.services import audit
from base.forms import posted
from base.pages import ask, press
from base.paging import count_up_to, requested_page
from enrollment import rules
from enrollment.forms.relocations import RefuseForm, RelocationFilterForm
from enrollment.models import Relocation, Resident
from enrollment.services.relocations import confirm_relocation, refuse_relocation, withdraw_relocation


@login_required
@require_safe
def relocation_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """Who is asked for, by others and by one's own mahalla; each by the name that whoever asked wrote."""
    if not rules.can_read_residents(request.user):
        raise PermissionDenied
    form = RelocationFilterForm(request.GET)
    rows = Relocation.objects.visible_to(request.user).filter(**form.asked())
    page = requested_page(request, rows.select_related("household__mahalla__district__region"))
    values = {"page": page, "count": count_up_to(rows), "form": form}
    return render(request, "enrollment/relocation_list.html", values)


@login_required
@require_safe
@transaction.atomic
def relocation_detail_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """One question; the person behind it is shown to whoever answers, and to all once it is confirmed. Audited."""
    relocation = _find(request, uuid)
    answers = rules.can_answer_relocation(request.user, relocation)
    values = {"relocation": relocation, "answers": answers, "is_open": relocation.status == Relocation.Status.ASKED}
    values["asks"] = rules.can_record_in(request.user, relocation.household.mahalla)
    if answers or relocation.status == Relocation.Status.CONFIRMED:
        residents = Resident.objects.visible_to(request.user).filter(person=relocation.person)
        values |= {"person": relocation.person, "resident": residents.order_by("-id").first()}
    audit.record("relocation.read", relocation, by=request.user)
    return render(request, "enrollment/relocation_detail.html", values)


@login_required
@require_POST
def relocation_confirm_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Let the person move."""
    relocation = _to_answer(request, uuid)
    confirm = partial(confirm_relocation, relocation, by=request.user)
    return press(request, confirm, done=_("Confirmed. Whoever asked is told."), back=_record_of(relocation))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def relocation_refuse_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask for the reason, and refuse."""
    relocation = _to_answer(request, uuid)
    return ask(
        request,
        RefuseForm(posted(request)),
        partial(refuse_relocation, relocation, by=request.user),
        back=_record_of(relocation),
        title=_("Refuse the move?"),
        text=_("%(resident)s stays where the record is now.") % {"resident": relocation.person.name},
        submit=_("Refuse the move"),
        danger=True,
    )


@login_required
@require_POST
def relocation_withdraw_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Take one's own question back."""
    relocation = _find(request, uuid)
    if not rules.can_record_in(request.user, relocation.household.mahalla):
        raise PermissionDenied
    withdraw = partial(withdraw_relocation, relocation, by=request.user)
    return press(request, withdraw, done=_("The question is taken back."), back=_record_of(relocation))


def _record_of(relocation: Relocation) -> str:
    return reverse("enrollment:relocation_detail", args=[relocation.uuid])


def _find(request: AuthenticatedRequest, uuid: UUID) -> Relocation:
    rows = Relocation.objects.visible_to(request.user).select_related(
        "person", "mahalla__district", "household__mahalla__district__region", "asked_by__person", "answered_by__person"
    )
    return get_object_or_404(rows, uuid=uuid)


def _to_answer(request: AuthenticatedRequest, uuid: UUID) -> Relocation:
    relocation = _find(request, uuid)
    if not rules.can_answer_relocation(request.user, relocation):
        raise PermissionDenied
    return relocation
