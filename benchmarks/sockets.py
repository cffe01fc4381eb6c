"""The server of sockets for benchmarks, as in production, and listeners in a process of their own."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import service_roots
from benchmarks.serving import QUIET, Server, ServerClock, wait_until_served
from lms.supervisor import web_command
from tests.services import free_port, running

MOST_FILES = 20_000
Address = tuple[str, str]  # path and cookies


def allow_many_files() -> None:
    """A socket is a file; children inherit what this process may open."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


@contextmanager
def running_sockets(module: str = "benchmarks.asgi", **variables: str) -> Iterator[Server]:
    """The process `live` of production, with the application of `module`: the limits' sockets beside ours.

    `variables` are of its environment.
    """
    port = free_port()
    command = [word.replace("lms.asgi", module) for word in web_command("127.0.0.1", port)]
    usual = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "MALAKA_STAFF_MFA": "optional"}
    with running(command, env=os.environ | usual | variables, **QUIET) as process:
        server = Server(port, process.pid, ServerClock(server=process.pid, **service_roots()))
        wait_until_served(server, process)
        yield server


def memory_of(pid: int) -> int:
    """What a process holds of the machine's memory, in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


class Listeners:
    """Sockets held open by another process, and how many messages they have heard."""

    def __init__(self, process: "subprocess.Popen[bytes]", server: Server) -> None:
        self.process = process
        self.server = server
        self.heard = 0

    def open(self, addresses: Sequence[Address], *, until_told: bool) -> None:
        """Return when all are open; with `until_told`, when each has heard a first frame."""
        self._ask("open", port=self.server.port, sockets=addresses, first=until_told)

    def wait(self, more: int) -> None:
        """Return when so many more messages were heard, all sockets taken together."""
        self.heard += more
        heard = self._ask("wait", count=self.heard)
        if heard != self.heard:
            raise RuntimeError(f"{heard} messages were heard where {self.heard} were sent")

    def close(self) -> None:
        self._ask("close")

    def _ask(self, command: str, **arguments: object) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([command, arguments]).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or "{}")
        return int(answer["heard"])


@contextmanager
def listening(server: Server) -> Iterator[Listeners]:
    command = [sys.executable, "-m", "benchmarks.listeners"]
    with running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Listeners(process, server)
