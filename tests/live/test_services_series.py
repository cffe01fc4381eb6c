"""Classes by a weekly pattern: all of them or none, made once, holidays left out, one notice."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from base.errors import DomainError, InvalidInput
from base.models import Notice
from enrollment.models import Cohort, Holiday, Meeting
from enrollment.services.meetings import TimesClash, WeekPattern
from live.models import LiveSession
from live.services.series import schedule_series
from live.services.sessions import CohortNotTaught
from tests.accounts.factories import make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort
from tests.live.factories import make_learner, make_live_cohort, make_session
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(world: World, instructor: User) -> Cohort:
    return make_live_cohort(instructor=instructor, organization=world.centre)


def monday() -> date:
    today = timezone.localdate()
    return today + timedelta(days=7 - today.weekday())


def pattern(cohort: Cohort, *, weeks: int = 2, **fields: Any) -> WeekPattern:
    """Mondays and Thursdays from ten to eleven."""
    defaults: dict[str, Any] = {
        "weekdays": (0, 3),
        "since": monday(),
        "until": monday() + timedelta(days=7 * weeks - 1),
        "starts": time(10),
        "ends": time(11),
        "lesson": cohort.version.lessons.filter(kind="live").first(),
    }
    return WeekPattern(**defaults | fields)


def test_a_pattern_is_planned_once_and_told_of_once(
    cohort: Cohort, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_learner(cohort, make_user())
    with django_capture_on_commit_callbacks(execute=True):
        series = schedule_series(cohort, pattern(cohort), by=None)
    assert [timezone.localtime(one.starts_at).weekday() for one in series.made] == [0, 3, 0, 3]
    assert Meeting.objects.filter(live_uuid__in=[one.uuid for one in series.made]).count() == 4
    assert list(Notice.objects.values_list("kind", "params__count")) == [("class-series", 4)]
    again = schedule_series(cohort, pattern(cohort, weeks=3), by=None)
    assert (len(again.made), again.known) == (2, 4)
    cohort.refresh_from_db()
    assert cohort.next_session_at == series.made[0].starts_at


def test_lessons_follow_one_another_as_far_as_there_are_any(world: World) -> None:
    cohort = make_cohort(course=make_published_course(kinds=("live", "page", "live", "live"), provider=world.centre))
    lessons = list(cohort.version.lessons.filter(kind="live").order_by("position"))
    make_session(cohort, lesson=lessons[0])
    series = schedule_series(cohort, pattern(cohort, lesson=None), by=None)
    assert [one.lesson for one in series.made] == lessons[1:]
    with pytest.raises(InvalidInput):
        schedule_series(cohort, pattern(cohort, weeks=3, lesson=None), by=None)


def test_holidays_are_left_out(cohort: Cohort) -> None:
    holiday = Holiday.objects.create(
        code="x", names={"en": "Feast"}, valid_from=monday(), valid_until=monday() + timedelta(days=1)
    )
    series = schedule_series(cohort, pattern(cohort), by=None)
    assert (len(series.made), series.holidays) == (3, [holiday])


def test_all_or_none(cohort: Cohort, instructor: User, outsider: User) -> None:
    other = make_live_cohort(organization=cohort.organization)
    taught = schedule_series(other, pattern(other, weekdays=(3,), instructor=instructor), by=None).made
    wrong: list[tuple[type[DomainError], dict[str, Any]]] = [
        (TimesClash, {"instructor": instructor}),
        (InvalidInput, {"instructor": outsider}),
        (InvalidInput, {"lesson": cohort.version.lessons.get(kind="page")}),
        (InvalidInput, {"ends": time(10)}),
        (InvalidInput, {"ends": time(19)}),
        (InvalidInput, {"until": monday() - timedelta(days=1)}),
    ]
    for error, fields in wrong:
        with pytest.raises(error):
            schedule_series(cohort, pattern(cohort, **fields), by=None)
    assert LiveSession.objects.count() == len(taught)
    Cohort.objects.update(status="draft")
    with pytest.raises(CohortNotTaught):
        schedule_series(cohort, pattern(cohort), by=None)


def test_the_form_plans_and_names_what_is_wrong(cohort: Cohort, instructor: User, client: Client) -> None:
    client.force_login(instructor)
    url = reverse("live:series", args=[cohort.uuid])
    assert client.get(url).status_code == 200
    fields = {
        "weekdays": ["0", "3"],
        "starts": "10:00",
        "ends": "11:00",
        "since": f"{monday()}",
        "until": f"{monday() + timedelta(days=6)}",
    }
    refused = client.post(url, fields | {"ends": "09:00"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["ends"])
    assert client.post(url, fields).status_code == 302
    assert LiveSession.objects.get().status == "scheduled"  # the course has one live lesson
