"""Commands about the timer."""

from pydantic import Field

from live.commands.table import Command, Payload, Rate
from live.services import timer

RATE = Rate(10, 10)


class Start(Payload):
    minutes: int = Field(ge=1, le=180)


class Nothing(Payload):
    pass


COMMANDS = {
    "timer": Command(Start, timer.start_timer, RATE, place="timer"),
    "timer-pause": Command(Nothing, timer.pause_timer, RATE, place="timer"),
    "timer-resume": Command(Nothing, timer.resume_timer, RATE, place="timer"),
    "timer-clear": Command(Nothing, timer.clear_timer, RATE, place="timer"),
}
