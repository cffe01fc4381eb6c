"""Commands about signs without a word."""

from pydantic import Field

from live.commands.table import Command, Payload, Rate
from live.services import reactions


class React(Payload):
    kind: str = Field(max_length=10)


COMMANDS = {"react": Command(React, reactions.react, Rate(5, 5), place="signs")}
