"""A worker that is killed again and again while it imports costs time alone: the rows are those of a quiet import."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests.enrollment.tables import csv_of
from tests.services import database_url, running_worker, wait_for

ROWS = 6_500  # some chunks of 2,000
LET_LEASE_PASS = "UPDATE base_job SET lease_until = now() - interval '1 second' WHERE status = 'running'"
OFFSET = "SELECT step, rows_done FROM base_job JOIN enrollment_import ON enrollment_import.job_id = base_job.id"


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
    name = f"import_{secrets.token_hex(4)}"
    server = settings.DATABASE | {"NAME": "postgres"}
    redis_url = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{redis_database}"
    variables = {"MALAKA_VAR": str(folder), "DATABASE_URL": database_url(server | {"NAME": name})}
    environment = os.environ | variables | {"REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "lms.settings"}
    with psycopg.connect(database_url(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
        yield World(environment)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def table(places: dict[str, str]) -> bytes:
    """Referrals of whom every 500th is wrong, and every 700th stands twice."""
    lines = []
    for n in range(ROWS):
        fields = {"surname": f"Sinovov{n}", "given_name": "Anvar", "birth_date": "1990-02-01"}
        fields |= (
            {"external_id": f"X-{n:05}"}
            | places
            | {"category": "rich" if n % 500 == 499 else "poor", "household": f"H-{n // 3}"}
        )
        lines += [fields | {"note": "Keladi", "phone": "+998901234567"}] * (2 if n % 700 == 699 else 1)
    return csv_of(lines)


def imported(there: World, path: Path, *, kills: int) -> Any:
    there.do("send", str(path))
    seen: set[tuple[str, int]] = set()
    for _ in range(kills):
        with running_worker(there.environment) as worker:
            there.do("sweep")  # the message of the last one is lost with it
            wait_for(lambda: (at := there.ask(OFFSET))[1] > 0 and at not in seen, seconds=90)
            seen.add(there.ask(OFFSET))
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        assert there.ask("SELECT status FROM base_job") == ("running",), "it was done before it was killed"
        there.ask(LET_LEASE_PASS)
    with running_worker(there.environment):
        there.do("sweep")
        wait_for(lambda: there.ask("SELECT status FROM base_job")[0] in ("done", "failed"), seconds=180)
    return there.do("figures")


@pytest.mark.services
def test_a_worker_killed_three_times_leaves_the_rows_of_a_quiet_import(tmp_path: Path) -> None:
    with ExitStack() as stack:
        worlds = []
        for n in (14, 13):
            folder = tmp_path / str(n)
            folder.mkdir()
            worlds.append(stack.enter_context(world(folder, n)))
        places = [there.do("prepare") for there in worlds]
        for there, place in zip(worlds, places, strict=True):
            path = Path(there.environment["MALAKA_VAR"]) / "table.csv"
            path.write_bytes(table(place))
        quiet, disturbed = (
            imported(there, Path(there.environment["MALAKA_VAR"]) / "table.csv", kills=kills)
            for there, kills in zip(worlds, (0, 3), strict=True)
        )
    assert quiet["job"][0] == "done", quiet["job"]
    assert len(quiet["rows"]) == ROWS - ROWS // 500
    # The keys of the two installations differ, and so do the hashes.
    for answer in (quiet, disturbed):
        answer["rows"] = [[cell for cell in row if cell != row[5]] for row in answer["rows"]]
    assert disturbed == quiet
