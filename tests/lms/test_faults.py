"""With a database that nobody answers for, asked in a process of its own."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from lms.faults import fault_view

ROOT = Path(__file__).parents[2]
ASK = """
import django, json
django.setup()
from django.test import Client
ask = Client(raise_request_exception=False, headers={"accept-language": "en", "authorization": "Bearer x"}).get
print(json.dumps([
    [answer.status_code, answer.headers["Content-Type"], answer.headers["Retry-After"], answer.content.decode()]
    for answer in map(ask, ["/courses/", "/api/v1/courses"])
]))
"""


def test_database_out_of_reach_is_said_in_the_look_of_all_pages_and_to_programs(tmp_path: Path) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "MALAKA_VAR": str(tmp_path),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing",
        "ALLOWED_HOSTS": "testserver",
    }
    environment.pop("REDIS_URL", None)
    command = [sys.executable, "-c", ASK]
    answer = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    page, program = json.loads(answer.stdout)
    assert page[:3] == [503, "text/html; charset=utf-8", "60"]
    assert "Malaka is being worked on" in page[3]
    assert program[:3] == [503, "application/problem+json", "60"]


@pytest.mark.parametrize(
    ("path", "kind"), [("/courses/", "text/html; charset=utf-8"), ("/api/v1/me", "application/problem+json")]
)
def test_fault_of_ours_is_500_and_tells_nothing(path: str, kind: str) -> None:
    try:
        raise ZeroDivisionError("a secret")
    except ZeroDivisionError:
        answer = fault_view(RequestFactory().get(path))
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, kind)
    assert b"a secret" not in answer.content


def test_page_for_the_proxy_is_written(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    call_command("write_pause_page", stdout=StringIO())
    assert 'id="main"' in (tmp_path / "503.html").read_text(encoding="utf-8")
