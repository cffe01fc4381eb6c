"""Commands about recording the class."""

from live.commands.table import Command, Payload, Rate
from live.services import recordings


class Nothing(Payload):
    pass


COMMANDS = {
    "record": Command(Nothing, recordings.begin_recording, Rate(4, 10), place="stage"),
    "unrecord": Command(Nothing, recordings.stop_recording, Rate(4, 10), place="stage"),
}
