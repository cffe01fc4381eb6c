import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.__main__ import table
from benchmarks.measuring import CpuClock, Result, WallClock, compare, write_results


def busy(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_processor_time_of_a_tree_is_counted_also_after_it_ended() -> None:
    clock = CpuClock(tests=os.getpid())
    before = clock.read()["tests"]
    subprocess.run([sys.executable, "-c", "sum(range(8_000_000))"], check=True)
    assert clock.read()["tests"] - before > 0.05


def test_compare_tells_how_many_times_the_limit_ours_costs() -> None:
    result = compare("busy", ours=lambda: busy(0.02), limit=lambda: busy(0.01), at_most=2.5, rounds=3)
    assert result.ratio == pytest.approx(2, rel=0.2)
    assert result.holds
    assert result.unit == "CPU ms"
    assert "too slow" not in table([result])


def test_waiting_is_seen_by_the_wall_clock_alone() -> None:
    by_cpu = compare("nap", ours=lambda: time.sleep(0.05), limit=lambda: busy(0.02), at_most=1, rounds=1)
    by_wall = compare(
        "nap", ours=lambda: time.sleep(0.05), limit=lambda: busy(0.001), at_most=1, rounds=1, clock=WallClock()
    )
    assert by_cpu.ratio < 0.5
    assert by_wall.ratio > 1
    assert "too slow" in table([by_wall])


def test_results_are_written_for_other_programs(tmp_path: Path) -> None:
    write_results(
        [Result(name="x", ours=3, limit=2, at_most=1.6, unit="CPU ms", n=9, rows=5)], tmp_path / "a" / "x.json"
    )
    (row,) = json.loads((tmp_path / "a" / "x.json").read_text())
    assert row["ratio"] == 1.5
    assert set(row) == {"name", "ours", "limit", "ratio", "at_most", "unit", "n", "rows", "at", "detail"}
