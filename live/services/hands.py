"""Raised hands."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from base.lookup import named
from live import rules
from live.models import LiveSession, RoomEvent
from live.queries.room import has_hand_up, participants
from live.services.events import TeachersOnly, enter, record_event

Kind = RoomEvent.Kind


@transaction.atomic
def raise_hand(session: LiveSession, *, by: User) -> None:
    """Ask for the floor; a hand that is up stays up in its place. Raises what `enter` raises."""
    session = enter(session, by=by)
    if not has_hand_up(session, by):
        record_event(session, Kind.HAND, by=by, about=by)


@transaction.atomic
def lower_hand(session: LiveSession, *, who: UUID | None = None, by: User) -> None:
    """Lower one's own hand or, as teacher, anybody's. Raises TeachersOnly, InvalidInput and what `enter` raises."""
    session = enter(session, by=by)
    user = named(participants(session), "who", uuid=who) if who else by
    if user != by and not rules.can_host(by, session):
        raise TeachersOnly
    if has_hand_up(session, user):
        record_event(session, Kind.LOWER, by=by, about=user)
