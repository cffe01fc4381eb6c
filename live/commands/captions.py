"""Commands about captions."""

from uuid import UUID

from pydantic import Field

from live.commands.table import Command, Payload, Rate
from live.services import captions


class Caption(Payload):
    text: str = Field(max_length=2000)  # the service refuses sooner, in the reader's language
    key: UUID


COMMANDS = {"caption": Command(Caption, captions.caption, Rate(20, 10), place="captions")}
