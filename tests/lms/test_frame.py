"""What every page carries: the ways by role, the appearance, the style guide of the demo."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from django.views.defaults import server_error
from pytest_django.fixtures import Settings

from accounts.models import User
from lms.home.context import ways_of


def test_appearance_is_kept_in_a_cookie(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/"
    assert answer.cookies["theme"].value == "dark"


def test_appearance_of_the_device_forgets_the_choice(client: Client) -> None:
    client.post("/theme/", {"theme": "dark"})
    answer = client.post("/theme/", {"theme": "auto"})
    assert answer.cookies["theme"].value == ""


def test_appearance_leads_nowhere_else(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_appearance_is_not_changed_by_a_link(client: Client) -> None:
    assert client.get("/theme/").status_code == 405


@pytest.mark.django_db
def test_chosen_appearance_is_written_into_the_page(client: Client) -> None:
    client.cookies["theme"] = "dark"
    assert ' data-theme="dark"' in client.get("/accounts/login/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert ' data-theme="' not in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_style_guide_is_part_of_the_demo_alone(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    assert client.get("/styleguide/").status_code == 404
    settings.DEMO = True
    assert client.get("/styleguide/").status_code == 200


@pytest.mark.django_db
def test_language_is_switched_by_a_plain_form(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "ru", "next": "/accounts/login/"})
    assert '<html lang="ru"' in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_error_pages_wear_the_frame(client: Client) -> None:
    missing = client.get("/nowhere/")
    assert missing.status_code == 404
    assert 'id="main"' in missing.content.decode()
    fault = server_error(RequestFactory().get("/"))
    assert fault.status_code == 500
    assert 'id="main"' in fault.content.decode()
    for name in ("503.html", "offline.html"):
        assert 'id="main"' in render_to_string(name)


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words() -> None:
    refused = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert refused.status_code == 403
    assert 'id="main"' in refused.content.decode()


def labels(user: User | AnonymousUser) -> set[str]:
    request = RequestFactory().get("/")
    request.user = user
    with translation.override("en"):
        return {str(way.label) for way in ways_of(request)}


def test_navigation_leads_where_the_roles_work(assistant: User, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.home.context.reverse", lambda name: f"/{name}/")
    assert labels(assistant) == {"My learning", "Residents", "Referrals", "Courses", "Statistics"}
    assert labels(learner) == {"My learning", "Courses", "Statistics"}
    assert labels(AnonymousUser()) == {"Courses", "Statistics"}
