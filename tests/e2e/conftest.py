"""A server of our own and a Chromium for the tests in a browser. These tests never touch the database themselves."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.services import free_port, running

START_SECONDS = 30


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # our own server
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{address} did not answer within {START_SECONDS} s")


@pytest.fixture(scope="session")
def bare_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a started server with an empty database."""
    folder: Path = tmp_path_factory.mktemp("bare-site")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "lms.settings",
        "MALAKA_VAR": str(folder),
        "MALAKA_DEMO": "1",
        "DATABASE_URL": f"sqlite:///{folder / 'malaka.sqlite3'}",
    }
    for command in (["migrate"], ["collectstatic", "--noinput"]):
        subprocess.run([sys.executable, "manage.py", *command, "-v0"], env=environment, check=True)
    port = str(free_port())
    server = [sys.executable, "-m", "uvicorn", "lms.asgi:application", "--port", port, "--log-level", "warning"]
    with running(server, env=environment):
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
