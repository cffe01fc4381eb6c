"""What was typed along of what is spoken in a class."""

from dataclasses import dataclass
from datetime import datetime

from live.models import LiveSession, RoomEvent


@dataclass(frozen=True)
class Line:
    at: datetime
    text: str


def was_spoken(session: LiveSession) -> bool:
    """Whether anything was typed along."""
    return RoomEvent.objects.filter(session=session.pk, kind=RoomEvent.Kind.CAPTION).exists()


def caption_lines(session: LiveSession, *, limit: int) -> list[Line]:
    """The last lines, in order; by the index roomevent_captions."""
    events = RoomEvent.objects.filter(session=session.pk, kind=RoomEvent.Kind.CAPTION).order_by("-seq")
    return [Line(at, body["text"]) for at, body in events.values_list("at", "body")[:limit]][::-1]
