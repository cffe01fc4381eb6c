"""The rollup says what the rows say: after a rebuild, after each change, after whatever went wrong in between."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from django.db import connection

from enrollment.models import Enrollment, Referral, Wish
from reports.models import AnswerDays, DueCount, Rollup
from reports.queries.figures import DIMENSIONS, LISTED, Selection, read_choices, read_table
from reports.services import rollup
from reports.services.rollup import note_change, rebuild, refresh
from tests.reports.counting import EMPTY, Row, count_by_hand, read_rows
from tests.reports.factories import ENROLLED, World

PERIODS = [
    (None, None),
    (date(2026, 2, 1), date(2026, 4, 30)),
    (date(2026, 1, 31), date(2026, 3, 1)),
    (date(2026, 2, 10), date(2026, 2, 20)),
    (date(2026, 3, 15), None),
    (None, date(2026, 1, 1)),
]


def selections(world: World) -> Iterator[Selection]:
    """Every dimension for the republic and each kind of part of it, each over every period."""
    wanted: list[dict[str, Any]] = [
        {},
        {"region": world.districts[0].region},
        {"district": world.districts[0]},
        {"mahalla": world.mahallas[0]},
        {"organization": world.organizations[0]},
        {"course": world.courses[0], "gender": "female"},
        {"profession": world.professions[0], "region": world.districts[0].region},
        {"category": world.categories[1]},
    ]
    for by in DIMENSIONS:
        for part in wanted:
            for since, until in PERIODS:
                yield Selection(by, part, since, until)


def shown(selection: Selection) -> dict[str, dict[str, Any]]:
    table = read_table(selection, exact=True)
    lines = {line.code: {**line.figures, "days": line.median_days_to_answer} for line in table.lines}
    return {code: line for code, line in lines.items() if line != {**EMPTY, "days": None}}


def by_hand(selection: Selection, rows: list[Row] | None = None) -> dict[str, dict[str, Any]]:
    """As `shown` gives it: keyed by the public code of each line."""
    counted = count_by_hand(selection, rows)
    if selection.by == "month":
        return {f"{key:%Y-%m}": line for key, line in counted.items()}
    if selection.by == "gender":
        return {str(key): line for key, line in counted.items()}
    model, code, _ = LISTED[selection.by]
    codes = {row.pk: str(getattr(row, code)) for row in model.objects.all()}
    return {codes.get(key, ""): line for key, line in counted.items()}


def stored() -> Counter[tuple[Any, ...]]:
    """Every row of both rollups without its key, as a multiset: a cell that stands twice shows."""
    rows: Counter[tuple[Any, ...]] = Counter()
    for model in (Rollup, AnswerDays):
        names = [field.attname for field in model._meta.concrete_fields if field.name != "id"]
        rows.update((model.__name__, *row) for row in model.objects.values_list(*names))
    return rows


def change_something(world: World, random: Random) -> None:
    """Change one row and write it down, as the receivers do."""
    what = random.choice(["referral", "wish", "learner", "advance", "certify", "employ", "again"])
    on = date(2026, random.randrange(1, 7), random.randrange(1, 29))
    if what == "referral":
        note_change("referral", world.referral(on=on, mahalla=random.randrange(4)).pk)
    elif what == "wish":
        note_change("wish", world.wish(on=on, course=random.choice([None, 1])).pk)
    elif what == "learner":
        note_change("enrollment", world.learner(on=on).pk)
    elif what == "advance":
        if waiting := Referral.objects.filter(status="submitted").order_by("?").first():
            waiting.status, waiting.accepted_at = "enrolled", waiting.submitted_at
            waiting.answered_at = waiting.submitted_at
            waiting.save()
            note_change("referral", waiting.pk)
            note_change("enrollment", world.enroll(waiting, random.choice([*ENROLLED])).pk)
    elif enrollment := Enrollment.objects.order_by("?").first():
        if what == "certify":
            Enrollment.objects.filter(pk=enrollment.pk).update(status="completed", credential_code="c")
            note_change("enrollment", enrollment.pk)
        elif what == "employ":
            outcome = world.outcome(enrollment, world.job, on=on)
            note_change("outcome", outcome.pk)
        else:
            note_change("enrollment", enrollment.pk)


@pytest.mark.parametrize("seed", range(3))
def test_rebuild_shows_what_the_rows_say(db: None, seed: int) -> None:
    world = World()
    world.fill(Random(seed), 60)
    rebuild()
    rows = read_rows()
    for selection in selections(world):
        assert shown(selection) == by_hand(selection, rows), selection


@pytest.mark.parametrize("seed", range(6))
def test_refresh_after_changes_equals_a_rebuild(db: None, seed: int) -> None:
    random, world = Random(seed), World()
    world.fill(random, 20)
    rebuild()
    for _ in range(6):
        for _ in range(random.randrange(1, 6)):
            change_something(world, random)
        refresh()
        assert not DueCount.objects.exists()
        refreshed = stored()
        rebuild()
        assert refreshed == stored()
    assert shown(Selection("region")) == by_hand(Selection("region"))


def test_refresh_from_nothing_counts_only_what_is_due(db: None) -> None:
    world = World()
    referral = world.referral(on=date(2026, 3, 1), reached="completed", certified=True, outcome=world.job)
    note_change("referral", referral.pk)
    assert refresh() == 1
    assert refresh() == 0
    table = read_table(Selection("organization"), exact=True)
    assert table.total.figures == EMPTY | dict.fromkeys(
        ("referred", "accepted", "enrolled", "completed", "certified", "employed"), 1
    )


def test_drafts_and_what_was_never_submitted_do_not_count(db: None) -> None:
    world = World()
    referral = world.referral(on=date(2026, 3, 1))
    Referral.objects.filter(pk=referral.pk).update(status="withdrawn", submitted_at=None)
    note_change("referral", referral.pk)
    refresh()
    rebuild()
    assert not Rollup.objects.exists()


def test_an_outcome_of_no_employment_or_not_confirmed_is_no_employment(db: None) -> None:
    world = World()
    for outcome, status in ((world.land, "confirmed"), (world.job, "claimed"), (world.job, "contradicted")):
        referral = world.referral(on=date(2026, 3, 1), reached="completed")
        world.outcome(referral.enrollment, outcome, status)
    rebuild()
    assert read_table(Selection("month"), exact=True).total.figures["employed"] == 0


def test_two_outcomes_make_one_employed(db: None) -> None:
    world = World()
    referral = world.referral(on=date(2026, 3, 1), reached="completed", outcome=world.job)
    world.outcome(referral.enrollment, world.job, on="2026-09-01")
    rebuild()
    assert read_table(Selection("month"), exact=True).total.figures["employed"] == 1


def test_a_month_begins_at_midnight_in_tashkent(db: None) -> None:
    world = World()
    referral = world.referral(on=date(2026, 3, 1))
    Referral.objects.filter(pk=referral.pk).update(submitted_at=datetime(2026, 3, 31, 19, 30, tzinfo=UTC))
    rebuild()
    assert [line.code for line in read_table(Selection("month"), exact=True).lines] == ["2026-04"]
    april = Selection("month", {}, date(2026, 4, 1), date(2026, 4, 1))
    assert read_table(april, exact=True).total.figures["referred"] == 1


def test_a_refresh_that_dies_loses_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle: nothing is committed, the change stays due, the next one counts it."""
    world = World()
    note_change("referral", world.referral(on=date(2026, 3, 1)).pk)

    def die(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rollup, "_sum_up", die)
        with pytest.raises(KeyboardInterrupt):
            refresh()
    assert DueCount.objects.count() == 1
    assert not Rollup.objects.exists()
    refresh()
    assert read_table(Selection("region"), exact=True).total.figures["referred"] == 1


def test_the_age_of_figures_is_that_of_the_oldest_change_not_counted(db: None) -> None:
    world = World()
    note_change("wish", world.wish(on=date(2026, 3, 1)).pk)
    waiting = DueCount.objects.get()
    assert read_choices(None).as_of == waiting.at
    refresh()
    assert read_choices(None).as_of > waiting.at


def test_a_wish_that_is_gone_leaves_the_figures(db: None) -> None:
    world = World()
    wish, other = (world.wish(on=date(2026, 3, 1)) for _ in range(2))
    rebuild()
    Wish.objects.filter(pk=wish.pk).delete()
    note_change("wish", other.pk)
    refresh()
    assert read_table(Selection("region"), exact=True).total.figures["wished"] == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_refreshes_and_changes_at_once_count_each_change_once() -> None:
    world = World()
    world.fill(Random(1), 10)
    rebuild()
    problems: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            for n in range(8):
                note_change("referral", world.referral(on=date(2026, 3, 1), mahalla=(seed + n) % 4).pk)
                refresh()
        except BaseException as problem:  # shown below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert not DueCount.objects.exists()
    refreshed = stored()
    rebuild()
    assert refreshed == stored()
