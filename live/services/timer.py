"""A timer that all see run down. What stands in its last event is how it stands."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from live.models import LiveSession, RoomEvent
from live.queries.room import timer_of
from live.services.events import enter, record_event

Kind = RoomEvent.Kind


@transaction.atomic
def start_timer(session: LiveSession, *, minutes: int, by: User) -> None:
    """Let a timer run, in place of one that runs. Raises what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    _set(session, _until(minutes * 60), by=by)


@transaction.atomic
def pause_timer(session: LiveSession, *, by: User) -> None:
    """Stop it where it is; one that pauses or has run down stays as it is. Raises what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    ends_at = timer_of(session).get("ends_at")
    left = round((datetime.fromisoformat(ends_at) - timezone.now()).total_seconds()) if ends_at else 0
    if left > 0:
        _set(session, {"left": left}, by=by)


@transaction.atomic
def resume_timer(session: LiveSession, *, by: User) -> None:
    """Let it go on; one that runs goes on. Raises what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    if left := timer_of(session).get("left"):
        _set(session, _until(left), by=by)


@transaction.atomic
def clear_timer(session: LiveSession, *, by: User) -> None:
    """Take it away. Raises what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    if timer_of(session):
        _set(session, {}, by=by)


def _until(seconds: int) -> dict[str, Any]:
    return {"ends_at": (timezone.now() + timedelta(seconds=seconds)).isoformat()}


def _set(session: LiveSession, body: dict[str, Any], *, by: User) -> None:
    record_event(session, Kind.TIMER, by=by, body=body)
