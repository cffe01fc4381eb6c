"""What a page costs somebody who pays for each megabyte: bytes over the wire, of a first visit and of a later one.

The limits are what a page may weigh, since no code can say what is the least.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, StorageState, ViewportSize, sync_playwright

from benchmarks.measuring import Result
from lms.demo_accounts import PASSWORD
from tests.demo_site import running_demo
from tests.services import find_program

FIRST, LATER = 100_000, 30_000
COURSE = "/courses/elektron-hujjat-almashinuvi/"


@dataclass(frozen=True)
class Visit:
    """A page of the demo and who looks at it; a link to follow from there, where its address is not known before."""

    name: str
    path: str
    username: str = ""
    link: str = ""


VISITS = (
    Visit("home of a visitor", "/"),
    Visit("catalogue", "/courses/"),
    Visit("course", COURSE),
    Visit("statistics", "/statistics/"),
    Visit("check of a certificate", "/verify/"),
    Visit("home of a civil servant", "/", "learner"),
    Visit("course, of a civil servant", COURSE, "learner"),
    Visit("certificates", "/certificates/", "learner"),
    Visit("home of a resident", "/", "resident"),
    Visit("lesson", "/learn/", "resident", "main .card-link a"),
    Visit("live room", "/notices/", "resident", "main a:text('15:00')"),
)


def results() -> Iterator[Result]:
    """The demo stands on SQLite here, whatever the services: where the data lie changes no byte."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder), environment) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_program("chromium"))
        for visit in VISITS:
            first, later = weigh(browser, demo.url, visit)
            for which, bytes_, most in (("first", first, FIRST), ("later", later, LATER)):
                yield Result(
                    name=f"weight, {visit.name}, {which}", ours=bytes_, limit=most, at_most=1.0, unit="bytes", n=1
                )
        browser.close()


def weigh(browser: Browser, site: str, visit: Visit) -> tuple[int, int]:
    """Bytes over the wire, headers and all, with nothing in the cache and once more."""
    with _phone(browser) as phone:
        if visit.username:
            _sign_in(phone, site, visit.username)
        url = _follow(phone, site, visit)
        signed_in = phone.storage_state()
    with _phone(browser, signed_in) as phone:
        return _load(phone, url), _load(phone, url)


@contextmanager
def _phone(browser: Browser, state: StorageState | None = None) -> Iterator[BrowserContext]:
    """Without a service worker, which would answer out of sight."""
    view = ViewportSize(width=360, height=720)
    context = browser.new_context(viewport=view, locale="uz", storage_state=state, service_workers="block")
    yield context
    context.close()


def _sign_in(phone: BrowserContext, site: str, username: str) -> None:
    page = phone.new_page()
    page.goto(f"{site}/accounts/login/")
    page.locator("main [name=login]").fill(username)
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.locator("form[action='/accounts/logout/']").first.wait_for(state="attached")


def _follow(phone: BrowserContext, site: str, visit: Visit) -> str:
    if not visit.link:
        return site + visit.path
    page = phone.new_page()
    page.goto(site + visit.path)
    page.locator(visit.link).first.click()
    page.wait_for_load_state()
    return page.url


def _load(phone: BrowserContext, url: str) -> int:
    page = phone.new_page()
    network = phone.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    page.close()
    return int(sum(sizes))
