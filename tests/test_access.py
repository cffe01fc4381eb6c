"""Every address × every persona, as tests/access.py says it; an address that is missing there fails as well."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from accounts.models import User
from lms.api import api
from tests.access import INTERFACE, PAGES, PERSONAS
from tests.accounts.factories import make_token
from tests.addresses import BODIES, QUERIES, place_of
from tests.things import Things

pytestmark = pytest.mark.django_db
NOT_OURS = re.compile(r"^(admin:|account_|mfa_|api:|set_language$)")


@pytest.fixture
def people(request: pytest.FixtureRequest, settings: Settings) -> dict[str, User | None]:
    settings.DEMO = True  # /styleguide/ is there in the demo alone
    return {name: None if name == "visitor" else request.getfixturevalue(name) for name in PERSONAS}


def patterns(rows: list[Any], spaces: tuple[str, ...] = (), before: str = "") -> Iterator[tuple[str, str]]:
    """Name and path of every address."""
    for row in rows:
        if isinstance(row, URLResolver):
            inner = (*spaces, row.namespace) if row.namespace else spaces
            yield from patterns(row.url_patterns, inner, before + str(row.pattern))
        elif isinstance(row, URLPattern):
            yield ":".join((*spaces, row.name or str(row.pattern))), before + str(row.pattern)


EVERY_ADDRESS = dict(patterns(get_resolver().url_patterns))
ADDRESSES = {name: path for name, path in EVERY_ADDRESS.items() if not NOT_OURS.match(name)}
OPERATIONS = {
    f"{method.upper()} {path.removeprefix('/api/v1')}"
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method in methods
}


def test_who_reaches_each_page(people: dict[str, User | None], things: Things) -> None:
    found = {}
    for name, path in ADDRESSES.items():
        url = reverse(name, kwargs=place_of(path, things)) + query_of(name, things)
        found[name] = "".join(page_answer(url, user) for user in people.values())
    assert found == PAGES


def test_who_reaches_each_operation(people: dict[str, User | None], things: Things) -> None:
    found = {}
    for name in OPERATIONS:
        method, path = name.split(" ")
        body = BODIES[name](things) if name in BODIES else {}
        url = fill(path, things) + query_of(name, things)
        found[name] = "".join(api_answer(method, url, body, user) for user in people.values())
    assert found == INTERFACE


def query_of(name: str, things: Things) -> str:
    return QUERIES[name](things) if name in QUERIES else ""


def fill(path: str, things: Things) -> str:
    names = place_of(path.strip("/").replace("{", "<").replace("}", ">"), things)
    return "/api/v1" + path.format_map(names)


def page_answer(url: str, user: User | None) -> str:
    """What a person gets: in (o), to sign-in (l), refused (x), hidden (.). What it changed is taken back."""
    client = Client()
    if user:
        client.force_login(user)
    with transaction.atomic():
        answer = client.get(url)
        if answer.status_code == 405:
            answer = client.post(url, {})
        transaction.set_rollback(True)
    if answer.status_code == 302 and "/accounts/login/" in answer["Location"]:
        return "l"
    return {403: "x", 404: "."}.get(answer.status_code, "o")


def api_answer(method: str, url: str, body: Any, user: User | None) -> str:
    """The same for a program: in (o), no token (l), refused (x), hidden (.), a thing named that one cannot see (i)."""
    with transaction.atomic():
        headers = {"Authorization": f"Bearer {make_token(user)}"} if user else {}
        send = getattr(Client(), method.lower())
        answer = send(url, headers=headers) if method == "GET" else send(url, body, "application/json", headers=headers)
        transaction.set_rollback(True)
    return {401: "l", 403: "x", 404: ".", 422: "i"}.get(answer.status_code, "o")
