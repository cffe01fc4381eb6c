"""A class with a teacher and two learners."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytest_django import Settings

from accounts.models import User
from enrollment.models import Cohort, Enrollment
from live.media import janus
from live.models import LiveSession
from tests.accounts.factories import make_user
from tests.live.factories import make_learner, make_live_cohort, make_session
from tests.personas import World
from tests.services import find_program, running_janus


@dataclass(frozen=True)
class Class:
    """A class that is on, and who may be in it."""

    cohort: Cohort
    session: LiveSession
    teacher: User
    learner: User
    other: User
    enrollment: Enrollment


@pytest.fixture
def room(world: World, instructor: User) -> Class:
    cohort = make_live_cohort(instructor=instructor, organization=world.centre)
    learner, other = make_user(), make_user()
    enrollment = make_learner(cohort, learner)
    make_learner(cohort, other)
    return Class(cohort, make_session(cohort, on=True), instructor, learner, other, enrollment)


@pytest.fixture(scope="session")
def janus_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    if not find_program("janus"):
        pytest.skip("needs Janus, as in `make test`")
    with running_janus(tmp_path_factory.mktemp("janus"), os.environ) as places:
        yield places


@pytest.fixture
def media_server(janus_process: dict[str, str], settings: Settings) -> None:
    """A Janus of this process's own, empty of rooms."""
    settings.JANUS_URL, settings.JANUS_ADMIN_URL = janus_process["MALAKA_JANUS"], janus_process["MALAKA_JANUS_ADMIN"]
    settings.MEDIA_SECRET = janus_process["MALAKA_MEDIA_SECRET"]
    for room in janus.rooms():
        janus.close_room(room)
