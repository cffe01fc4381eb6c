"""Nobody finds a hidden count by adding and subtracting what is shown."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.suppression import PARTS, hidden_cells

COLUMNS = ("referred", "enrolled", *PARTS)
counts = st.one_of(st.integers(0, 6), st.integers(0, 40))


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[dict[str, int]], dict[str, int]]:
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        parts = {name: draw(counts) for name in PARTS}
        rows.append({"referred": draw(counts), "enrolled": sum(parts.values()), **parts})
    return rows, {name: sum(row[name] for row in rows) for name in COLUMNS}


def determined(hidden: set[tuple[int, str]], size: int) -> set[tuple[int, str]]:
    """The hidden cells that linear algebra recovers from the totals, by Gauss and Jordan over fractions."""
    unknown = sorted(hidden)
    groups = [[(row, name) for row in range(size)] for name in COLUMNS]
    groups += [[(row, name) for name in (*PARTS, "enrolled")] for row in range(size)]
    # The total of a group is one of its cells with the opposite sign; signs do not matter for what is determined.
    matrix = [
        [Fraction(-1 if cell == group[-1] else 1) if cell in group else Fraction(0) for cell in unknown]
        for group in groups
    ]
    done = 0
    for column in range(len(unknown)):
        pivot = next((i for i in range(done, len(matrix)) if matrix[i][column]), None)
        if pivot is None:
            continue
        matrix[done], matrix[pivot] = matrix[pivot], matrix[done]
        matrix[done] = [value / matrix[done][column] for value in matrix[done]]
        for i, line in enumerate(matrix):
            if i != done and line[column]:
                matrix[i] = [a - line[column] * b for a, b in zip(line, matrix[done], strict=True)]
        done += 1
    lone = [[i for i, value in enumerate(line) if value] for line in matrix]
    return {unknown[places[0]] for places in lone if len(places) == 1}


@settings(max_examples=400, deadline=None)
@given(tables())
def test_no_small_count_is_shown_or_follows_from_the_totals(table: tuple[list[dict[str, int]], dict[str, int]]) -> None:
    rows, total = table
    hidden = hidden_cells(rows, total)
    small = {(i, name) for i, row in enumerate([*rows, total]) for name in COLUMNS if 0 < row[name] < 5}
    assert small <= hidden
    assert not determined(hidden, len(rows) + 1)


@settings(max_examples=200, deadline=None)
@given(st.lists(counts, min_size=2, max_size=7))
def test_who_knows_that_hidden_counts_are_small_cannot_name_one(numbers: list[int]) -> None:
    """Against a total that is shown, at least two ways remain to fill the hidden cells."""
    hidden = {row for row, _ in hidden_cells([{"referred": n} for n in numbers], {"referred": sum(numbers)})}
    if not hidden or len(numbers) in hidden:
        return
    missing = sum(numbers[row] for row in hidden)
    if all(numbers[row] < 5 for row in hidden):
        ways = {filled for filled in product(range(5), repeat=len(hidden)) if sum(filled) == missing}
        assert len(ways) > 1
    assert len(hidden) > 1


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.just(0), st.integers(5, 99)), min_size=1, max_size=8))
def test_nothing_is_hidden_without_a_small_count(numbers: list[int]) -> None:
    assert hidden_cells([{"referred": n} for n in numbers], {"referred": sum(numbers)}) == set()


def test_the_next_smallest_goes_with_a_lone_small_count() -> None:
    rows = [{"referred": n} for n in (120, 3, 40, 9)]
    assert hidden_cells(rows, {"referred": 172}) == {(1, "referred"), (3, "referred")}


def test_two_small_counts_need_no_third() -> None:
    rows = [{"referred": n} for n in (120, 3, 2, 9)]
    assert hidden_cells(rows, {"referred": 134}) == {(1, "referred"), (2, "referred")}


def test_a_small_count_is_not_told_by_its_row() -> None:
    """Of 30 enrolled 20 are active and 7 completed: that 3 failed would follow, so 7 is hidden, and two beside them."""
    row = {"enrolled": 30, "active": 20, "completed": 7, "failed": 3, "dropped": 0}
    other = {"enrolled": 90, "active": 40, "completed": 30, "failed": 12, "dropped": 8}
    total = {name: row[name] + other[name] for name in row}
    assert hidden_cells([row, other], total) == {(0, "failed"), (0, "completed"), (1, "failed"), (1, "completed")}


def test_one_small_count_hides_three_more_at_most() -> None:
    """A lone small count in a table of large ones costs little."""
    parts = [(400, 3800, 240, 150), (410, 3900, 3, 160), (420, 4000, 250, 170), (430, 4100, 260, 180)]
    rows = [{"enrolled": sum(numbers), **dict(zip(PARTS, numbers, strict=True))} for numbers in parts]
    total = {name: sum(row[name] for row in rows) for name in rows[0]}
    assert hidden_cells(rows, total) == {(1, "failed"), (1, "dropped"), (0, "failed"), (0, "dropped")}


def test_a_single_row_hides_its_total_with_it() -> None:
    assert hidden_cells([{"referred": 3}], {"referred": 3}) == {(0, "referred"), (1, "referred")}
