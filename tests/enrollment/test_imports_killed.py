"""A worker that is killed again and again while it imports costs time alone: the rows are those of a quiet import.

`IMPORT_KILLED_ROWS=243000` asks it of a year's referrals.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.enrollment.tables import write_xlsx
from tests.migrated import create_database, drop_database
from tests.services import running_worker, wait_for

ROWS = int(os.environ.get("IMPORT_KILLED_ROWS", "6500"))  # some chunks of 2,000
PATIENCE = 180 + ROWS // 100  # seconds
KILLS = (("check", ROWS // 4), ("apply", ROWS // 4), ("apply", ROWS // 2))  # at the step, with so many rows done
HEADS = ("surname", "given_name", "birth_date", "external_id", "category", "household", "note", "phone")
LET_LEASE_PASS = "UPDATE base_job SET lease_until = now() - interval '1 second' WHERE status = 'running'"
DONE = "SELECT step, rows_done FROM base_job JOIN enrollment_import ON enrollment_import.job_id = base_job.id"
STATUS = "SELECT status FROM base_job"


@dataclass
class World:
    """A database and a queue of its own."""

    environment: dict[str, str]

    def do(self, *words: str) -> Any:
        command = [sys.executable, "-m", "tests.enrollment.importing", *words]
        done = subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout) if done.stdout else None

    def ask(self, query: str) -> Any:
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchone() if cursor.description else None


@contextmanager
def world(folder: Path, redis_database: int) -> Iterator[World]:
    server, name = os.environ["DATABASE_URL"], f"import_{secrets.token_hex(4)}"
    redis_url = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{redis_database}"
    variables = {"MALAKA_VAR": str(folder), "DATABASE_URL": create_database(server, name), "REDIS_URL": redis_url}
    yield World(os.environ | variables | {"DJANGO_SETTINGS_MODULE": "lms.settings"})
    drop_database(server, name)


def write_table(path: Path, places: dict[str, str], *, good: bool = False) -> None:
    """Referrals of whom every 500th is wrong, and every 700th stands twice, unless all are to be good."""

    def rows() -> Iterator[list[str]]:
        yield [
            *["surname", "given_name", "birth_date", "external_id", "category", "household", "note", "phone"],
            *places,
        ]
        for n in range(ROWS):
            category = "rich" if n % 500 == 499 and not good else "poor"
            who = [f"Sinovov{n}", "Anvar", "1990-02-01", f"X-{n:06}", category, f"H-{n // 3}"]
            for _ in range(2 if n % 700 == 699 and not good else 1):
                yield [*who, "Keladi", "+998901234567", *places.values()]

    write_xlsx(path, rows())


def has_reached(there: World, step: str, done: int) -> bool:
    at: tuple[str, int] = there.ask(DONE)
    return at[0] == step and at[1] >= done


def imported(there: World, path: Path, *words: str, kills: Sequence[tuple[str, int]] = ()) -> Any:
    there.do("send", str(path), *words)
    for step, done in kills:
        there.do("sweep")  # the message of the last one is lost with it, and the next one is quick
        with running_worker(there.environment) as worker:
            wait_for(partial(has_reached, there, step, done), seconds=PATIENCE)
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        assert there.ask(STATUS) == ("running",), "it was done before it was killed"
        if words:
            assert there.ask("SELECT count(*) FROM enrollment_referral") == (0,)
        there.ask(LET_LEASE_PASS)
    there.do("sweep")
    with running_worker(there.environment):
        wait_for(lambda: there.ask(STATUS)[0] in ("done", "failed"), seconds=PATIENCE)
    return there.do("figures")


@pytest.mark.services
def test_a_worker_killed_three_times_leaves_the_rows_of_a_quiet_import(tmp_path: Path) -> None:
    with ExitStack() as stack:
        worlds = []
        for n in (14, 13):
            folder = tmp_path / str(n)
            folder.mkdir()
            worlds.append(stack.enter_context(world(folder, n)))
        answers = []
        for there, kills in zip(worlds, ((), KILLS), strict=True):
            path = Path(there.environment["MALAKA_VAR"]) / "table.xlsx"
            write_table(path, there.do("prepare"))
            answers.append(imported(there, path, kills=kills))
    quiet, disturbed = answers
    assert quiet["job"][0] == "done", quiet["job"]
    assert len(quiet["rows"]) == ROWS - ROWS // 500
    # The keys of the two installations differ, and so do the hashes.
    for answer in (quiet, disturbed):
        answer["rows"] = [[cell for cell in row if cell != row[5]] for row in answer["rows"]]
    assert disturbed == quiet


@pytest.mark.services
def test_of_all_or_none_a_killed_worker_leaves_nothing_and_the_next_writes_all(tmp_path: Path) -> None:
    with world(tmp_path, 12) as there:
        path = tmp_path / "table.xlsx"
        write_table(path, there.do("prepare"), good=True)
        answer = imported(there, path, "all-or-none", kills=[("apply", 1)])
    assert answer["job"] == ["done", ROWS, ROWS, 0]
    assert len(answer["rows"]) == answer["moves"] == ROWS
