"""The rooms of one's providers."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from base.errors import DomainError
from base.forms import posted, show_refusal
from base.paging import requested_page
from enrollment import rules
from enrollment.forms.calendar import RoomForm
from enrollment.models import Room
from enrollment.models.cohorts import ANSWERING, TEACHING
from enrollment.queries.calendar import rooms_of
from enrollment.services.rooms import save_room


@login_required
@require_safe
def room_list_view(request: AuthenticatedRequest) -> HttpResponse:
    """The rooms in which classes are held."""
    if not request.user.standing.has(*TEACHING):
        raise PermissionDenied
    page = requested_page(request, rooms_of(request.user).select_related("organization"))
    values = {"page": page, "leads": request.user.standing.has(*ANSWERING)}
    return render(request, "enrollment/room_list.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def room_create_view(request: AuthenticatedRequest) -> HttpResponse:
    """Write a room down."""
    if not request.user.standing.has(*ANSWERING):
        raise PermissionDenied
    return _save(request, RoomForm(posted(request), user=request.user), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def room_edit_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Change a room, or take it out of use."""
    room = get_object_or_404(rooms_of(request.user).select_related("organization"), uuid=uuid)
    if not rules.can_run_cohorts(request.user, room.organization_id):
        raise PermissionDenied
    return _save(request, RoomForm(posted(request), user=request.user, room=room), room)


def _save(request: AuthenticatedRequest, form: RoomForm, room: Room | None) -> HttpResponse:
    if form.is_valid():
        typed = form.cleaned_data
        organization = room.organization if room else typed.pop("organization")
        try:
            save_room(organization=organization, **typed, room=room, by=request.user)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("enrollment:room_list")
    values = {"form": form, "title": room.name if room else _("Add a room")}
    return render(request, "enrollment/room_form.html", values, status=422 if form.errors else 200)
