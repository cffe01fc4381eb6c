"""The lobby of a class: waiting there, and who is waiting."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.http import AuthenticatedRequest
from live import rules
from live.queries.lobby import people_waiting
from live.views.room import find_session
from live.views.waiting import still_waits


@login_required
@never_cache
@require_GET
def waiting_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """The place of whoever waits; empty once there is something else to be seen. Asked again and again by live.ts."""
    session = find_session(request.user, uuid, may_wait=True)
    if rules.waits(request.user, session) and not rules.is_removed(request.user, session):
        return still_waits(request, session, request.user)
    return HttpResponse(status=204)


@login_required
@require_GET
def lobby_view(request: AuthenticatedRequest, uuid: UUID) -> HttpResponse:
    """Who waits, for who leads the class. Asked for by live.ts when that changes."""
    session = find_session(request.user, uuid)
    if not rules.can_host(request.user, session):
        raise PermissionDenied
    return render(request, "live/_lobby_now.html", {"session": session, "waiters": people_waiting(session)})
