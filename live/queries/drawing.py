"""What is drawn on slides."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from live.models import LiveSession, RoomEvent

Kind = RoomEvent.Kind
PAINTS = {"red": "#c9211e", "blue": "#2454c7", "green": "#1f7a3a", "black": "#111111"}


@dataclass(frozen=True)
class Stroke:
    """A line on a slide; `points` are x and y in turn, in per mille of its width and height."""

    seq: int
    user_id: int | None
    page: int
    color: str
    points: list[int]

    @property
    def paint(self) -> str:
        """Its colour where no style sheet of ours is at hand."""
        return PAINTS[self.color]

    @property
    def path(self) -> str:
        """As the `points` of an SVG polyline."""
        return " ".join(map(str, self.points))


def drawn_pages(session: LiveSession) -> set[tuple[UUID, int]]:
    """The slides on which something was drawn, by deck and page; by the index roomevent_drawn."""
    lines = RoomEvent.objects.filter(session=session.pk, kind=Kind.STROKE).order_by()
    return {(UUID(deck), page) for deck, page in lines.values_list("body__deck", "body__page").distinct()}


def strokes_on(session: LiveSession, deck: UUID, *, page: int | None = None) -> list[Stroke]:
    """What stands drawn on the slides of a deck, or on one of them, in order; by the index roomevent_drawn."""
    about: dict[str, Any] = {"body__deck": str(deck)} | ({"body__page": page} if page else {})
    events = RoomEvent.objects.filter(session=session.pk, kind__in=RoomEvent.DRAWN, **about).order_by("seq")
    standing: dict[int, Stroke] = {}
    for seq, kind, user_id, body in events.values_list("seq", "kind", "user_id", "body"):
        if kind == Kind.STROKE:
            standing[seq] = Stroke(seq, user_id, body["page"], body["color"], body["points"])
        elif "of" in body:
            standing.pop(body["of"], None)
        else:
            standing = {other: stroke for other, stroke in standing.items() if stroke.page != body["page"]}
    return list(standing.values())
