"""A database of PostgreSQL with every migration applied, made once on a server and copied by whoever needs one.

`python -m tests.migrated` makes it beforehand, on the server that DATABASE_URL names.

To migrate takes most of a minute of a processor, since Django builds the models anew after each operation; to copy
what it left takes less than a second.
"""

import os
import subprocess
import sys
import tempfile
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

NAME = "migrated"
LOCK = 20_261_123  # whoever holds it makes the database, the others wait


def url_of(server: str, database: str) -> str:
    """The DATABASE_URL of another database of the same server."""
    return urlsplit(server)._replace(path=f"/{database}").geturl()


def ensure_migrated(server: str) -> None:
    """Make it on the server that a DATABASE_URL names, unless it is there."""
    with psycopg.connect(url_of(server, "postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # until the connection is closed
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            return
        connection.execute("DROP DATABASE IF EXISTS migrating WITH (FORCE)")  # somebody was killed in the middle
        connection.execute("CREATE DATABASE migrating")
        with tempfile.TemporaryDirectory() as folder:
            variables = {
                "DATABASE_URL": url_of(server, "migrating"),
                "DJANGO_SETTINGS_MODULE": "lms.settings",
                "MALAKA_VAR": folder,
            }
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, env=os.environ | variables, check=True)
        connection.execute(sql.SQL("ALTER DATABASE migrating RENAME TO {}").format(sql.Identifier(NAME)))


def create_database(server: str, name: str) -> str:
    """Make a migrated database of this name; return its DATABASE_URL."""
    ensure_migrated(server)
    with psycopg.connect(url_of(server, "postgres"), autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(NAME)))
    return url_of(server, name)


def drop_database(server: str, name: str) -> None:
    with psycopg.connect(url_of(server, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


if __name__ == "__main__":
    ensure_migrated(os.environ["DATABASE_URL"])
