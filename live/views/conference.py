"""The door to a conference is an address of ours: rights are asked each time, and no page holds a key."""

from uuid import UUID

from csp.constants import SELF
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.http import AuthenticatedRequest
from accounts.models import User
from base.errors import DomainError
from live import rules
from live.models import Guest, LiveSession
from live.services.conference import ConferenceNotReady, door
from live.services.guests import COOKIE, guest_by
from live.views.room import find_session

SECONDS = 5  # until it is tried again by itself


@login_required
@never_cache
@require_GET
def conference_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    return _lead_in(request, find_session(request.user, uuid), request.user)


@never_cache
@require_GET
def guest_conference_view(request: HttpRequest, uuid: UUID) -> HttpResponse:
    guest = guest_by(request.COOKIES.get(COOKIE, ""), uuid)
    if guest is None or rules.guest_waits(guest, guest.link.session):
        raise Http404
    return _lead_in(request, guest.link.session, guest)


def _lead_in(request: HttpRequest, session: LiveSession, by: User | Guest) -> HttpResponse:
    try:
        return HttpResponseRedirect(door(session, by=by), headers={"Referrer-Policy": "no-referrer"})
    except DomainError as refusal:
        return _closed(request, refusal)


def _closed(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Why nobody comes in, in the frame of our own page; where it is only a matter of time, it is tried again."""
    comes = isinstance(refusal, ConferenceNotReady)
    context = {"reason": refusal, "url": request.path if comes else ""}
    answer = render(request, "live/conference_closed.html", context, status=refusal.status)
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]  # how django-csp is told
    if comes:
        answer["Refresh"] = str(SECONDS)
    return answer
