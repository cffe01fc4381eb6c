"""Commands about who is let in and who helps to lead."""

from functools import partial
from uuid import UUID

from live.commands.table import Command, Payload, Rate
from live.services import people

RATE = Rate(10, 10)


class Who(Payload):
    who: UUID


COMMANDS = {
    "remove": Command(Who, partial(people.set_removed, removed=True), RATE, place="people"),
    "readmit": Command(Who, partial(people.set_removed, removed=False), RATE, place="people"),
    "host": Command(Who, partial(people.set_host, host=True), RATE, place="people"),
    "unhost": Command(Who, partial(people.set_host, host=False), RATE, place="people"),
}
