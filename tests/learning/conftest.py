"""What tests of the author's pages share; a test that needs another browser or version says so itself."""

import pytest
from django.test import Client

from accounts.models import User
from courses.models import CourseVersion
from tests.courses.factories import make_course
from tests.personas import World


@pytest.fixture
def browser(client: Client, instructor: User) -> Client:
    client.force_login(instructor)
    return client


@pytest.fixture
def version(world: World) -> CourseVersion:
    """An empty draft of the instructor's centre."""
    return make_course(provider=world.centre).versions.get()
