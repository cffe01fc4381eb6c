"""Hiding small counts in public tables, so that nobody finds out about the few people behind one.

Counts of 1 to 4 are hidden. A hidden count must not follow from those that are shown: it can be the only one missing
beside a total, so the next smallest of its group is hidden as well. A table has two kinds of group: each column with
its total, and within each row what became of the enrolled, whose total is `enrolled`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

SMALLEST_SHOWN = 5
PARTS = ("active", "completed", "failed", "dropped")
WHOLE = "enrolled"

Figures = Mapping[str, int]
Cell = tuple[int, str]
Group = int | str
"""A column by its name, a row by its number."""


def hidden_cells(rows: Sequence[Figures], total: Figures) -> set[Cell]:
    """The cells (row, name) to hide in a table that also shows `total`, which stands as the row after the last."""
    table = [*rows, total]
    hidden = {(i, name) for i, row in enumerate(table) for name, n in row.items() if 0 < n < SMALLEST_SHOWN}
    while guessable := _recomputable(hidden) | _told_by_their_sum(hidden, table):
        further = {cell for group in guessable if (cell := _next_smallest(group, hidden, table))}
        if not further:
            break
        hidden |= further
    return hidden


def _members(group: Group, table: Sequence[Figures]) -> list[Cell]:
    """The cells of a group, its total last."""
    if isinstance(group, str):
        return [(row, group) for row in range(len(table))]
    return [(group, name) for name in (*PARTS, WHOLE)]


def _recomputable(hidden: Collection[Cell]) -> set[Group]:
    """The groups of which one hidden cell follows by adding and subtracting what is shown.

    In a column that is its only group, that is one hidden alone. Else hidden cells are links between their column and
    their row, and a cell follows exactly where it is the only link between two parts of that net: whatever enters one
    part is then known but for this cell.
    """
    columns: dict[str, list[Cell]] = defaultdict(list)
    links: dict[Group, list[Group]] = defaultdict(list)
    for row, name in hidden:
        if name in PARTS or name == WHOLE:
            links[name].append(row)
            links[row].append(name)
        else:
            columns[name].append((row, name))
    alone: set[Group] = {name for name, cells in columns.items() if len(cells) == 1}
    return alone | _ends_of_bridges(links)


def _ends_of_bridges(links: Mapping[Group, Sequence[Group]]) -> set[Group]:
    """The ends of every link without which its net falls in two (Tarjan's low links, without recursion)."""
    ends: set[Group] = set()
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
                    ends |= {group, came_from}
    return ends


def _told_by_their_sum(hidden: Collection[Cell], table: Sequence[Figures]) -> set[Group]:
    """The groups whose hidden counts, all small, follow from their sum: each of them is 1, or each is 4."""
    counts: dict[Group, list[int]] = defaultdict(list)
    for row, name in hidden:
        counts[name].append(table[row][name])
        if name in PARTS or name == WHOLE:
            counts[row].append(table[row][name])
    return {
        group
        for group, small in counts.items()
        if _members(group, table)[-1] not in hidden and (set(small) == {1} or set(small) == {SMALLEST_SHOWN - 1})
    }


def _next_smallest(group: Group, hidden: Collection[Cell], table: Sequence[Figures]) -> Cell | None:
    """What to hide next: the smallest count that is shown, one that is not 0 first, the total last."""
    *parts, total = _members(group, table)
    shown = [cell for cell in parts if cell not in hidden]
    if shown:
        return min(shown, key=lambda cell: (table[cell[0]][cell[1]] == 0, table[cell[0]][cell[1]], cell))
    return None if total in hidden else total
