"""A class opened to guests: the link, coming in by it, and the class as a guest sees it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from pydantic import ValidationError

from accounts.http import AuthenticatedRequest
from base.downloads import file_response
from base.errors import DomainError
from base.rates import TooOften, limit_rate
from live import rules
from live.commands.guests import GUEST_COMMANDS
from live.conference.chosen import chosen
from live.forms import GuestForm
from live.media import janus
from live.models import Guest, LiveSession
from live.queries.slides import slides_seen_in, stage_of
from live.services import guests
from live.views.room import chat_context, find_session
from live.views.waiting import lobby_page, still_waits

TRIES_A_MINUTE = 20  # of one address
Status = LiveSession.Status


# --- Who teaches ------------------------------------------------------------------------------
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def guests_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The link for guests, and who came by it."""
    session = find_session(request.user, uuid)
    if not rules.can_teach(request.user, session.cohort):
        raise PermissionDenied
    if request.method == "POST":
        try:
            _manage(request, session)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("live:guests", session.uuid)
    link = session.guest_links.filter(revoked_at=None).first()
    address = settings.SITE_URL + reverse("live:guest_enter", args=[guests.token_of(link)]) if link else ""
    came = link.guests.filter(removed_at=None) if link else []
    return render(request, "live/guests.html", {"session": session, "link": link, "address": address, "came": came})


def _manage(request: AuthenticatedRequest, session: LiveSession) -> None:
    if "close" in request.POST:
        guests.close_to_guests(session, by=request.user)
    elif "who" in request.POST:
        try:
            guests.remove_guest(session, who=UUID(request.POST["who"]), by=request.user)
        except ValueError:
            raise Http404 from None
    else:
        guests.open_to_guests(session, may_write="may_write" in request.POST, by=request.user)


# --- Guests -----------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def guest_enter_view(request: HttpRequest, token: str) -> HttpResponse:
    """Say who one is, and come in."""
    try:
        limit_rate(request, "guest-link", per_minute=TRIES_A_MINUTE)
    except TooOften as error:
        return HttpResponse(str(error), status=error.status, headers={"Retry-After": str(error.retry_after)})
    link = guests.link_by(token)
    if link is None:
        raise Http404
    if not link.is_open:
        return render(request, "live/guest_closed.html", status=410)
    form = GuestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _let_in(guests.come_in(link, name=form.cleaned_data["name"]))
        except DomainError as error:
            form.add_error("name", str(error))
    context = {"session": link.session, "form": form}
    return render(request, "live/guest_enter.html", context, status=422 if form.errors else 200)


def _let_in(guest: Guest) -> HttpResponse:
    address = reverse("live:guest_room", args=[guest.link.session.uuid])
    answer = redirect(address)
    answer.set_cookie(
        guests.COOKIE,
        guests.pass_of(guest),
        path=address,  # its pages, and the socket
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def guest_room_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The class as a guest sees it; a message without a script comes here too."""
    guest = _guest(request, uuid)
    if guest is None:
        return render(request, "live/guest_closed.html", status=410)
    session = guest.link.session
    if rules.guest_waits(guest, session):
        return lobby_page(request, session, guest)
    if request.method == "POST":
        _say(request, session, guest)
        return redirect(reverse("live:guest_room", args=[uuid]) + "#newest")
    context: dict[str, Any] = {"session": session, "guest": guest}
    if session.status == Status.SCHEDULED:
        context["minutes_left"] = max(0, int((session.starts_at - timezone.now()).total_seconds() // 60))
        return render(request, "live/guest_waiting.html", context)
    context |= chat_context(session, guest, request.GET.get("before", ""))
    context |= {
        "stage": stage_of(session),
        "has_media": janus.is_here(),
        "conference": chosen(),
        "conference_origin": settings.CONFERENCE_ORIGIN,
        "blank": {},
        "blank_mine": {"mine": True},
        "blank_guest": {"guest": True},
    }
    return render(request, "live/guest_class.html", context)


@never_cache
@require_GET
def guest_waiting_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The place of a guest who waits; empty once there is something else to be seen."""
    guest = _guest(request, uuid)
    if guest and rules.guest_waits(guest, guest.link.session):
        return still_waits(request, guest.link.session, guest)
    return HttpResponse(status=204)


@never_cache
@require_GET
def guest_slides_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The part of the page that shows slides, as it stands now."""
    if (guest := _guest_inside(request, uuid)) is None:
        raise Http404
    session = guest.link.session
    return render(request, "live/_slides.html", {"session": session, "guest": guest, "stage": stage_of(session)})


@require_safe
def guest_slide_view(request: HttpRequest, uuid: UUID, deck: UUID, number: int, size: str) -> HttpResponseBase:
    """The picture of a slide that this class has seen."""
    if _guest_inside(request, uuid) is None:
        raise Http404
    sessions = LiveSession.objects.filter(uuid=uuid)
    slide = get_object_or_404(slides_seen_in(sessions, deck), number=number)
    return file_response(request, slide.small if size == "small" else slide.large)


def _guest(request: HttpRequest, uuid: UUID) -> Guest | None:
    return guests.guest_by(request.COOKIES.get(guests.COOKIE, ""), uuid)


def _guest_inside(request: HttpRequest, uuid: UUID) -> Guest | None:
    """The guest, unless they wait to be let in."""
    guest = _guest(request, uuid)
    return guest if guest and not rules.guest_waits(guest, guest.link.session) else None


def _say(request: HttpRequest, session: LiveSession, guest: Guest) -> None:
    command = GUEST_COMMANDS["say"]
    fields = {name: request.POST.get(name, "") for name in ("text", "key")}
    try:
        command.service(session, by=guest, **command.payload.model_validate(fields).model_dump())
    except (ValidationError, DomainError) as error:
        messages.error(request, str(error))
