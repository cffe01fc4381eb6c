"""Commands about slides."""

from uuid import UUID

from pydantic import Field

from live.commands.table import Command, Payload, Rate
from live.rendering import MOST_PAGES
from live.services import slides


class Open(Payload):
    deck: UUID | None = None  # none: put away


class Turn(Payload):
    page: int = Field(ge=1, le=MOST_PAGES)


COMMANDS = {
    "deck": Command(Open, slides.open_deck, Rate(10, 10), place="stage"),
    "slide": Command(Turn, slides.show_slide, Rate(20, 10), place="stage"),
}
