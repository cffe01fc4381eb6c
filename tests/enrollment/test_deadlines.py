from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollment.deadlines import Schedule, add_months

YEARLY = Schedule(within_days=90, every_months=12)
THREE_YEARS = Schedule(every_years=3)
ONCE = Schedule(within_days=60)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 12, 31), 36, date(2029, 12, 31)),
        (date(2099, 2, 28), 12, date(2100, 2, 28)),
    ],
)
def test_months_are_added_to_the_last_day_where_a_month_is_shorter(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(day=st.dates(date(1950, 1, 1), date(2200, 1, 1)), months=st.integers(1, 240))
def test_the_month_is_always_the_one_meant(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_once_in_three_years_falls_on_the_last_day_of_the_third_year() -> None:
    assert THREE_YEARS.next_due(date(2026, 1, 1)) == date(2029, 12, 31)
    assert THREE_YEARS.next_due(date(2026, 12, 31)) == date(2029, 12, 31)
    assert THREE_YEARS.first_due(date(2026, 3, 1)) == date(2029, 12, 31)
    assert Schedule(every_years=1, by=(2, 29)).next_due(date(2026, 5, 1)) == date(2027, 2, 28)
    assert Schedule(every_years=2, by=(2, 29)).next_due(date(2026, 5, 1)) == date(2028, 2, 29)


def test_first_deadline_counts_from_the_appointment() -> None:
    assert YEARLY.first_due(date(2026, 1, 1)) == date(2026, 4, 1)
    assert Schedule(within_days=30, every_years=3).first_due(date(2028, 2, 15)) == date(2028, 3, 16)


def test_once_is_never_due_again() -> None:
    assert ONCE.due_on(date(2026, 1, 1), None) == date(2026, 3, 2)
    assert ONCE.due_on(date(2026, 1, 1), date(2026, 2, 1)) is None
    assert ONCE.due_on(date(2026, 1, 1), date(2011, 2, 1)) is None


def test_what_was_taken_before_counts_while_it_lasts() -> None:
    start = date(2026, 6, 1)
    assert YEARLY.counts(date(2025, 6, 2), start)
    assert not YEARLY.counts(date(2025, 6, 1), start)
    assert YEARLY.due_on(start, date(2025, 6, 1)) == YEARLY.first_due(start)
    # It lasts, but not longer than the newly appointed have anyway.
    assert YEARLY.due_on(start, date(2025, 6, 2)) == YEARLY.first_due(start)
    assert YEARLY.due_on(start, date(2026, 5, 1)) == date(2027, 5, 1)


def test_what_was_taken_since_begins_the_next_interval() -> None:
    assert YEARLY.due_on(date(2026, 6, 1), date(2026, 6, 10)) == date(2027, 6, 10)
    short = Schedule(within_days=365, every_months=6)
    assert short.due_on(date(2026, 1, 1), date(2026, 1, 2)) == date(2026, 7, 2)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    start=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    met=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    days=st.none() | st.integers(1, 400),
    years=st.integers(1, 10),
)
def test_a_next_deadline_lies_after_the_start_and_after_what_was_taken(
    start: date, met: date, days: int | None, years: int
) -> None:
    schedule = Schedule(within_days=days, every_years=years)
    due = schedule.due_on(start, met)
    assert due is not None
    assert due > start
    if schedule.counts(met, start):
        assert due > met
