"""Commands about who waits to be let in."""

from uuid import UUID

from pydantic import Field

from live.commands.table import Command, Payload, Rate
from live.services import lobby


class Admit(Payload):
    who: UUID | None = None  # all who wait


class TurnAway(Payload):
    who: UUID


class Lobby(Payload):
    lobby: str = Field(max_length=10)


COMMANDS = {
    "admit": Command(Admit, lobby.let_in, Rate(20, 10), place="people"),
    "turn-away": Command(TurnAway, lobby.turn_away, Rate(20, 10), place="people"),
    "lobby": Command(Lobby, lobby.set_lobby, Rate(10, 10), place="people"),
}
