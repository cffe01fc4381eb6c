"""A change is noted in its own transaction, and a worker is asked to count once it is committed."""

from datetime import date

import pytest
from django.db import transaction
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from enrollment.models import Referral, ReferralMove
from enrollment.signals import enrollment_changed, outcome_changed, referral_changed, wish_changed
from reports import tasks
from reports.models import DueCount
from reports.queries.figures import Selection, read_table
from tests.reports.factories import World

pytestmark = pytest.mark.django_db


def made(referral: Referral) -> ReferralMove:
    return ReferralMove(referral=referral, from_status="", to_status="submitted")


def referred() -> int | None:
    return read_table(Selection("region"), exact=True).total.figures["referred"]


def test_each_kind_of_change_is_noted() -> None:
    referral_changed.send(None, referral_id=1, move=made(Referral()))
    enrollment_changed.send(None, enrollment_id=2)
    outcome_changed.send(None, outcome_id=3)
    wish_changed.send(None, wish_id=4)
    assert [*DueCount.objects.order_by("pk").values_list("kind", "object_id")] == [
        ("referral", 1),
        ("enrollment", 2),
        ("outcome", 3),
        ("wish", 4),
    ]


def test_a_change_taken_back_leaves_nothing_due() -> None:
    with transaction.atomic():
        wish_changed.send(None, wish_id=4)
        transaction.set_rollback(True)
    assert not DueCount.objects.exists()


def test_a_committed_change_asks_a_worker_once(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.refresh, "delay", lambda: asked.append("refresh"))
    with django_capture_on_commit_callbacks(execute=True):
        wish_changed.send(None, wish_id=4)
        assert asked == []
    assert asked == ["refresh"]


def test_the_task_counts_and_may_run_again() -> None:
    world = World()
    referral = world.referral(on=date(2026, 3, 1))
    referral_changed.send(None, referral_id=referral.pk, move=made(referral))
    assert (tasks.refresh(), tasks.refresh()) == (1, 0)
    assert referred() == 1


def test_the_sweep_finds_what_a_lost_message_left(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.refresh, "delay", lambda: asked.append("refresh"))
    tasks.sweep()
    assert asked == []
    world = World()
    DueCount.objects.create(kind="referral", object_id=world.referral(on=date(2026, 3, 1)).pk)
    tasks.sweep()
    assert asked == ["refresh"]


def test_the_mending_task_counts_what_nobody_told() -> None:
    World().referral(on=date(2026, 3, 1))
    assert tasks.mend() > 0
    assert referred() == 1
