"""What every page carries: the ways by role, the appearance, the style guide of the demo."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings


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
