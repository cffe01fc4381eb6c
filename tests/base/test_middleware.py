import pytest

from accounts.models import User
from tests.api import ApiClient

pytestmark = pytest.mark.django_db


def test_unknown_path_and_method_are_problems(learner: User) -> None:
    for answer in (ApiClient(learner).get("/nowhere"), ApiClient(learner).post("/me")):
        assert answer.status_code in (404, 405)
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


def test_nul_characters_are_refused(learner: User) -> None:
    assert ApiClient(learner).get("/regions", q="a\0b").status_code == 422
