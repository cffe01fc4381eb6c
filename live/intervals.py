"""How long somebody was there, counted once whatever the number of tabs and reconnects."""

from collections.abc import Iterable
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]


NO_TIME = timedelta()


def merge(
    intervals: Iterable[Interval], *, begin: datetime, end: datetime, bridging: timedelta = NO_TIME
) -> list[Interval]:
    """Return the union of `intervals` within `begin` and `end`: in order, apart from each other, none empty.

    Gaps of up to `bridging` count as well.
    """
    merged: list[Interval] = []
    for start, stop in sorted(intervals):
        start, stop = max(start, begin), min(stop, end)
        if start >= stop:
            continue
        if merged and start <= merged[-1][1] + bridging:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged


def minutes(intervals: Iterable[Interval]) -> int:
    """Whole minutes of intervals that lie apart, to the nearest."""
    return round(sum(((stop - start) for start, stop in intervals), timedelta()) / timedelta(minutes=1))
