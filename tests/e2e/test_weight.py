"""What a page costs somebody who pays for each megabyte: bytes over the wire, of a first visit and of a later one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.conftest import LiveStack
from tests.e2e.visitors import Visitor

FIRST, LATER = 100_000, 30_000
COURSE = "/courses/elektron-hujjat-almashinuvi/"


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, live_stack: LiveStack) -> Callable[[str], BrowserContext]:
    """A browser with nothing in its cache, in which somebody is signed in."""

    def open_context(username: str) -> BrowserContext:
        context = chromium.new_context(viewport={"width": 360, "height": 720}, locale="uz")
        if username:
            other = chromium.new_context(locale="en")
            Visitor(other.new_page(), live_stack.url).sign_in(username)
            state = other.storage_state()
            other.close()
            context.close()
            context = chromium.new_context(viewport={"width": 360, "height": 720}, locale="uz", storage_state=state)
        return context

    return open_context


def weigh(context: BrowserContext, url: str) -> int:
    """Bytes that a visit brings over the wire, headers and all."""
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    page.close()
    return int(sum(sizes))


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("", "/"),
        ("", "/courses/"),
        ("", COURSE),
        ("", "/statistics/"),
        ("", "/verify/"),
        ("learner", "/"),
        ("learner", COURSE),
        ("learner", "/certificates/"),
        ("resident", "/"),
        ("resident", "lesson"),
        ("resident", "class"),
    ],
)
def test_visits_are_light(
    live_stack: LiveStack, signed_in: Callable[[str], BrowserContext], username: str, path: str
) -> None:
    context = signed_in(username)
    url = address_of(signed_in(username), live_stack.url, path)
    first, later = weigh(context, url), weigh(context, url)
    context.close()
    assert first <= FIRST, (url, first)
    assert later <= LATER, (url, later)


def address_of(context: BrowserContext, site: str, path: str) -> str:
    """Where the lesson or the class that the learner is at stands."""
    if path.startswith("/"):
        return site + path
    page = context.new_page()
    if path == "lesson":
        page.goto(f"{site}/learn/")
        page.locator("main .card-link a").first.click()
    else:
        page.goto(f"{site}/notices/")
        page.locator("main a", has_text="Jonli").or_(page.locator("main a", has_text="15:00")).first.click()
    page.wait_for_load_state()
    return page.url
