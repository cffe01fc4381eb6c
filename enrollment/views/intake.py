"""Writing down: a household, who lives in it, what they wish; one matter a page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from accounts.pinfl import check_pinfl
from base.errors import DomainError
from base.forms import posted, show_refusal
from enrollment import rules
from enrollment.forms.intake import CategoryForm, HouseholdForm, LeaveForm, ResidentForm, WishForm
from enrollment.models import Household, Resident, Wish
from enrollment.queries.duplicates import open_pair_of
from enrollment.queries.residents import household_record
from enrollment.services.households import change_category, create_household
from enrollment.services.relocations import ask_relocation
from enrollment.services.residents import (
    KnownElsewhere,
    ResidentKnown,
    correct_resident,
    leave_household,
    register_resident,
)
from enrollment.services.wishes import move_wish, record_wish
from enrollment.views.residents import visible_resident

PERSON_FIELDS = ("surname", "given_name", "patronymic", "pinfl", "birth_date", "phone")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def household_create_view(request: AuthenticatedRequest) -> HttpResponse:
    """Step 1: the home."""
    if not rules.can_record_households(request.user):
        raise PermissionDenied
    form = HouseholdForm(posted(request), mahallas=rules.mahallas_of_work(request.user))
    if form.is_valid():
        try:
            household = create_household(**form.cleaned_data, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("enrollment:resident_create", household.uuid)
    return _page(request, "enrollment/household_form.html", form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def household_category_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Move a household to another category from a day."""
    household = _own_household(request, uuid)
    form = CategoryForm(posted(request), current=household.category)
    if form.is_valid():
        try:
            household = change_category(household, **form.cleaned_data, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The category is now “%(name)s”.") % {"name": household.category.name})
            return redirect("enrollment:household_detail", uuid)
    return _page(request, "enrollment/category_form.html", form, household=household)


@sensitive_post_parameters(*PERSON_FIELDS)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resident_create_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Step 2: who lives in a household, one after the other."""
    household = _own_household(request, uuid)
    form, known, may_ask = ResidentForm(posted(request)), "", False
    if form.is_valid():
        try:
            if "relocate" in request.POST:
                relocation = ask_relocation(household, form.to_data(), by=request.user)
                return redirect("enrollment:relocation_detail", relocation.uuid)
            resident = register_resident(household, form.to_data(), uuid=form.cleaned_data["uuid"], by=request.user)
        except DomainError as error:
            known, may_ask = _refuse(form, error), isinstance(error, KnownElsewhere)
        else:
            _say_saved(request, resident)
            if "another" in request.POST:
                return redirect("enrollment:resident_create", uuid)
            return redirect(f"{reverse('enrollment:wish_create', args=[resident.uuid])}?new=1")
    home = household_record(household)
    may_ask = may_ask or (known != "" and known not in {str(member.uuid) for member in home.members})
    return _page(request, "enrollment/resident_form.html", form, home=home, known=known, may_ask=may_ask)


@sensitive_post_parameters(*PERSON_FIELDS)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resident_edit_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Correct what is written of a resident; the PINFL stays where none is typed."""
    resident = _own_resident(request, uuid)
    person = resident.person
    names = ("surname", "given_name", "patronymic", "birth_date", "gender", "phone")
    form, known = ResidentForm(posted(request), initial={name: getattr(person, name) for name in names}), ""
    if person.pinfl:
        form.fields["pinfl"].help_text = _("Recorded: %(masked)s. Leave empty to keep it.") % {"masked": person.pinfl}
    if form.is_valid():
        try:
            _say_saved(request, correct_resident(resident, form.to_data(person), by=request.user))
        except DomainError as error:
            known = _refuse(form, error)
        else:
            return redirect("enrollment:resident_detail", uuid)
    return _page(request, "enrollment/resident_edit.html", form, resident=resident, known=known)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resident_leave_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """A resident does not live in the household any more."""
    resident = _own_resident(request, uuid)
    form = LeaveForm(posted(request))
    if form.is_valid():
        try:
            leave_household(resident, on=form.cleaned_data["on"], by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(name)s does not live here any more") % {"name": resident.person.name})
            return redirect("enrollment:household_detail", resident.household.uuid)
    return _page(
        request,
        "confirm.html",
        form,
        title=_("%(name)s does not live here any more") % {"name": resident.person.name},
        text=_("The record is closed on this day and stays to be read. Wherever the person lives now, it can go on."),
        submit=_("Close the record"),
        cancel_url=reverse("enrollment:resident_detail", args=[uuid]),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wish_create_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Step 3: what a resident wishes."""
    resident = _own_resident(request, uuid)
    form = WishForm(posted(request))
    if form.is_valid():
        try:
            record_wish(resident, **form.cleaned_data, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The wish is written down."))
            return redirect("enrollment:resident_detail", uuid)
    return _page(request, "enrollment/wish_form.html", form, resident=resident, is_new="new" in request.GET)


@login_required
@require_POST
def wish_withdraw_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The resident no longer wishes this; what was withdrawn by mistake is recorded again by one press."""
    wish = _own_wish(request, uuid)
    try:
        move_wish(wish, Wish.Status.WITHDRAWN, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The wish is withdrawn. “Record again” beside it takes that back."))
    return redirect("enrollment:resident_detail", wish.resident.uuid)


@login_required
@require_POST
def wish_repeat_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Record a withdrawn wish again, with the same words and day."""
    wish = _own_wish(request, uuid)
    same = {name: getattr(wish, name) for name in ("kind", "profession", "course", "note", "said_on")}
    record_wish(wish.resident, **same, by=request.user)
    messages.success(request, _("The wish is written down again."))
    return redirect("enrollment:resident_detail", wish.resident.uuid)


def _own_household(request: AuthenticatedRequest, uuid: UUID) -> Household:
    rows = Household.objects.visible_to(request.user).select_related("category", "mahalla__district__region")
    household = get_object_or_404(rows, uuid=uuid)
    if not rules.can_record_in(request.user, household.mahalla):
        raise PermissionDenied
    return household


def _own_resident(request: AuthenticatedRequest, uuid: UUID) -> Resident:
    resident = visible_resident(request, uuid)
    if not rules.can_write_resident(request.user, resident):
        raise PermissionDenied
    return resident


def _own_wish(request: AuthenticatedRequest, uuid: UUID) -> Wish:
    residents = Resident.objects.visible_to(request.user)
    rows = Wish.objects.filter(resident__in=residents).select_related("resident__mahalla__district")
    wish = get_object_or_404(rows, uuid=uuid)
    if not rules.can_write_resident(request.user, wish.resident):
        raise PermissionDenied
    return wish


def _refuse(form: ResidentForm, error: DomainError) -> str:
    """Say why a person was not saved; the id of the resident who is meant, where the reader may see it."""
    if isinstance(error, ResidentKnown):
        form.add_error("pinfl" if form.cleaned_data.get("pinfl") else None, str(error))
        known: str = error.facts["id"]
        return known
    show_refusal(form, error)
    return ""


def _say_saved(request: AuthenticatedRequest, resident: Resident) -> None:
    """Confirm, and warn of what the reader should look at once more."""
    url = reverse("enrollment:resident_detail", args=[resident.uuid])
    link = format_html('<a class="link" href="{}">{}</a>', url, resident.person.name)
    messages.success(request, format_html(_("{name} is written down."), name=link))
    if pair := open_pair_of(resident.person, request.user):
        said = _("Another record has the same name and date of birth. {link}")
        url = reverse("enrollment:duplicate_detail", args=[pair.uuid])
        link = format_html('<a class="link" href="{}">{}</a>', url, _("Compare the records"))
        messages.warning(request, format_html(said, link=link))
    for finding in check_pinfl(resident.person.pinfl) if resident.person.pinfl else []:
        messages.warning(request, finding.message)


def _page(request: AuthenticatedRequest, template: str, form: Any, **values: Any) -> HttpResponse:
    return render(request, template, {"form": form} | values, status=422 if form.errors else 200)
