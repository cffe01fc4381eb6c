"""Two databases beside the one that is named: one of few rows, one of many."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks.listing.rows import Rows
from tests.services import database_url


@contextmanager
def using(name: str) -> Iterator[str]:
    """Let this process work in another database of the same server; yields its URL."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield database_url(connection.settings_dict)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def ensure_database(rows: int) -> str:
    """Make the database of so many rows unless it is there; returns its name."""
    name = f"growth_{rows}"
    with psycopg.connect(database_url(settings.DATABASES["default"]), autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return name
        unfinished = f"{name}_unfinished"
        server.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{unfinished}"')
        with using(unfinished):
            for command in ("migrate", "load_territory", "load_professions"):
                call_command(command, verbosity=0)
            Rows(rows).fill()
        server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name
