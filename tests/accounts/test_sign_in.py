from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import ActivationCode, ApiToken, AuditEvent, Person, User
from accounts.services.activation import (
    CodeRefused,
    OwnApproval,
    approve_activation,
    make_activation_code,
    use_activation_code,
)
from tests.accounts.factories import make_person, make_user
from tests.api import ApiClient

pytestmark = pytest.mark.django_db
PASSWORD = "malaka-test"


@pytest.fixture
def resident_user(db: None) -> User:
    """Somebody who was given an account and no password."""
    user = make_user(username="resident", person=make_person(email="resident@example.org"))
    user.set_unusable_password()
    user.save()
    return user


def sign_in(login: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": login, "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["nodira", "NODIRA", "nodira@example.org", "+998901234567", "90 123-45-67"])
def test_sign_in_by_user_name_email_or_phone(db: None, login: str) -> None:
    make_user(username="nodira", email="nodira@example.org", phone="+998901234567", phone_verified=True)
    assert is_signed_in(sign_in(login))
    assert not is_signed_in(sign_in(login, "wrong"))


def test_unverified_phone_does_not_sign_in(db: None) -> None:
    make_user(phone="+998901234567", phone_verified=False)
    assert not is_signed_in(sign_in("+998901234567"))


def test_nobody_signs_up(client: Client) -> None:
    client.post(reverse("account_signup"), {"username": "new", "password1": "Str0ng-enough"})
    assert not User.objects.exists()


def test_activation_code_signs_in_once_and_asks_for_a_password(resident_user: User, assistant: User) -> None:
    code = make_activation_code(resident_user, by=assistant)
    assert code
    client = Client()
    answer = client.post(reverse("accounts:activate"), {"code": code.lower().replace("-", " ")})
    assert answer.headers["Location"] == reverse("account_set_password")
    assert client.get("/settings/").headers["Location"] == reverse("account_set_password")
    fresh = {"password1": "Bahor-2026-oy", "password2": "Bahor-2026-oy"}
    client.post(reverse("account_set_password"), fresh)
    assert client.get("/settings/").status_code == 200
    assert is_signed_in(sign_in("resident", "Bahor-2026-oy"))
    assert [message.to for message in mail.outbox][:1] == [["resident@example.org"]]
    again = Client().post(reverse("accounts:activate"), {"code": code})
    assert again.status_code == 422
    assert code.replace("-", "") not in str(list(ActivationCode.objects.values()))
    assert AuditEvent.objects.filter(action="activation-code.used").count() == 1


def test_fifth_wrong_try_ends_the_code(resident_user: User, assistant: User) -> None:
    code = make_activation_code(resident_user, by=assistant)
    assert code
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    for _try in range(5):
        with pytest.raises(CodeRefused):
            use_activation_code(wrong)
    with pytest.raises(CodeRefused):
        use_activation_code(code)


def test_old_replaced_and_foreign_codes_are_refused(resident_user: User, assistant: User) -> None:
    first = make_activation_code(resident_user, by=assistant)
    second = make_activation_code(resident_user, by=assistant)
    assert first
    assert second
    for bad in (first, "", "ABCD", "ʻʻʻʻ-ʻʻʻʻ-ʻʻʻʻ"):
        with pytest.raises(CodeRefused):
            use_activation_code(bad)
    ActivationCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(CodeRefused):
        use_activation_code(second)


def test_user_with_password_needs_a_second_person(assistant: User, counter: User) -> None:
    user = make_user(username="learned")
    assert make_activation_code(user, by=assistant) is None
    request = ActivationCode.objects.get(user=user)
    with pytest.raises(OwnApproval):
        approve_activation(request, by=assistant)
    assert is_signed_in(sign_in("learned"))
    code = approve_activation(request, by=counter)
    with pytest.raises(CodeRefused):
        approve_activation(request, by=counter)
    assert use_activation_code(code) == user
    assert not is_signed_in(sign_in("learned"))


def test_staff_must_set_up_a_second_factor_where_it_is_required(
    assistant: User, resident_user: User, settings: Settings
) -> None:
    settings.STAFF_MFA = "required"
    client = Client()
    client.force_login(assistant)
    assert client.get("/settings/").headers["Location"] == reverse("mfa_activate_totp")
    assert client.post("/settings/").status_code == 403
    settings.STAFF_MFA = "optional"
    assert client.get("/settings/").status_code == 200


def test_learner_needs_no_second_factor(learner: User, settings: Settings) -> None:
    settings.STAFF_MFA = "required"
    client = Client()
    client.force_login(learner)
    assert client.get("/settings/").status_code == 200


def test_token_is_made_shown_once_and_revoked(learner: User) -> None:
    client = Client()
    client.force_login(learner)
    page = client.post("/settings/tokens/", {"name": "HR", "days": 30, "scopes": ["read"]})
    token = page.context["new_token"]
    assert token in page.content.decode()
    assert token not in client.get("/settings/").content.decode()
    api = ApiClient(None, Authorization=f"Bearer {token}")
    assert api.get("/me").json()["username"] == "learner"
    row = ApiToken.objects.get()
    client.post(f"/settings/tokens/{row.uuid}/revoke/")
    assert api.get("/me").status_code == 401


def test_token_of_another_is_not_found(learner: User, assistant: User) -> None:
    client = Client()
    client.force_login(learner)
    client.post("/settings/tokens/", {"name": "HR", "days": 30, "scopes": ["read"]})
    client.force_login(assistant)
    assert client.post(f"/settings/tokens/{ApiToken.objects.get().uuid}/revoke/").status_code == 404


def test_read_token_does_not_write(assistant: User) -> None:
    from tests.accounts.factories import make_token

    token = make_token(assistant, scopes=("read",))
    api = ApiClient(None, Authorization=f"Bearer {token}")
    assert api.post("/households", {"mahalla": "x", "category": "y"}).status_code == 403


def test_contact_phone_is_checked(learner: User) -> None:
    client = Client()
    client.force_login(learner)
    assert client.post("/settings/", {"phone": "nonsense", "email": ""}).status_code == 422
    client.post("/settings/", {"phone": "901234567", "email": ""})
    assert Person.objects.get(user=learner).phone == "+998901234567"
