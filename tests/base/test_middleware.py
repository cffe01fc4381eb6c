import pytest
from pytest_django import Settings

from accounts.models import AuditEvent, User
from tests.api import ApiClient
from tests.personas import World

pytestmark = pytest.mark.django_db


def test_unknown_path_and_method_are_problems(learner: User) -> None:
    for answer in (ApiClient(learner).get("/nowhere"), ApiClient(learner).post("/me")):
        assert answer.status_code in (404, 405)
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


def test_nul_characters_are_refused(learner: User) -> None:
    assert ApiClient(learner).get("/regions", q="a\0b").status_code == 422


@pytest.mark.parametrize(("behind", "known"), [(True, "203.0.113.7"), (False, "127.0.0.1")])
def test_address_is_what_our_own_proxy_saw(
    assistant: User, world: World, settings: Settings, behind: bool, known: str
) -> None:
    settings.BEHIND_PROXY = behind
    client = ApiClient(assistant)
    client.headers["X-Forwarded-For"] = "198.51.100.1, 203.0.113.7"
    client.get("/residents")
    assert AuditEvent.objects.filter(action="resident.listed").latest("pk").address == known
