"""Classes taught in real time, what happened in them, what was shown, and who was there."""

from live.models.breakouts import Breakout, Division, Place
from live.models.checks import MinutesSaid, PresenceAnswer, PresenceCheck
from live.models.events import RoomEvent
from live.models.guests import Guest, GuestLink
from live.models.inquiries import Inquiry, Support
from live.models.lobby import Waiter
from live.models.notes import Notes
from live.models.polls import Poll, Vote
from live.models.reactions import Reaction
from live.models.recordings import Recording, Viewing
from live.models.sessions import LiveSession, Visit
from live.models.slides import Deck, Slide

__all__ = [
    "Breakout",
    "Deck",
    "Division",
    "Guest",
    "GuestLink",
    "Inquiry",
    "LiveSession",
    "MinutesSaid",
    "Notes",
    "Place",
    "Poll",
    "PresenceAnswer",
    "PresenceCheck",
    "Reaction",
    "Recording",
    "RoomEvent",
    "Slide",
    "Support",
    "Viewing",
    "Visit",
    "Vote",
    "Waiter",
]
