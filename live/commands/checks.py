"""Commands about whether people are there."""

from live.commands.table import Command, Payload, Rate
from live.services import checks


class Nothing(Payload):
    pass


class Asking(Payload):
    random: bool


COMMANDS = {
    "check": Command(Nothing, checks.ask, Rate(4, 10)),
    "checking": Command(Asking, checks.set_asking, Rate(4, 10)),
    "here": Command(Nothing, checks.answer, Rate(4, 10)),
}
