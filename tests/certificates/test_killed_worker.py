"""A worker that is killed while it issues costs nothing but time: the sweep finds what it left."""

import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.migrated import create_database, drop_database
from tests.services import running_worker, wait_for

COUNT = 30
ISSUED = "SELECT count(*) FROM certificates_credential"
STORED = "SELECT count(*) FROM certificates_credential WHERE pdf <> ''"
Environment = dict[str, str]


@dataclass
class World:
    """What a worker works in, and a way to look into its database that costs next to nothing."""

    environment: Environment
    connect: Callable[[], Any]

    def __post_init__(self) -> None:
        self.environment["DJANGO_SETTINGS_MODULE"] = "lms.settings"

    def run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    def do(self, *words: str) -> str:
        return self.run("-m", "tests.certificates.issuing", *words)

    def count(self, query: str) -> int:
        with closing(self.connect()) as connection:
            number: int = connection.execute(query).fetchone()[0]
            return number


@pytest.fixture
def embedded(tmp_path: Path) -> World:
    """SQLite and Celery over the file system, as `make run` has them."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    world = World(kept | {"MALAKA_VAR": str(tmp_path)}, lambda: sqlite3.connect(tmp_path / "malaka.sqlite3"))
    world.run("manage.py", "migrate", "--verbosity", "0")
    return world


@pytest.fixture
def production(tmp_path: Path) -> Iterator[World]:
    """PostgreSQL and Redis, each with a database of its own."""
    server, name = os.environ["DATABASE_URL"], f"killed_{secrets.token_hex(4)}"
    url = create_database(server, name)
    redis_url = os.environ["REDIS_URL"].rpartition("/")[0] + "/15"
    variables = {"MALAKA_VAR": str(tmp_path), "DATABASE_URL": url, "REDIS_URL": redis_url}
    yield World(os.environ | variables, lambda: psycopg.connect(url))
    drop_database(server, name)


def kill_in_the_middle(world: World) -> None:
    """Let a worker issue some more certificates, then kill it and its children at once."""
    before = world.count(ISSUED)
    with running_worker(world.environment) as worker:
        world.do("sweep")  # what the last killed worker had taken is gone from the embedded queue
        wait_for(lambda: world.count(ISSUED) > before, seconds=60)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def check(world: World) -> None:
    world.do("make", str(COUNT))
    kill_in_the_middle(world)
    kill_in_the_middle(world)
    assert world.count(STORED) < COUNT, "the worker was done before it was killed: this shows nothing"
    with running_worker(world.environment):
        world.do("sweep")
        wait_for(lambda: world.count(STORED) == COUNT, seconds=60)
    assert json.loads(world.do("figures")) == {
        "due": 0,
        "credentials": [1] * COUNT,
        "sequences": list(range(1, COUNT + 1)),
        "last_number": COUNT,
        "whole_files": COUNT,
    }


@pytest.mark.services  # it takes long enough to run with those
def test_on_the_embedded_broker_nothing_is_lost_or_doubled(embedded: World) -> None:
    check(embedded)


@pytest.mark.services
def test_on_redis_nothing_is_lost_or_doubled(production: World) -> None:
    check(production)
