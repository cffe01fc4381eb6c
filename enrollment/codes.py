"""The code on the wall of a class: it shows who looked at the wall just now, and no table holds it."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings

CHANGES_EVERY = timedelta(seconds=20)
STEPS_APART = 1  # how many steps a code may be off, for the time between the wall and the telephone
LENGTH = 16


def wall_code(meeting: UUID, at: datetime, *, step: int = 0) -> str:
    """Return the code of a class at a moment, or some steps of 20 seconds from it."""
    number = int(at.timestamp() // CHANGES_EVERY.total_seconds()) + step
    key = f"wall-code:{settings.SECRET_KEY}".encode()
    return hmac.new(key, f"{meeting}:{number}".encode(), sha256).hexdigest()[:LENGTH]


def is_on_the_wall(code: str, meeting: UUID, at: datetime) -> bool:
    """Whether the code stands on the wall at that moment, or stood there a step ago."""
    steps = range(-STEPS_APART, STEPS_APART + 1)
    return any(hmac.compare_digest(wall_code(meeting, at, step=step).encode(), code.encode()) for step in steps)
