"""Commands about raised hands."""

from uuid import UUID

from live.commands.table import Command, Payload, Rate
from live.services import hands


class Hand(Payload):
    pass


class Lower(Payload):
    who: UUID | None = None  # oneself


COMMANDS = {
    "hand": Command(Hand, hands.raise_hand, Rate(4, 10)),
    "lower": Command(Lower, hands.lower_hand, Rate(10, 10)),
}
