"""Classes taught in real time, what happened in them, and who was there."""

from live.models.events import RoomEvent
from live.models.sessions import LiveSession, Visit

__all__ = ["LiveSession", "RoomEvent", "Visit"]
