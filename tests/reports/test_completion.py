"""The completion statistics of a day are written once and stay as they were."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from enrollment.models import Enrollment
from reports import tasks
from reports.models import CompletionStatistics
from reports.services.completion import freeze_completion
from tests.reports.factories import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)


def test_courses_and_running_cohorts_are_frozen() -> None:
    world = World()
    done = world.learner(on=date(2026, 3, 1), reached="completed")
    Enrollment.objects.filter(pk=done.pk).update(progress=1, grade=Decimal(90), credential_code="c")
    world.learner(on=date(2026, 3, 2), reached="active")
    world.learner(on=date(2026, 3, 2), reached="dropped", course=1)  # ended long ago
    assert freeze_completion(DAY) == 3
    course = CompletionStatistics.objects.get(course=world.courses[0], cohort=None)
    cohort = CompletionStatistics.objects.get(cohort=done.cohort)
    for row in (course, cohort):
        assert (row.on, row.enrolled, row.active, row.completed, row.certified) == (DAY, 2, 1, 1, 1)
        assert (row.progress, row.grade) == (0.5, Decimal("90.00"))
    ended = CompletionStatistics.objects.get(course=world.courses[1])
    assert (ended.cohort, ended.enrolled, ended.dropped, ended.grade) == (None, 1, 1, None)


def test_a_frozen_day_stays_as_it_was() -> None:
    world = World()
    learner = world.learner(on=date(2026, 3, 1))
    assert freeze_completion(DAY) == 2
    Enrollment.objects.filter(pk=learner.pk).update(status="completed")
    assert freeze_completion(DAY) == 0
    assert CompletionStatistics.objects.get(cohort=None).completed == 0
    assert freeze_completion(DAY + timedelta(days=1)) > 0
    assert CompletionStatistics.objects.get(cohort=None, on=DAY + timedelta(days=1)).completed == 1


def test_the_nightly_task_freezes_the_day_that_ended() -> None:
    World().learner(on=date(2026, 3, 1))
    assert (tasks.freeze_completion_statistics(), tasks.freeze_completion_statistics()) == (2, 0)
    assert {row.on for row in CompletionStatistics.objects.all()} == {timezone.localdate() - timedelta(days=1)}
