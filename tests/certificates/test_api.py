"""The REST interface to certificates."""

import time

import pytest
from django.core.cache import cache

from accounts.models import User
from certificates.models import Credential
from tests.api import ApiClient
from tests.certificates.factories import make_credential
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def test_whoever_has_the_code_reads_the_facts() -> None:
    credential = make_credential()
    answer = ApiClient().get(f"/credentials/{credential.code}")
    words = credential.words
    assert answer.json() == {
        "code": credential.code,
        "number": credential.number,
        "status": "issued",
        "holder": words.holder,
        "course": words.course,
        "issuer": words.issuer,
        "hours": words.hours,
        "grade": 91.5,
        "issued_on": credential.issued_on.isoformat(),
        "expires_on": None,
        "revoked_at": None,
        "reason": None,
        "superseded_by": None,
        "pdf_url": f"http://127.0.0.1:8000/certificates/{credential.code}.pdf",
        "verify_url": words.verify_url,
    }


def test_the_number_is_no_code() -> None:
    assert ApiClient().get(f"/credentials/{make_credential().number}").status_code == 404


def test_looking_too_often_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # or the tries fall into two minutes
    api = ApiClient()
    answers = [api.get("/credentials/0000000000000000") for _ in range(121)]
    assert {answer.status_code for answer in answers[:120]} == {404}
    assert answers[120].status_code == 429
    assert answers[120]["Retry-After"] == "60"


def test_the_provider_revokes_and_twice_is_once(centre_manager: User, world: World) -> None:
    credential = make_credential(issuer=world.centre)
    api = ApiClient(centre_manager)
    assert api.post(f"/credentials/{credential.code}/revoke", {"reason": ""}).status_code == 422
    for reason in ("Issued by mistake.", "Again."):
        answer = api.post(f"/credentials/{credential.code}/revoke", {"reason": reason})
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["reason"]) == ("revoked", "Issued by mistake.")
        assert answer.json()["pdf_url"] is None


def test_others_do_not_revoke(instructor: User, outsider: User, learner: User, world: World) -> None:
    credential = make_credential(issuer=world.centre)
    path, body = f"/credentials/{credential.code}/revoke", {"reason": "No."}
    for user in (instructor, outsider, learner):
        assert ApiClient(user).post(path, body).status_code == 403
    assert ApiClient().post(path, body).status_code == 401
    assert ApiClient(outsider).post("/credentials/0000000000000000/revoke", body).status_code == 404
    assert not Credential.objects.get().is_revoked
