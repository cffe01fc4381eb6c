"""What browsers and logs are told."""

import logging

import pytest
from django.test import Client

from accounts.models import User
from lms.logs import log_settings

pytestmark = pytest.mark.django_db


def test_pages_forbid_inline_and_foreign_scripts(client: Client) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_admin_alone_has_a_looser_policy(client: Client, platform_admin: User) -> None:
    client.force_login(platform_admin)
    assert "'unsafe-eval'" in client.get("/admin/")["Content-Security-Policy"]


@pytest.mark.parametrize("persona", ["learner", "assistant", "centre_manager", "academy_admin", "supervisor"])
def test_admin_is_for_platform_admins_alone(client: Client, persona: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(persona))
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("as_json", [True, False])
def test_a_pinfl_never_stands_in_a_log(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    formatter = log_settings(as_json=as_json)["formatters"]["line"]
    line = formatter["()"](**{key: value for key, value in formatter.items() if key != "()"})
    pinfl = "51403950123451"
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s came with %s", (pinfl, pinfl), None)
    text = line.format(record)
    assert "came with" in text
    assert pinfl not in text
