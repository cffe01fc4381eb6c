"""What the tests in a browser use: the whole of Malaka as `make run` starts it, and Chromium.

Tests that use the whole of it never touch its database themselves.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.demo_site import LiveStack, running_demo
from tests.migrated import create_database
from tests.services import find_program


@pytest.fixture(scope="session", autouse=True)
def database_beside_chromium() -> Iterator[None]:
    """Playwright has a loop in the thread of the tests, where Django would let nothing wait for a database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


def own_database() -> dict[str, str]:
    """The variable of a database of this process's own: with xdist each runs a site."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker or "DATABASE_URL" not in os.environ:
        return {}
    return {"DATABASE_URL": create_database(os.environ["DATABASE_URL"], f"site_{worker}")}


@pytest.fixture(scope="session")
def live_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with running_demo(tmp_path_factory.mktemp("stack"), os.environ | own_database()) as stack:
        yield stack


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
