"""Sending a resident to a place: what there is nearby, and the form."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from accounts.models import Organization
from base.errors import DomainError
from base.forms import told
from courses.models import Course
from enrollment import rules
from enrollment.forms.referrals import PlaceSearchForm, ReferralForm
from enrollment.models import Cohort, Resident, Wish
from enrollment.queries.places import Place, offers_to
from enrollment.services.referrals import make_referral


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def referral_create_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Show where a resident may go, the nearest first, and send the resident to the place that is chosen."""
    residents = Resident.objects.visible_to(request.user).filter(ends_on=None)
    resident = get_object_or_404(residents.select_related("person", "household", "mahalla__district"), uuid=uuid)
    if not rules.can_send(request.user, resident.mahalla):
        raise PermissionDenied
    wish = _wish(resident, request.GET.get("wish", ""))
    search = PlaceSearchForm(request.GET if "q" in request.GET else None)
    offers = offers_to(resident, search.sought(wish))
    choices = [*map(_choice, offers.places), *map(_waiting_choice, offers.waiting)]
    form = ReferralForm(request.POST or None, places=choices)
    if form.is_valid():
        try:
            referral = make_referral(
                resident=resident,
                **_place_of(form.cleaned_data["place"]),
                wish=wish,
                note=form.cleaned_data["note"],
                door=rules.door_of(request.user, resident.mahalla),
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, _("Sent. You will be told when the provider answers."))
            return redirect("enrollment:referral_detail", referral.uuid)
    values = {"resident": resident, "wish": wish, "search": search, "form": form, "offers": offers}
    return render(request, "enrollment/referral_create.html", values, status=422 if form.errors else 200)


def _choice(place: Place) -> tuple[str, str]:
    cohort = place.cohort
    words: dict[str, Any] = {
        "place": cohort.organization.name,
        "distance": place.distance.label,
        "day": f"{cohort.starts_on:%d.%m.%Y}" if cohort.starts_on else "—",
        "free": place.seats_free,
    }
    if place.seats_free is None:
        text = _("%(place)s. %(distance)s, starts %(day)s.") % words
    else:
        text = _("%(place)s. %(distance)s, starts %(day)s, seats free: %(free)s.") % words
    return f"group:{cohort.uuid}", _two_lines(cohort.course.name, text)


def _waiting_choice(course: Course) -> tuple[str, str]:
    text = _("%(place)s. No group is open now, the resident waits.") % {"place": course.provider.name}
    return f"course:{course.uuid}", _two_lines(course.name, text)


def _two_lines(name: str, text: str) -> SafeString:
    return format_html("{}<small>{}</small>", name, text)


def _place_of(choice: str) -> dict[str, Any]:
    """Course, provider and group of a choice that the form has checked."""
    kind, _colon, uuid = choice.partition(":")
    if kind == "group":
        cohort = Cohort.objects.select_related("course", "organization").get(uuid=uuid)
        return {"course": cohort.course, "organization": cohort.organization, "cohort": cohort}
    course = Course.objects.select_related("provider").get(uuid=uuid)
    provider: Organization = course.provider
    return {"course": course, "organization": provider}


def _wish(resident: Resident, uuid: str) -> Wish | None:
    """The wish of the resident that the address names."""
    try:
        rows = resident.wishes.filter(uuid=UUID(uuid))
    except ValueError:
        return None
    return rows.select_related("course", "profession").first()
