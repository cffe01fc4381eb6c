"""Drawing questions by chance, the same ones for the same seed, and never one twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.questions.pieces import shuffled


@dataclass(frozen=True)
class Source:
    """So many are drawn out of a pool; a question that stands fixed is a pool of one."""

    count: int
    pool: list[int]


def draw(sources: Mapping[int, Source], *, seed: str) -> dict[int, list[int]]:
    """Draw from every source by its key, the smallest pools first, so that they are not emptied by others."""
    taken: set[int] = set()
    drawn = {}
    for key in _in_turn(sources):
        left = [one for one in sources[key].pool if one not in taken]
        drawn[key] = shuffled(left, seed=f"{seed}:{key}")[: sources[key].count]
        taken.update(drawn[key])
    return drawn


def shortages(sources: Mapping[int, Source]) -> dict[int, int]:
    """For each source that might fall short, how many it has in the worst draw."""
    short = {}
    before: list[Source] = []
    for key in _in_turn(sources):
        source = sources[key]
        pool = set(source.pool)
        sure = len(pool) - sum(min(other.count, len(pool.intersection(other.pool))) for other in before)
        if sure < source.count:
            short[key] = max(sure, 0)
        before.append(source)
    return short


def _in_turn(sources: Mapping[int, Source]) -> Sequence[int]:
    return sorted(sources, key=lambda key: (len(sources[key].pool), key))
