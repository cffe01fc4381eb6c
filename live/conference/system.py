"""What every conference system is asked for; docs/subsystems/conference.md says what each of them can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

DOOR_SECONDS = 120  # how long a token is good for whoever is about to come in; inside, it is not looked at again


class ConferenceAway(Exception):
    """The system does not answer, or not as it should."""


class Role(StrEnum):
    HOST = "host"
    SPEAKER = "speaker"
    LISTENER = "listener"


@dataclass(frozen=True)
class Room:
    name: str  # of small letters, digits and dashes
    title: str
    is_open_floor: bool = False  # whoever comes in may speak


@dataclass(frozen=True)
class Visitor:
    id: str
    name: str
    role: Role
    is_guest: bool = False


class Conference(Protocol):
    """A system that opens rooms and lets people in by an address that we sign."""

    sends_out: bool  # whether it is `Steered`; where not, moderators send out there
    has_role_in_door: bool  # whether coming in again is how a new role is had

    def open(self, room: Room) -> None:
        """Make a room; one that is there stays as it is. Raises ConferenceAway."""

    def close(self, name: str) -> None:
        """Send everybody out and forget the room; one that is not there is closed. Raises ConferenceAway."""

    def rooms(self) -> set[str]:
        """The names of all rooms, those of others too; none where rooms need no opening. Raises ConferenceAway."""

    def door(self, room: Room, visitor: Visitor) -> str:
        """The address by which this visitor comes in. It holds a secret; nothing is asked for it."""


@runtime_checkable
class Steered(Conference, Protocol):
    """A system that lets us have our way with who is inside."""

    def present(self, name: str) -> Mapping[str, bool]:
        """Who is in a room, and whether they may speak there. Raises ConferenceAway."""

    def remove(self, name: str, who: str) -> None:
        """Send somebody out; done if they are gone already. Raises ConferenceAway."""

    def let_speak(self, name: str, who: str, *, speaks: bool) -> None:
        """Let somebody inside be heard and seen, or no longer. Raises ConferenceAway."""
