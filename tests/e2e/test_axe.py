"""Every page of tests/access.py as each of its readers finds it, and each form sent empty: nothing in anybody's way.

Django answers in this process and Chromium draws what it answers, so that a new page is looked at by itself;
test_walk.py looks at the demo over a real server.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.staticfiles import finders
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route
from pytest_django import Settings

from accounts.models import User
from tests.access import PAGES, PERSONAS
from tests.addresses import place_of
from tests.e2e.looking import faults
from tests.test_access import ADDRESSES, EVERY_ADDRESS, query_of
from tests.things import Things

pytestmark = pytest.mark.django_db
SITE = "http://malaka.localhost"
SIGN_IN_PAGES = ("account_", "mfa_")
EMPTY = {"csrfmiddlewaretoken": "a form always sends its token"}
ERROR_PAGES = ("403.html", "403_csrf.html", "404.html", "500.html", "503.html", "offline.html")


@pytest.fixture
def readers(request: pytest.FixtureRequest, settings: Settings) -> dict[str, Client]:
    """A browser of each persona of tests/personas.py, reading in English."""
    settings.DEMO = True  # /styleguide/ is there in the demo alone
    settings.ACCOUNT_RATE_LIMITS = False  # so many sign in from one address within a minute
    return {name: reader(None if name == "visitor" else request.getfixturevalue(name)) for name in PERSONAS}


def reader(user: User | None) -> Client:
    """A browser; `user` has just signed in, as the pages about passwords and second steps ask for."""
    client = Client(headers={"accept-language": "en"})
    if user:
        answer = client.post(reverse("account_login"), {"login": user.username, "password": "malaka-test"})
        assert answer.status_code == 302
        client.post(reverse("account_reauthenticate"), {"password": "malaka-test"})
    return client


@dataclass(frozen=True)
class Answer:
    """A page as a persona got it."""

    name: str
    persona: str
    url: str
    status: int
    headers: dict[str, str]
    body: str

    def __str__(self) -> str:
        return f"{self.name} for {self.persona} ({self.url}, {self.status})"


class Markup(HTMLParser):
    """The kinds of element that stand in a page's <main>."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.kinds: set[tuple[str | None, ...]] = set()
        self.is_main = False
        self.feed(words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_main = self.is_main or tag == "main"
        if self.is_main:
            values = dict(attrs)
            self.kinds.add((tag, values.get("class"), values.get("role"), values.get("type")))

    def handle_endtag(self, tag: str) -> None:
        self.is_main = self.is_main and tag != "main"


def answers(client: Client, name: str, persona: str, url: str) -> Iterator[Answer]:
    """The page at an address, and what is answered to its form sent empty; what that changed is taken back."""
    for ask in (client.get, partial(client.post, data=EMPTY)):
        cookies = deepcopy(client.cookies)
        with transaction.atomic():
            response = ask(url)
            transaction.set_rollback(True)
        client.cookies = cookies
        if response.status_code in {200, 422} and response["Content-Type"].startswith("text/html"):
            yield Answer(name, persona, url, response.status_code, dict(response.items()), response.content.decode())


def every_answer(app: str, readers: dict[str, Client], things: Things) -> Iterator[Answer]:
    for name in names_of(app):
        path = ADDRESSES[name]
        url = reverse(name, kwargs=place_of(path, things)) + query_of(name, things)
        for (persona, client), letter in zip(readers.items(), PAGES[name], strict=True):
            if letter == "o":
                yield from answers(client, name, persona, url)


def names_of(app: str) -> list[str]:
    return [name for name in ADDRESSES if name.rpartition(":")[0] == app]


def sign_in_answers(readers: dict[str, Client]) -> Iterator[Answer]:
    """The pages of allauth that name nothing; a page is the same for all who are signed in."""
    for name, path in EVERY_ADDRESS.items():
        if name.startswith(SIGN_IN_PAGES) and "<" not in path:
            for persona, client in readers.items():
                yield from answers(client, name, persona, reverse(name))


def with_something_new(found: Iterator[Answer]) -> Iterator[Answer]:
    """The answers that hold an element which no answer before held on the same page."""
    seen = defaultdict[str, set[tuple[str | None, ...]]](set)
    for answer in found:
        kinds = Markup(answer.body).kinds
        if answer.name == "home" or not kinds <= seen[answer.name]:
            seen[answer.name] |= kinds
            yield answer


class Screen:
    """A window of Chromium that draws what Django answered, and hears what its console complains about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route_web_socket("**", lambda socket: None)  # a class has nobody else in it here
        page.route("**", self.bring)

    def faults(self, answer: Answer) -> list[str]:
        self.answer = answer
        self.complaints.clear()
        self.page.goto(SITE + answer.url)
        return [f"{answer}: {fault}" for fault in [*faults(self.page), *self.complaints]]

    def bring(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            route.fulfill(path=finders.find(path.removeprefix("/static/")))
        elif route.request.is_navigation_request():
            route.fulfill(body=self.answer.body, headers=self.answer.headers)
        else:
            route.fulfill(body="", status=204)


@contextmanager
def screen(browser: Browser) -> Iterator[Screen]:
    context = browser.new_context(locale="en", reduced_motion="reduce", service_workers="block")
    yield Screen(context.new_page())
    context.close()


def look_at(browser: Browser, found: Iterator[Answer], *, at_least: int) -> None:
    """Nothing may be wrong with any of the pages, of which there are so many."""
    looked_at, faults_found = set[str](), list[str]()
    with screen(browser) as window:
        for answer in with_something_new(found):
            looked_at.add(answer.name)
            faults_found += window.faults(answer)
    assert not faults_found, "\n".join(faults_found)
    assert len(looked_at) >= at_least


@pytest.mark.parametrize("app", sorted({name.rpartition(":")[0] for name in ADDRESSES}))
def test_every_page_is_for_everyone(app: str, chromium: Browser, readers: dict[str, Client], things: Things) -> None:
    look_at(chromium, every_answer(app, readers, things), at_least=len(names_of(app)) // 3)


def test_every_page_of_signing_in_is_for_everyone(
    chromium: Browser, readers: dict[str, Client], assistant: User
) -> None:
    TOTP.activate(assistant, generate_totp_secret())
    RecoveryCodes.activate(assistant)
    at_the_second_step = reader(assistant)
    some = {name: readers[name] for name in ("visitor", "learner", "assistant")}
    look_at(chromium, sign_in_answers(some | {"half-way": at_the_second_step}), at_least=20)


@pytest.mark.parametrize("template", ERROR_PAGES)
def test_error_pages_are_for_everyone(chromium: Browser, template: str) -> None:
    page = Answer(template, "visitor", "/broken/", 200, {"Content-Type": "text/html"}, render_to_string(template))
    with screen(chromium) as window:
        assert window.faults(page) == []
