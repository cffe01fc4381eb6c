"""The written rule of the waiting lists, as arithmetic (docs/subsystems/waiting-list.md).

What counts for somebody counts in days of waiting. So the order of two who wait never changes by the passing of time,
and a place on the list is one stored time: the submission, brought forward.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enrollment.models import WaitingWeight

Facts = Mapping[str, int]
"""How often each fact (`WaitingWeight.counts`) is true of a referral."""


@dataclass(frozen=True)
class Ahead:
    """A weight that counts for a referral: how often, and how many days it gives in all."""

    name: str
    times: int
    days: int


def what_counts(facts: Facts, weights: Iterable["WaitingWeight"]) -> list[Ahead]:
    """The weights that fit the facts, in the order of their codes."""
    return [
        Ahead(weight.name, times, times * weight.days)
        for weight in sorted(weights, key=lambda weight: weight.code)
        if (times := min(facts.get(weight.counts, 0), weight.at_most))
    ]


def bring_forward(submitted_at: datetime, ahead: Iterable[Ahead]) -> datetime:
    """The place on the list: the earlier, the further ahead."""
    return submitted_at - timedelta(days=sum(part.days for part in ahead))
