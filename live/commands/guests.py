"""What a guest may ask for, over the socket of guests; who teaches sends guests out by `dismiss`."""

from dataclasses import replace
from typing import Any

from live.commands import chat, media, room
from live.commands.table import Command, Rate
from live.services import guests


def greet(session: Any, *, by: Any) -> media.Greeting:
    """Take a desk from which one sees and hears."""
    return media.greeting(session)


GUEST_COMMANDS = {
    "sync": room.COMMANDS["sync"],
    "say": Command(chat.Say, guests.say, Rate(3, 10)),
    "media": replace(media.COMMANDS["media"], payload=room.Nothing, service=greet),
    "watch": media.COMMANDS["watch"],
    "answer": media.COMMANDS["answer"],
}
COMMANDS = {"dismiss": Command(chat.Mute, guests.remove_guest, Rate(10, 10))}
