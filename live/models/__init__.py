"""Classes taught in real time, what happened in them, what was shown, and who was there."""

from live.models.checks import MinutesSaid, PresenceAnswer, PresenceCheck
from live.models.events import RoomEvent
from live.models.guests import Guest, GuestLink
from live.models.recordings import Recording, Viewing
from live.models.sessions import LiveSession, Visit
from live.models.slides import Deck, Slide

__all__ = [
    "Deck",
    "Guest",
    "GuestLink",
    "LiveSession",
    "MinutesSaid",
    "PresenceAnswer",
    "PresenceCheck",
    "Recording",
    "RoomEvent",
    "Slide",
    "Viewing",
    "Visit",
]
