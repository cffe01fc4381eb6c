"""What one row of the table of commands is, and how often it may be asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self, get_origin

from django.http import QueryDict
from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """The fields of a command besides `op` and `ref`; any other is refused."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def from_form(cls, form: QueryDict) -> Self:
        """Read what a form sent; what takes a list may come several times. Raises ValidationError."""
        lists = {name for name, field in cls.model_fields.items() if get_origin(field.annotation) is list}
        names = form.keys() - {"csrfmiddlewaretoken"}
        return cls.model_validate({name: form.getlist(name) if name in lists else form[name] for name in names})


@dataclass(frozen=True)
class Rate:
    """So many at once, and as many again over so many seconds."""

    count: int
    seconds: float


@dataclass(frozen=True)
class Command:
    """What somebody in a class may ask for: `service(session, by=user, **payload)`.

    A service whose command `answers` returns a frame for the caller alone; what the others do, all hear as events. One
    that is carried out `at_desk` only looks the right up, and returns what the socket's desk is then to do.
    `place` is the id on the page at which somebody without a script goes on.
    """

    payload: type[Payload]
    service: Callable[..., Any]
    rate: Rate
    answers: bool = False
    at_desk: bool = False
    place: str = "newest"
    by_form: bool = True  # also by a form of the page


class Meter:
    """How much of each rate one socket has used: a bucket that leaks with time."""

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, float]] = {}

    def allows(self, name: str, rate: Rate) -> bool:
        now = monotonic()
        level, at = self._levels.get(name, (0.0, now))
        level = max(0.0, level - (now - at) * rate.count / rate.seconds)
        is_allowed = level + 1 <= rate.count
        self._levels[name] = level + is_allowed, now
        return is_allowed
