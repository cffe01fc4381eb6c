"""Picture and sound of a class, of a teacher and three learners on one Janus, one of them through a relay alone."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.demo_site import ROOT, LiveStack
from tests.services import find_program

AWAY = {"REDIS_URL", "MALAKA_SITE_URL"}  # what the story's own network does not reach, or is of another site


def can_lay_a_network() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "-n", "true"], check=False).returncode == 0


def within_reach(environment: dict[str, str]) -> dict[str, str]:
    """The variables for a network namespace: a database is reached there by its socket in the file system."""
    found = {name: value for name, value in environment.items() if name not in AWAY}
    if url := found.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            row = connection.execute("SHOW unix_socket_directories").fetchone()
        assert row
        parts = urlsplit(url)
        account = f"{parts.username}:{parts.password}@:{parts.port}"
        found["DATABASE_URL"] = parts._replace(netloc=account, query=f"host={row[0]}").geturl()
    return found


@pytest.mark.skipif(not can_lay_a_network(), reason="lays a network of its own, which takes root")
@pytest.mark.skipif(not find_program("janus"), reason="needs Janus, as in `make test`")
@pytest.mark.skipif(not find_program("turnserver"), reason="needs coturn, as in `make test`")
def test_a_teacher_and_three_learners_see_and_hear_each_other(live_stack: LiveStack) -> None:
    stage = subprocess.run(
        [sys.executable, "-m", "tests.e2e.media_stage"], env=live_stack.environment, cwd=ROOT, check=True, stdout=-1
    )
    story = subprocess.run(
        ["unshare", "-n", sys.executable, "-m", "tests.e2e.media_story"],
        env=within_reach(live_stack.environment),
        cwd=ROOT,
        input=stage.stdout,
        capture_output=True,
        check=False,
    )
    assert story.returncode == 0, story.stderr.decode()
    assert json.loads(story.stdout.splitlines()[-1]) == {
        "frames": [True, True, True],
        "level": True,
        "small pictures": True,
        "sound only": {"frames": True, "level": True},
        "learner is seen": True,
        "publishes again": "may-not-speak",
        "third still sees": True,
        "recording": True,
    }
