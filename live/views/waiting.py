"""The page of whoever waits to be let into a class."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from live.models import Guest, LiveSession
from live.queries.lobby import place_in_order
from live.services.lobby import knock


def lobby_page(request: HttpRequest, session: LiveSession, who: User | Guest, **context: Any) -> HttpResponse:
    """The page of a class for somebody who waits to be let in."""
    left = max(0, int((session.starts_at - timezone.now()).total_seconds() // 60))
    context |= {"session": session, "place": place_in_order(knock(session, by=who)), "minutes_left": left}
    return render(request, "live/lobby.html", context | {"guest": who if isinstance(who, Guest) else None})


def still_waits(request: HttpRequest, session: LiveSession, who: User | Guest) -> HttpResponse:
    """The place in the order, to somebody who goes on waiting."""
    return render(request, "live/_lobby_place.html", {"place": place_in_order(knock(session, by=who))})
