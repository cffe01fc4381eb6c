"""What every test may use. Fixtures of one app stand in that app's folder."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from tests.migrated import ensure_migrated
from tests.services import database_url, running_worker

pytest_plugins = ["tests.personas", "tests.things"]

ON_POSTGRES = settings.DATABASE["ENGINE"] == "django.db.backends.postgresql"
ON_SERVICES = ON_POSTGRES and bool(settings.REDIS_URL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, with the reason, what the services at hand cannot run."""
    for item in items:
        if item.get_closest_marker("services") and not ON_SERVICES:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL and Redis, as in `make test`"))
        elif item.get_closest_marker("postgres") and not ON_POSTGRES:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL, as in `make test`"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The database of the tests is copied from one that is migrated."""
    if ON_POSTGRES:
        ensure_migrated(os.environ["DATABASE_URL"])


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """Each test starts in the default language, whatever the one before it activated."""
    from django.utils import translation

    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def in_english() -> Iterator[None]:
    """For tests that read what code says outside a request, in the words of its source."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def celery_worker_process(django_db_setup: None) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on the test database; for tests marked `services` that commit what they write."""
    with running_worker(os.environ | {"DATABASE_URL": database_url(connection.settings_dict)}) as worker:
        yield worker
