"""How events and people are told to clients: docs/live.asyncapi.yaml describes it."""

from typing import Any

from accounts.models import User
from live.models import Guest, RoomEvent, Visit

Kind = RoomEvent.Kind


def user_data(user: User) -> dict[str, str]:
    return {"id": str(user.uuid), "name": user.name}


def guest_data(guest: Guest) -> dict[str, Any]:
    return {"id": str(guest.uuid), "name": guest.name, "guest": True}


def person_data(stay: Visit) -> dict[str, Any]:
    if stay.guest:
        return guest_data(stay.guest) | {"teaches": False}
    assert stay.user
    return user_data(stay.user) | {"teaches": stay.enrollment_id is None}


def event_data(event: RoomEvent) -> dict[str, Any]:
    """An event as clients see it; what a removed message or question said is left out."""
    data: dict[str, Any] = {"seq": event.seq, "kind": event.kind, "at": event.at.isoformat()}
    if event.user:
        data["by"] = user_data(event.user)
    if event.guest:
        data["by"] = guest_data(event.guest)
    if event.about:
        data["about"] = user_data(event.about)
    if event.breakout:
        data["breakout"] = str(event.breakout.uuid)
    if event.key:
        data["key"] = str(event.key)
    return data | ({"hidden": True} if event.is_hidden else event.body)
