"""What opens when, decided without a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from courses.release import Wait, goes_in_circle
from learning.release import Lock, Place, Reached, Rule, Terms, locks_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEGAN = date(2026, 11, 20)
# Module 10 holds lessons 1 and 2 (2 is optional), module 20 lessons 3 and 4; 4 is a class.
PLACES = [Place(1, 10, True, False), Place(2, 10, False, False), Place(3, 20, True, False), Place(4, 20, True, True)]


def locked(terms: Terms, *done: int, scores: dict[int, Decimal | None] | None = None) -> dict[int, list[Lock]]:
    return locks_of(PLACES, terms, Reached(BEGAN, set(done), scores or {}), now=NOW)


def test_without_a_rule_everything_is_open() -> None:
    assert Terms().is_empty
    assert not locked(Terms())


def test_a_lesson_opens_after_another_and_stays_open_once_done() -> None:
    terms = Terms(of_lessons={3: Rule(1, None, None, None)})
    assert locked(terms) == {3: [Lock(after_lesson=1)]}
    assert not locked(terms, 1)
    assert not locked(terms, 3)


def test_a_least_score_counts_even_where_the_lesson_is_done() -> None:
    terms = Terms(of_lessons={3: Rule(1, None, Decimal(60), None)})
    assert terms.asks_for_scores
    assert locked(terms, 1, scores={1: Decimal(59)}) == {3: [Lock(after_lesson=1, least_score=Decimal(60))]}
    assert not locked(terms, scores={1: Decimal(60)})


def test_a_module_opens_after_what_is_required_of_another_and_classes_stay_open() -> None:
    terms = Terms(of_modules={20: Rule(None, 10, None, None)})
    assert locked(terms) == {3: [Lock(after_module=10)]}
    assert locked(terms, 2) == {3: [Lock(after_module=10)]}
    assert not locked(terms, 1)


def test_a_module_without_required_lessons_is_done_with_all() -> None:
    places = [Place(1, 10, False, False), Place(2, 10, False, False), Place(3, 20, True, False)]
    terms = Terms(of_modules={20: Rule(None, 10, None, None)})
    assert 3 in locks_of(places, terms, Reached(BEGAN, {1}), now=NOW)
    assert not locks_of(places, terms, Reached(BEGAN, {1, 2}), now=NOW)


@pytest.mark.parametrize(("days", "is_open"), [(3, True), (4, False)])
def test_days_are_counted_by_the_clock_of_tashkent(days: int, is_open: bool) -> None:
    assert (1 not in locked(Terms(of_lessons={1: Rule(None, None, None, days)}))) is is_open


def test_every_reason_is_named() -> None:
    later = NOW + timedelta(hours=1)
    terms = Terms({3: Rule(1, None, None, None)}, {20: Rule(None, 10, None, None)}, {3: later, 1: NOW})
    assert locked(terms) == {3: [Lock(after_module=10), Lock(after_lesson=1), Lock(opens_at=later)]}


@pytest.mark.parametrize(
    ("waits", "circles"),
    [
        ([], False),
        ([Wait(2, None, 1, None)], False),
        ([Wait(2, None, 1, None), Wait(1, None, 2, None)], True),  # two lessons wait for each other
        ([Wait(None, 10, 1, None)], True),  # a module waits for a lesson of its own
        ([Wait(None, 20, None, 10), Wait(1, None, 3, None)], True),  # by way of a module
        ([Wait(None, 20, None, 10), Wait(None, 10, None, 20)], True),
        ([Wait(1, None, None, 10)], True),  # a lesson waits for the module that it is in
        ([Wait(None, 20, None, 10), Wait(2, None, 1, None)], False),
    ],
)
def test_what_would_never_open_is_a_circle(waits: list[Wait], circles: bool) -> None:
    assert goes_in_circle({1: 10, 2: 10, 3: 20}, waits) is circles
