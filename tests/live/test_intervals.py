"""The union of intervals, against a count of minutes one by one."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live.intervals import Interval, merge, minutes

BEGIN = datetime(2026, 11, 22, 9, tzinfo=UTC)
LONG = 120


def at(minute: int) -> datetime:
    return BEGIN + timedelta(minutes=minute)


# A busy machine is no fault of the function.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
interval = st.tuples(st.integers(-30, LONG + 30), st.integers(-30, LONG + 30)).map(sorted)


@patient
@given(st.lists(interval, max_size=12), st.integers(0, LONG), st.integers(0, LONG))
def test_union_counts_each_minute_once(stays: list[list[int]], begin: int, end: int) -> None:
    merged = merge([(at(start), at(stop)) for start, stop in stays], begin=at(begin), end=at(end))
    present = {minute for start, stop in stays for minute in range(start, stop) if begin <= minute < end}
    assert minutes(merged) == len(present)
    assert all(start < stop for start, stop in merged)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(merged))


@patient
@given(st.lists(interval, max_size=12), st.randoms())
def test_order_and_repetition_change_nothing(stays: list[list[int]], random: Random) -> None:
    intervals: list[Interval] = [(at(start), at(stop)) for start, stop in stays]
    shuffled = intervals * 2
    random.shuffle(shuffled)
    assert merge(shuffled, begin=BEGIN, end=at(LONG)) == merge(intervals, begin=BEGIN, end=at(LONG))


def test_minutes_are_rounded_to_the_nearest() -> None:
    assert minutes([(BEGIN, BEGIN + timedelta(seconds=89))]) == 1
    assert minutes([(BEGIN, BEGIN + timedelta(seconds=91))]) == 2
    assert minutes([]) == 0
