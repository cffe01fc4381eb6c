"""Commands about messages."""

from functools import partial
from uuid import UUID

from pydantic import Field

from live.commands.table import Command, Payload, Rate
from live.services import chat

MOST_SEQ = 2**53  # as far as JavaScript counts exactly


class Say(Payload):
    text: str = Field(max_length=4000)  # the service refuses sooner, in the reader's language
    key: UUID


class Hide(Payload):
    seq: int = Field(ge=1, le=MOST_SEQ)


class Mute(Payload):
    who: UUID


COMMANDS = {
    "say": Command(Say, chat.say, Rate(5, 10)),
    "hide": Command(Hide, chat.hide_message, Rate(10, 10)),
    "mute": Command(Mute, partial(chat.set_muted, muted=True), Rate(10, 10)),
    "unmute": Command(Mute, partial(chat.set_muted, muted=False), Rate(10, 10)),
}
