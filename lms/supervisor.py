"""Runs web, worker and beat in the foreground until told to stop: `python -m lms.supervisor`.

Where Janus is installed, it runs as well; without it classes have no picture and sound. So does coturn, where a setting
asks for it.

Each child has a session of its own, so a Ctrl-C in the terminal reaches only the supervisor, which passes on
exactly one SIGTERM to each child. A SIGTERM to a whole process group would kill Celery's pool in mid-task.
"""

import argparse
import ctypes
import http.client
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lms.demo_accounts import describe_accounts
from lms.media_server import find_janus
from lms.turn_server import find_turnserver

GRACE_SECONDS = 20.0  # from SIGTERM until a child is killed
FIRST_DELAY_SECONDS = 0.5  # before a child that ended is started again; doubles each time
RESTARTS_PER_MINUTE = 5
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def say(message: str) -> None:
    print(f"malaka: {message}", flush=True)


def die_with_parent(parent: int, signum: int = signal.SIGTERM) -> None:
    """Have the kernel send this process `signum` when its parent ends, however it ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signum)
    if os.getppid() != parent:  # it ended before the request was made
        os.kill(os.getpid(), signum)


@dataclass
class Child:
    """One process that is kept running."""

    name: str
    command: Sequence[str]
    is_needed: bool = True  # without it, nothing else makes sense
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    start_at: float = 0.0

    def start(self) -> None:
        parent = os.getpid()

        def prepare() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, set())
            die_with_parent(parent)

        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=prepare)  # noqa: S603  # our own commands

    def has_ended(self) -> bool:
        """Leaves the ended process unreaped, so that its group's number cannot pass to a stranger."""
        if self.process is None:
            return False
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, flags) is not None

    def terminate(self) -> None:
        if self.process:
            self.process.terminate()

    def sweep(self) -> int:
        """Kill what is left of the child and of the processes it started; return its exit code."""
        if self.process is None:
            return 0
        os.killpg(self.process.pid, signal.SIGKILL)
        code = self.process.wait()
        self.process = None
        return code


class ChildKeepsDyingError(Exception):
    """A child ended more often than is worth another start."""


class Supervisor:
    """Keeps its children running until a stop signal comes or one of them dies too often."""

    def __init__(self, children: Sequence[Child], probe: Callable[[], bool] = lambda: True) -> None:
        self.children = children
        self.probe = probe  # called until it answers True

    def run(self) -> int:
        """Return the exit code: 0 when told to stop, 1 when a child kept dying."""
        watched = STOP_SIGNALS | {signal.SIGCHLD}
        signal.pthread_sigmask(signal.SIG_BLOCK, watched)
        is_ready = False
        try:
            while True:
                for child in self.children:
                    self.tend(child)
                is_ready = is_ready or self.probe()
                received = signal.sigtimedwait(watched, 0.25)
                if received and received.si_signo in STOP_SIGNALS:
                    say("stopping, work in hand is finished or put back …")
                    return 0
        except ChildKeepsDyingError as error:
            say(str(error))
            return 1
        finally:
            self.stop()

    def tend(self, child: Child) -> None:
        """Start the child if it is due; if it ended by itself, say so and have it wait a little longer."""
        now = time.monotonic()
        if child.has_ended():
            code = child.sweep()
            child.deaths = [at for at in child.deaths if at > now - 60] + [now]
            if len(child.deaths) > RESTARTS_PER_MINUTE and child.is_needed:
                count = len(child.deaths)
                raise ChildKeepsDyingError(f"{child.name} ended {count} times within a minute, giving up")
            delay = FIRST_DELAY_SECONDS * 2 ** (len(child.deaths) - 1)
            child.start_at = now + delay
            say(f"{child.name} ended with {describe_exit(code)}, starting it again in {delay:g} s")
        if child.process is None and child.start_at <= now:
            child.start()

    def stop(self) -> None:
        """Ask every child once to end, wait for them together, then kill what is left."""
        for child in self.children:
            child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        waiting = [child for child in self.children if child.process]
        while waiting and time.monotonic() < deadline:
            waiting = [child for child in waiting if not child.has_ended()]
            time.sleep(0.05)
        for child in waiting:
            say(f"{child.name} did not end within {GRACE_SECONDS:g} s and is killed")
        for child in self.children:
            child.sweep()


def describe_exit(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def web_command(host: str, port: int) -> list[str]:
    """Pages and sockets from one process."""
    return python_module(
        f"uvicorn lms.asgi:application --host {host} --port {port} --loop uvloop --http httptools"
        " --ws websockets-sansio --ws-per-message-deflate false --lifespan off --no-access-log --no-server-header"
        " --timeout-graceful-shutdown 10 --log-level warning"
    )


def worker_command() -> list[str]:
    """Slow work, two tasks at a time."""
    return python_module(
        "celery --quiet --app lms worker --concurrency 2 --loglevel WARNING --without-gossip --without-mingle"
    )


def beat_command() -> list[str]:
    """The clock that sends what is periodic."""
    return python_module("celery --quiet --app lms beat --loglevel WARNING --pidfile=")


def media_command() -> list[str]:
    """Picture and sound."""
    return python_module("lms.media_server")


def relay_command() -> list[str]:
    """A way to picture and sound for browsers behind strict firewalls."""
    return python_module("lms.turn_server")


def python_module(words: str) -> list[str]:
    return [sys.executable, "-m", *words.split()]


class Announcement:
    """Says once where Malaka is found, as soon as it answers that it is ready."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.slow_at = time.monotonic() + 60

    def __call__(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):  # noqa: S310  # our own address
                pass
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() > self.slow_at:
                self.slow_at = float("inf")
                detail = error.read().decode() if isinstance(error, urllib.error.HTTPError) else error
                say(f"not ready after a minute: {detail}")
            return False
        say(f"ready on {self.url}, Ctrl-C ends it")
        if os.environ.get("MALAKA_DEMO") == "1":
            print(describe_accounts(), flush=True)
        return True


def refuse_unsafe_start(host: str, port: int) -> None:
    """Exit with a reason where the address is taken, or where demo passwords would be open to others."""
    is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    if os.environ.get("MALAKA_DEMO") == "1" and not is_loopback:
        sys.exit(f"malaka: MALAKA_DEMO=1 opens accounts with a known password, so not on {host}")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"malaka: {host}:{port} cannot be used ({error.strerror}); try make run PORT={port + 1}")


def choose_media_server() -> bool:
    """Whether to start Janus, and where, for all children: if it is installed and no other one is named."""
    if "MALAKA_JANUS" in os.environ or os.environ.get("MALAKA_CONFERENCE") or not find_janus():
        return False
    os.environ["MALAKA_JANUS"] = f"ws://127.0.0.1:{free_port()}"
    os.environ["MALAKA_JANUS_ADMIN"] = f"http://127.0.0.1:{free_port()}/admin"
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lms.supervisor", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    refuse_unsafe_start(options.host, options.port)
    die_with_parent(os.getppid())
    address = f"[{options.host}]" if ":" in options.host else options.host
    announcement = Announcement(f"http://{address}:{options.port}")
    children = [
        Child("web", web_command(options.host, options.port)),
        Child("worker", worker_command()),
        Child("beat", beat_command()),
    ]
    if choose_media_server():
        children.append(Child("media", media_command(), is_needed=False))
    if os.environ.get("MALAKA_TURN_LISTEN") and find_turnserver():
        children.append(Child("relay", relay_command(), is_needed=False))
    return Supervisor(children, probe=announcement).run()


if __name__ == "__main__":
    sys.exit(main())
