"""The production server for benchmarks of pages, and what it costs to be asked."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.core.management import call_command
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string

from accounts.models import User
from benchmarks.measuring import CpuClock, service_roots
from tests.services import free_port, running

START_SECONDS = 60
MARK = "----bench"
QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class ServerClock(CpuClock):
    """Counts the server and its services, not this process, which only asks."""

    def read(self) -> dict[str, float]:
        return {name: seconds for name, seconds in super().read().items() if name != "here"}


@dataclass
class Server:
    """A running server; `get` asks it over one connection that stays open."""

    port: int
    process: int
    clock: CpuClock
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> bytes:
        return self.ask(path, headers)[1]

    def ask(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[Message, bytes]:
        """The headers and the body of the answer, which is 200."""
        try:
            answer, body = self._ask(path, headers)
        except http.client.RemoteDisconnected:  # a connection that lay idle for long
            self.connection.close()
            answer, body = self._ask(path, headers)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
        return answer.headers, body

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> bytes:
        """The body of the answer to a form, sent as a script sends it; it is 200."""
        body = "".join(
            f'--{MARK}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()
        )
        kind = {"Content-Type": f"multipart/form-data; boundary={MARK}"}
        self.connection.request("POST", path, f"{body}--{MARK}--\r\n", {**self.headers, **headers, **kind})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {text[:300]!r}")
        return text

    def _ask(self, path: str, headers: Mapping[str, str] | None) -> tuple[http.client.HTTPResponse, bytes]:
        self.connection.request("GET", path, headers={**self.headers, **(headers or {})})
        answer = self.connection.getresponse()
        return answer, answer.read()


@contextmanager
def running_server(*, workers: int = 1, **variables: str) -> Iterator[Server]:
    """The pages as in production: WSGI under granian, the limits' addresses beside ours.

    `variables` are of its environment.
    """
    call_command("collectstatic", interactive=False, verbosity=0)
    port = free_port()
    server_of = f"{sys.executable} -m granian --interface wsgi --workers {workers} --blocking-threads 4"
    command = f"{server_of} --port {port} --no-ws lms.wsgi:application".split()
    # The users of benchmarks have no second step to show.
    usual = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "MALAKA_STAFF_MFA": "optional"}
    with running(command, env=os.environ | usual | variables, **QUIET) as process:
        server = Server(port, process.pid, ServerClock(server=process.pid, **service_roots()))
        wait_until_served(server, process)
        yield server


def wait_until_served(server: Server, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.get("/healthz")
            return
        except (OSError, http.client.HTTPException) as error:
            server.connection.close()
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start") from error
            time.sleep(0.2)


def cookie_of(user: User) -> dict[str, str]:
    """The header of a browser in whose session `user` is signed in; signing in left it a key for forms as well."""
    session: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    cookies = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: get_random_string(32)}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def token_of(headers: Mapping[str, str]) -> str:
    """The key for forms of a browser with these cookies."""
    return SimpleCookie(headers["Cookie"])[settings.CSRF_COOKIE_NAME].value
