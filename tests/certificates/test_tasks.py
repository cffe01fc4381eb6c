"""What is due is done by workers: at once after commit, or by the next sweep."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from certificates import queries, tasks
from certificates.models import Credential
from certificates.services.credentials import issue_credential
from courses.models import Course
from enrollment.models import Completion, Enrollment
from enrollment.services.completions import correct_completion
from enrollment.signals import completion_decided
from lms.celery import app
from tests.accounts.factories import make_user
from tests.certificates.factories import make_completion, make_credential

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Tasks run where they are enqueued."""
    settings.MEDIA_ROOT = tmp_path
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def test_a_decision_ends_in_a_stored_pdf(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    completion = make_completion()
    with django_capture_on_commit_callbacks(execute=True):
        completion_decided.send(Completion, completion_id=completion.pk)
        assert not Credential.objects.get().pdf
    assert Credential.objects.get().pdf


def test_the_sweep_finds_what_was_lost() -> None:
    lost = [make_completion(), make_completion()]
    without_pdf = make_credential()
    waiting = make_completion(issuing=Course.Issuing.CONFIRMED)
    failed = make_completion(is_met=False)
    tasks.sweep()
    tasks.sweep()
    assert all(completion.credentials.count() == 1 for completion in lost)
    assert not any(completion.credentials.exists() for completion in (waiting, failed))
    assert not queries.credentials_without_pdf().exists()
    without_pdf.refresh_from_db()
    assert without_pdf.pdf


def test_the_sweep_takes_back_what_a_correction_left_standing() -> None:
    credential = make_credential()
    enrollment = credential.completion.enrollment
    correct_completion(enrollment, is_met=False, reason="Copied.", by=make_user())
    tasks.sweep()
    credential.refresh_from_db()
    assert credential.is_revoked
    assert Enrollment.objects.get(pk=enrollment.pk).credential_code == ""


def test_tasks_may_run_twice() -> None:
    completion = make_completion()
    for _ in range(2):
        tasks.settle(completion_id=completion.pk)
        tasks.render(credential_id=issue_credential(completion).pk)
    assert Credential.objects.count() == 1
