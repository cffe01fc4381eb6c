"""PostgreSQL, Redis, Janus, coturn and a Celery worker of our own, on private ports, their data in a temporary folder.

`python -m tests.services COMMAND …` runs a command with DATABASE_URL and REDIS_URL set, then stops both.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis

from lms.supervisor import die_with_parent, worker_command

START_SECONDS = 30


def find_program(name: str) -> str | None:
    """Debian keeps PostgreSQL's programs off the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return shutil.which(name, path=os.pathsep.join([*map(str, reversed(folders)), os.environ["PATH"]]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str], *, stop: signal.Signals = signal.SIGTERM, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process for as long as the block lasts, and not longer than this process."""
    parent = os.getpid()
    process = subprocess.Popen(
        command, start_new_session=True, preexec_fn=lambda: die_with_parent(parent, signal.SIGKILL), **options
    )
    try:
        yield process
    finally:
        process.send_signal(stop)  # does nothing where it has ended
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(answers: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Return once `answers` no longer raises."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            answers()
            return
        except (psycopg.OperationalError, redis.ConnectionError, ConnectionRefusedError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{process.args!r} did not start") from error
            time.sleep(0.05)


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    """Return once the condition holds; for what another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """Yield the DATABASE_URL of a fresh cluster that does not care to survive a power cut."""
    password, port = secrets.token_hex(16), free_port()
    data, secret = folder / "data", folder / "password"
    secret.write_text(password)
    secret.chmod(0o600)
    account: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:  # PostgreSQL refuses root
        nobody = pwd.getpwnam("nobody")
        account |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for path in (folder, secret):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
    initdb = f"{find_program('initdb')} --no-sync --username=malaka --auth=scram-sha-256 --pwfile={secret}"
    options = f"--encoding=UTF8 --locale=C.UTF-8 --pgdata={data}"
    subprocess.run([*initdb.split(), *options.split()], check=True, stdout=subprocess.DEVNULL, **account)
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "max_connections": 200,
        "shared_buffers": "256MB",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "log_min_messages": "fatal",
    }
    command = [
        find_program("postgres"),
        "-D",
        data,
        *(f"--{name}={value}" for name, value in settings.items()),
    ]
    url = f"postgres://malaka:{password}@127.0.0.1:{port}/postgres"
    fast = signal.SIGINT  # does not wait for clients
    with running([*map(str, command)], stop=fast, stderr=subprocess.DEVNULL, **account) as process:
        wait_until(lambda: psycopg.connect(url).close(), process)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE malaka")
        yield url.replace("/postgres", "/malaka")


def prepare_redis(folder: Path) -> str:
    """Write the settings of a Redis that keeps nothing on disk; return the REDIS_URL it will have."""
    password, port = secrets.token_hex(16), free_port()
    settings = folder / "redis.conf"
    settings.write_text(f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\ndatabases 32\ndir {folder}\n')
    settings.chmod(0o600)
    return f"redis://:{password}@127.0.0.1:{port}/0"


@contextmanager
def running_redis(folder: Path, url: str, *, stop: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    """Run the Redis that was prepared there, for as long as the block lasts; it may be run again."""
    command = ["redis-server", str(folder / "redis.conf")]
    with running(command, stop=stop, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: redis.Redis.from_url(url).ping(), process)
        yield


@contextmanager
def running_janus(folder: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the variables that choose a media server of its own, which takes what else it needs from `environment`."""
    places = {
        "MALAKA_JANUS": f"ws://127.0.0.1:{free_port()}",
        "MALAKA_JANUS_ADMIN": f"http://127.0.0.1:{free_port()}/admin",
        "MALAKA_MEDIA_SECRET": secrets.token_hex(16),
    }
    settings = {"DJANGO_SETTINGS_MODULE": "lms.settings", "MALAKA_VAR": str(folder)}
    command = [sys.executable, "-m", "lms.media_server"]
    with running(command, env={**environment, **settings, **places}, stdout=subprocess.DEVNULL) as process:
        port = urlsplit(places["MALAKA_JANUS_ADMIN"]).port
        wait_until(lambda: socket.create_connection(("127.0.0.1", port or 0)).close(), process)
        yield places


@contextmanager
def running_relay(folder: Path, environment: Mapping[str, str], host: str = "127.0.0.1") -> Iterator[dict[str, str]]:
    """Yield the variables that choose a TURN server of its own, for browsers on this machine."""
    places = {"MALAKA_TURN_LISTEN": f"{host}:{free_port()}", "MALAKA_TURN_SECRET": secrets.token_hex(16)}
    settings = {"DJANGO_SETTINGS_MODULE": "lms.settings", "MALAKA_VAR": str(folder)}
    command = [sys.executable, "-m", "lms.turn_server"]
    with running(command, env={**environment, **settings, **places}, stdout=subprocess.DEVNULL) as process:
        port = urlsplit(f"//{places['MALAKA_TURN_LISTEN']}").port
        wait_until(lambda: socket.create_connection((host, port or 0)).close(), process)
        yield places


@contextmanager
def running_services() -> Iterator[dict[str, str]]:
    """Yield the environment variables that choose a PostgreSQL and a Redis started for this block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="malaka-services-")))
        folder.chmod(0o711)  # the other account must reach its folder in here
        (folder / "postgres").mkdir(mode=0o700)
        redis_url = prepare_redis(folder)
        stack.enter_context(running_redis(folder, redis_url))
        yield {"DATABASE_URL": stack.enter_context(running_postgres(folder / "postgres")), "REDIS_URL": redis_url}


@contextmanager
def running_worker(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a real Celery worker of the project with these variables."""
    settings = {"DJANGO_SETTINGS_MODULE": "lms.settings"}
    with running(worker_command(), env={**environment, **settings}) as process:
        yield process


def database_url(settings: Mapping[str, Any]) -> str:
    """DATABASE_URL of the database that a Django connection is on."""
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)


def main(command: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with (
        running_services() as variables,
        running(command, stop=signal.SIGINT, env=os.environ | variables) as process,
    ):
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
