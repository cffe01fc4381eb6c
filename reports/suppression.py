"""Hiding small counts in public tables, so that nobody finds out about the few people behind one.

Counts of 1 to 4 are hidden. A hidden count must not follow from those that are shown: it can be the only one missing
beside a total, so the next smallest of its group is hidden as well. A table has two kinds of group: each column with
its total, and within each row what became of the enrolled, whose total is `enrolled`. The columns of these five make a
net with the rows: a hidden cell is a link between its column and its row, and follows from what is shown exactly where
it is the only link between two parts of that net (a bridge), since whatever enters one part is then known but for it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import permutations

SMALLEST_SHOWN = 5
PARTS = ("active", "completed", "failed", "dropped")
WHOLE = "enrolled"
NET = (*PARTS, WHOLE)

Figures = Mapping[str, int]
Cell = tuple[int, str]
Table = Sequence[Figures]
Group = int | str
"""A column by its name, a row by its number."""


def hidden_cells(rows: Table, total: Figures) -> set[Cell]:
    """The cells (row, name) to hide in a table that also shows `total`, which stands as the row after the last."""
    table = [*rows, total]
    hidden = {(i, name) for i, row in enumerate(table) for name, n in row.items() if 0 < n < SMALLEST_SHOWN}
    before = -1
    while before < len(hidden):
        before = len(hidden)
        for group in _lone(hidden) | _told_by_their_sum(hidden, table):
            hidden |= _next_smallest(group, hidden, table)
        doubles = _doubles(hidden, {row for row, _ in hidden})
        for cell in _bridges(_links(hidden)):
            further = _way_round(cell, hidden, doubles, table)
            hidden |= further
            doubles |= _doubles(hidden, {row for row, _ in further})
    return hidden


def _members(group: Group, table: Table) -> list[Cell]:
    """The cells of a group, its total last."""
    if isinstance(group, str):
        return [(row, group) for row in range(len(table))]
    return [(group, name) for name in NET]


def _lone(hidden: set[Cell]) -> set[Group]:
    """The columns in which one cell is hidden alone."""
    counts = Counter(name for _, name in hidden)
    return {name for name, count in counts.items() if count == 1}


def _told_by_their_sum(hidden: set[Cell], table: Table) -> set[Group]:
    """The groups whose hidden counts, all small, follow from their sum: each of them is 1, or each is 4."""
    counts: dict[Group, list[int]] = defaultdict(list)
    for row, name in hidden:
        counts[name].append(table[row][name])
        if name in NET:
            counts[row].append(table[row][name])
    return {
        group
        for group, small in counts.items()
        if _members(group, table)[-1] not in hidden and (set(small) == {1} or set(small) == {SMALLEST_SHOWN - 1})
    }


def _next_smallest(group: Group, hidden: set[Cell], table: Table) -> set[Cell]:
    """The cell of a group to hide next, where one is left."""
    shown = [cell for cell in _members(group, table) if cell not in hidden]
    return {min(shown, key=lambda cell: (_loss(cell, table), cell))} if shown else set()


def _loss(cell: Cell, table: Table) -> int:
    """What is lost when a cell is hidden: its count; far more for a 0, which protects little, and most for a total."""
    row, name = cell
    if row == len(table) - 1 or name == WHOLE:
        return 1_000_000_000_000 + table[row][name]
    return table[row][name] or 1_000_000_000


def _doubles(hidden: set[Cell], rows: Collection[int]) -> dict[tuple[str, str], int]:
    """For each two columns of the net: one of these rows that hides its cells of both."""
    found: dict[tuple[str, str], int] = {}
    for row in sorted(rows):
        names = [name for name in NET if (row, name) in hidden]
        found |= dict.fromkeys(permutations(names, 2), row)
    return found


def _way_round(cell: Cell, hidden: set[Cell], doubles: Mapping[tuple[str, str], int], table: Table) -> set[Cell]:
    """The cells that, hidden too, join a link's ends a second way at the least loss: by one more row and column."""
    row, name = cell
    least, found = None, set[Cell]()
    for other in NET:
        if other == name:
            continue
        here = {(row, other)} - hidden
        double = doubles.get((name, other), row)
        for beside in range(len(table)) if double == row else (double,):
            if beside != row:
                missing = here | ({(beside, name), (beside, other)} - hidden)
                loss = sum(_loss(x, table) for x in missing)
                if least is None or loss < least:
                    least, found = loss, missing
    return found


def _links(hidden: set[Cell]) -> dict[Group, list[Group]]:
    """The net of the hidden cells: for each group those that it shares one with."""
    links: dict[Group, list[Group]] = defaultdict(list)
    for row, name in sorted(hidden):
        if name in NET:
            links[name].append(row)
            links[row].append(name)
    return links


def _bridges(links: Mapping[Group, Sequence[Group]]) -> Iterator[Cell]:
    """The links without which the net falls in two (Tarjan's low links, without recursion)."""
    order: dict[Group, int] = {}
    low: dict[Group, int] = {}
    for start in links:
        if start in order:
            continue
        order[start] = low[start] = len(order)
        way: list[tuple[Group, Group | None, int]] = [(start, None, 0)]
        while way:
            group, came_from, seen = way.pop()
            if seen < len(links[group]):
                way.append((group, came_from, seen + 1))
                other = links[group][seen]
                if other not in order:
                    order[other] = low[other] = len(order)
                    way.append((other, group, 0))
                elif other != came_from:
                    low[group] = min(low[group], order[other])
            elif came_from is not None:
                low[came_from] = min(low[came_from], low[group])
                if low[group] > order[came_from]:
                    yield (group, str(came_from)) if isinstance(group, int) else (int(came_from), group)
