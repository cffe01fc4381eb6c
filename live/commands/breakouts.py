"""Commands about the groups of a class."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from live.commands.table import Command, Payload, Rate
from live.services import breakouts

RATE = Rate(10, 10)
Minutes = Annotated[int | None, BeforeValidator(lambda value: None if value == "" else value)]
Group = Annotated[UUID | None, BeforeValidator(lambda value: None if value == "" else value)]


class Nothing(Payload):
    pass


class Divide(Payload):
    count: int
    how: str = Field(max_length=10)
    minutes: Minutes = None


class Move(Payload):
    who: UUID | None = None  # oneself
    breakout: Group = None  # the main room


class Say(Payload):
    text: str = Field(max_length=4000)  # the service refuses sooner, in the reader's language
    key: UUID
    breakout: Group = None  # one's own; of who leads: all of them


class OfGroup(Payload):
    breakout: Group = None  # one's own


class End(Payload):
    at_once: bool = False


COMMANDS = {
    "breakouts": Command(Divide, breakouts.open_breakouts, Rate(4, 10), place="groups"),
    "breakout-move": Command(Move, breakouts.move, Rate(40, 20), place="groups"),
    "breakout-say": Command(Say, breakouts.say, Rate(5, 10), place="groups"),
    "breakout-call": Command(Nothing, breakouts.call, Rate(4, 10), place="groups"),
    "breakout-come": Command(OfGroup, breakouts.come, RATE, place="groups"),
    "breakouts-end": Command(End, breakouts.bring_back, Rate(4, 10), place="groups"),
    "breakouts-due": Command(Nothing, breakouts.close_if_due, Rate(4, 10), place="groups"),
}
