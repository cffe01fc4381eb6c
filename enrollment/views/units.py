"""The units of one's own organization: the tree, one unit, closing it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import Organization
from accounts.models.organizations import OrganizationQuerySet
from accounts.services.units import change_unit, close_unit, create_unit, reopen_unit
from base.dates import short_date
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.paging import requested_page
from enrollment import rules
from enrollment.forms.units import CloseUnitForm, UnitFilterForm, UnitForm
from enrollment.queries.staff import own_organizations
from enrollment.queries.units import (
    ORDER,
    path_to,
    rules_naming,
    top_organizations,
    unit_lines,
    units_of,
    units_under,
)
from enrollment.views.staff import check_manager


@login_required
@require_safe
def unit_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """A level of the tree of own organizations, with how many work where; `?under=` opens a unit.

    Who manages one organization alone begins with that one opened.
    """
    check_manager(request.user)
    tops = top_organizations(request.user)
    opened = _opened(request, tops)
    rows = units_under(opened) if opened else tops
    standing = rows.standing()
    page = requested_page(request, rows if request.GET.get("closed") else standing, order=ORDER)
    values = {
        "opened": unit_lines([opened])[0] if opened else None,
        "path": [(unit.name, _opening(unit)) for unit in path_to(opened, request.user)] if opened else [],
        "page": page,
        "lines": unit_lines(page.items),
        "has_closed": rows.exclude(pk__in=standing.values("pk")).exists(),
    }
    return render(request, "enrollment/unit_list.html", values)


def _opening(unit: Organization) -> str:
    return f"{reverse('enrollment:unit_list')}?under={unit.uuid}"


def _opened(request: AuthenticatedRequest, tops: OrganizationQuerySet) -> Organization | None:
    if under := UnitFilterForm(request.GET).asked().get("under"):
        unit = get_object_or_404(Organization.objects.select_related("parent"), uuid=under)
        if unit.pk not in own_organizations(request.user):
            raise Http404
        return unit
    few = list(tops[:2])
    return few[0] if len(few) == 1 else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unit_create_view(request: AuthenticatedRequest) -> HttpResponse:
    """Make a unit."""
    check_manager(request.user)
    form = UnitForm(posted(request), user=request.user, initial={"parent": request.GET.get("under", "")})
    if form.saved(lambda: create_unit(**form.asked(), by=request.user)):
        return redirect("enrollment:unit_list")
    values = {"form": form, "title": _("Add a unit")}
    return render(request, "enrollment/unit_form.html", values, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unit_edit_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Name a unit otherwise or move it; the rules that name it are shown beside."""
    unit = _find(request, uuid)
    form = UnitForm(posted(request), user=request.user, unit=unit)
    if form.saved(lambda: change_unit(unit, **form.asked(), by=request.user)):
        messages.success(request, _("The unit is saved."))
        return redirect("enrollment:unit_list")
    values = {"form": form, "title": unit.name, "unit": unit, "rules": rules_naming(unit)}
    return render(request, "enrollment/unit_form.html", values, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unit_close_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Ask from when on, and close a unit in which nobody works any more."""
    unit = _find(request, uuid)
    form = CloseUnitForm(posted(request))
    if form.is_valid():
        try:
            unit = close_unit(unit, **form.cleaned_data, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            said = _("“%(unit)s” is closed from %(day)s.")
            messages.success(request, said % {"unit": unit.name, "day": short_date(form.cleaned_data["on"])})
            return redirect("enrollment:unit_list")
    values = {
        "title": _("Close “%(unit)s”?") % {"unit": unit.name},
        "text": _("From that day on nobody is appointed to it. Who worked there and what they learned stays readable."),
        "submit": _("Close the unit"),
        "form": form,
        "cancel_url": reverse("enrollment:unit_edit", args=[uuid]),
        "danger": True,
    }
    return render(request, "confirm.html", values, status=422 if form.errors else 200)


@login_required
@require_POST
def unit_reopen_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Take the closing of a unit back."""
    try:
        reopen_unit(_find(request, uuid), by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("enrollment:unit_edit", uuid)


def _find(request: AuthenticatedRequest, uuid: UUID) -> Organization:
    check_manager(request.user)
    unit = get_object_or_404(units_of(request.user).select_related("parent"), uuid=uuid)
    if not rules.can_keep_unit(request.user, unit):
        raise PermissionDenied
    return unit
