"""Clocks over the processor time of processes, and runs in pairs: ours, the limit, ours, the limit …"""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Protocol

import psycopg
import redis

TICKS = os.sysconf("SC_CLK_TCK")
ROUNDS = 9
ROUND_SECONDS = 1.0  # a round lasts about this long, so that ticks of 10 ms of each process do not matter


class Clock(Protocol):
    """Reads how many seconds were spent so far, by who spent them."""

    def read(self) -> dict[str, float]: ...


class WallClock:
    """Time as it passes; for what waits rather than works."""

    def read(self) -> dict[str, float]:
        return {"wall": time.perf_counter()}


class CpuClock:
    """User and system time of this process and of the process trees whose roots are given by name."""

    def __init__(self, **roots: int) -> None:
        self.roots = roots

    def read(self) -> dict[str, float]:
        spent = {"here": time.process_time()}
        if self.roots:
            children = children_by_parent()
            spent |= {name: tree_seconds(root, children) for name, root in self.roots.items()}
        return spent


def stat_fields(pid: int | str) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, beginning with the state; see proc(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def children_by_parent() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                children.setdefault(int(stat_fields(entry.name)[1]), []).append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended; its parent holds its time
    return children


def tree_seconds(pid: int, children: Mapping[int, Sequence[int]]) -> float:
    """Processor time of a process, of its living descendants, and of those it has already waited for."""
    try:
        own = sum(map(int, stat_fields(pid)[11:15])) / TICKS
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return own + sum(tree_seconds(child, children) for child in children.get(pid, ()))


def service_roots() -> dict[str, int]:
    """The root processes of the PostgreSQL and the Redis that the environment names; both must run on this machine."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        backend = connection.info.backend_pid
        postgres = int(stat_fields(backend)[1])
    info = redis.Redis.from_url(os.environ["REDIS_URL"]).info("server")
    return {"postgres": postgres, "redis": int(info["process_id"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row of the table. `ours` and `limit` are medians in `unit`, `n` counts the operations of each side."""

    name: str
    ours: float
    limit: float
    at_most: float
    unit: str
    n: int
    rows: int = 0
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    detail: dict[str, object] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return self.ours / self.limit

    @property
    def holds(self) -> bool:
        return self.ratio <= self.at_most


def write_results(results: Sequence[Result], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = [asdict(result) | {"ratio": round(result.ratio, 3)} for result in results]
    path.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")


Operation = Callable[[], object]


def spent(operation: Operation, times: int, clock: Clock) -> dict[str, float]:
    """Milliseconds that one operation costs, by who spends them, over so many in a row."""
    before = clock.read()
    for _ in range(times):
        operation()
    after = clock.read()
    return {name: (after[name] - before[name]) * 1000 / times for name in after}


def compare(
    name: str,
    *,
    ours: Operation,
    limit: Operation,
    at_most: float,
    clock: Clock | None = None,
    limit_clock: Clock | None = None,
    rounds: int = ROUNDS,
    least: int = 1,
    rows: int = 0,
) -> Result:
    """Run both in turns, as often in a round as fills it (at `least` so often), and compare their medians.

    `limit_clock` where other processes do the limit's work.
    """
    clock = clock or CpuClock()
    limit_clock = limit_clock or clock
    unit = "wall ms" if isinstance(clock, WallClock) else "CPU ms"
    ours(), limit()  # what happens but once, such as parsing fonts or connecting, is not counted
    started = time.perf_counter()
    ours()
    times = max(least, round(ROUND_SECONDS / (time.perf_counter() - started)))
    pairs = [(spent(ours, times, clock), spent(limit, times, limit_clock)) for _ in range(rounds)]
    medians = [median(sum(run.values()) for run in side) for side in zip(*pairs, strict=True)]
    parts = [
        {part: round(median(run[part] for run in side), 3) for part in side[0]} for side in zip(*pairs, strict=True)
    ]
    return Result(
        name=name,
        ours=medians[0],
        limit=medians[1],
        at_most=at_most,
        unit=unit,
        n=times * rounds,
        rows=rows,
        detail={"ours": parts[0], "limit": parts[1]},
    )
