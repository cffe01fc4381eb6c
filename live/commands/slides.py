"""Commands about slides, and about what is drawn on them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from live.commands.table import Command, Payload, Rate
from live.rendering import MOST_PAGES
from live.services import drawing, slides

PerMille = Annotated[int, Field(ge=0, le=1000)]
Page = Annotated[int, Field(ge=1, le=MOST_PAGES)]


class Open(Payload):
    deck: UUID | None = None  # none: put away


class Turn(Payload):
    page: Page


class Draw(Payload):
    page: Page
    color: str = Field(max_length=10)
    points: list[PerMille] = Field(min_length=4, max_length=drawing.MOST_NUMBERS)
    key: UUID


class Point(Payload):
    x: PerMille | None = None  # none: no more
    y: PerMille | None = None


COMMANDS = {
    "deck": Command(Open, slides.open_deck, Rate(10, 10), place="stage"),
    "slide": Command(Turn, slides.show_slide, Rate(20, 10), place="stage"),
    "draw": Command(Draw, drawing.draw, Rate(40, 10)),
    "undraw": Command(Turn, drawing.undo_stroke, Rate(20, 10), place="stage"),
    "wipe": Command(Turn, drawing.wipe_slide, Rate(10, 10), place="stage"),
    "point": Command(Point, drawing.point, Rate(60, 10)),
}
