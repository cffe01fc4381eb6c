"""People in front of a browser: each in a context of their own, doing what a page lets them do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from lms.demo_accounts import PASSWORD
from tests.e2e.looking import faults

PATIENCE = 20_000  # ms; a worker may have to answer first


@dataclass
class Visitor:
    """Somebody at the site, reading in English; `page` is what stands before them."""

    page: Page
    site: str
    found: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to an address; a page that answers with an error is a failure here."""
        answer = self.page.goto(path if path.startswith("http") else self.site + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        self.open("/accounts/login/")
        self.page.locator("main [name=login]").fill(username)
        self.page.locator("main [name=password]").fill(password)
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator("form[action='/accounts/logout/']")).to_be_attached()

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press the button or follow the link of this name, and wait for the page behind it."""
        place = within or self.page.locator("main")
        button = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))
        button.first.click()
        self.page.wait_for_load_state()

    def fill(self, values: dict[str, str]) -> None:
        """Fill fields by their labels."""
        for label, value in values.items():
            self.page.locator("main").get_by_label(label, exact=False).first.fill(value)

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text, timeout=PATIENCE)

    def reload_until(self, text: str) -> None:
        """Look again until a worker has done its part."""
        for _ in range(60):
            if text in self.page.locator("body").inner_text():
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        self.sees(text)

    def looks(self) -> None:
        """Look whether anything on the page is in anybody's way; told when the visit is over."""
        self.found += [f"{self.path}: {fault}" for fault in faults(self.page)]

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site)


def is_complaint(message: ConsoleMessage) -> bool:
    """An error; but a network that a test cuts is told by the page itself while no service worker stands before it."""
    return message.type == "error" and "ERR_INTERNET_DISCONNECTED" not in message.text


@contextmanager
def visiting(
    browser: Browser, site: str, *, width: int = 1280, may_complain: bool = False, **options: Any
) -> Iterator[Visitor]:
    """Somebody opens a browser; in the end nothing may have been found, nor complained about in its console."""
    context = browser.new_context(
        viewport={"width": width, "height": 720}, **{"locale": "en", "reduced_motion": "reduce", **options}
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    visitor = Visitor(page, site)
    yield visitor
    context.close()
    assert may_complain or not complaints, "\n".join(complaints)
    assert not visitor.found, "\n".join(visitor.found)
