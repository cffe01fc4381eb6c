"""What was typed along of what is spoken in a class."""

from dataclasses import dataclass
from datetime import datetime

from live.models import LiveSession, RoomEvent

MOST_LINES = 2000  # of one class, on one page


@dataclass(frozen=True)
class Line:
    at: datetime
    text: str


def caption_lines(session: LiveSession, *, limit: int = MOST_LINES) -> list[Line]:
    """The last lines, in order; by the index roomevent_captions."""
    events = RoomEvent.objects.filter(session=session.pk, kind=RoomEvent.Kind.CAPTION).order_by("-seq")
    return [Line(at, body["text"]) for at, body in events.values_list("at", "body")[:limit]][::-1]
