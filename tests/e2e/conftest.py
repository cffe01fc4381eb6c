"""What the tests in a browser use: the whole of Malaka as `make run` starts it, and Chromium.

Tests that use the whole of it never touch its database themselves.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.services import find_program, free_port, running, wait_for

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class LiveStack:
    """Web, worker and beat under the supervisor, with the demo in it; on the services that the environment names."""

    url: str
    environment: dict[str, str]
    log: Path

    def manage(self, *arguments: str) -> str:
        """Run a management command on its data and return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        result = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return result.stdout


@pytest.fixture(scope="session", autouse=True)
def database_beside_chromium() -> Iterator[None]:
    """Playwright has a loop in the thread of the tests, where Django would let nothing wait for a database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def live_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    folder, port = tmp_path_factory.mktemp("stack"), free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "DJANGO_SETTINGS_MODULE": "lms.settings",
        "MALAKA_VAR": str(folder),
        "MALAKA_DEMO": "1",
        "MALAKA_STAFF_MFA": "optional",
        "MALAKA_SITE_URL": url,
    }
    stack = LiveStack(url, os.environ | settings, folder / "log")
    stack.manage("prepare_demo")
    command = [sys.executable, "-m", "lms.supervisor", "--port", str(port)]
    with stack.log.open("wb") as log:
        with running(command, env=stack.environment, cwd=ROOT, stdout=log, stderr=log) as supervisor:
            wait_for(lambda: supervisor.poll() is not None or b"ready on" in stack.log.read_bytes(), 60)
            assert supervisor.poll() is None, stack.log.read_text()
            yield stack
        assert supervisor.returncode == 0


@pytest.fixture(scope="session")
def bare_site(live_stack: LiveStack) -> str:
    """The address alone."""
    return live_stack.url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_program("chromium"))
        yield browser
        browser.close()


@pytest.fixture
def new_visitor(chromium: Browser, live_stack: LiveStack) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser context of one person: own cookies, own language; `viewport` and the like as keywords."""
    contexts: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=live_stack.url, **{"locale": "en", **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()
