import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from enrollment.models import Cohort, Enrollment
from enrollment.services.meetings import cancel_meeting
from learning.models import CalendarFeed, DueExtension, LessonDate, QuizWindow
from learning.queries.feeds import events_of
from learning.services.feeds import make_feed, revoke_feed
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_meeting, make_room
from tests.learning.factories import lesson_of, make_learning
from tests.personas import World

pytestmark = pytest.mark.django_db
SOON = timezone.now().replace(microsecond=0) + timedelta(days=3)


@pytest.fixture
def enrollment(learner: User, world: World) -> Enrollment:
    return make_learning(user=learner, course=make_published_course(provider=world.centre))


def address(user: User) -> str:
    return reverse("learning:calendar_file", args=[make_feed(user)])


def read(client: Client, url: str) -> dict[str, dict[str, object]]:
    """The events by the first word of their uid."""
    calendar = Calendar.from_ical(client.get(url).content)
    return {str(one["uid"]).partition("-")[0]: dict(one) for one in calendar.walk("VEVENT")}


def fill(enrollment: Enrollment, world: World) -> None:
    cohort, page, quiz = enrollment.cohort, lesson_of(enrollment, "page"), lesson_of(enrollment, "quiz")
    make_meeting(cohort, room=make_room(world.centre))
    LessonDate.objects.create(cohort=cohort, lesson=page, due_at=SOON)
    QuizWindow.objects.create(cohort=cohort, lesson=quiz, opens_at=SOON, closes_at=SOON + timedelta(days=1))


def test_a_calendar_shows_what_is_to_come_and_names_nobody(
    client: Client, enrollment: Enrollment, world: World, learner: User
) -> None:
    fill(enrollment, world)
    url = address(learner)
    events = read(client, url)
    assert set(events) == {"class", "due", "quiz"}
    assert str(events["class"]["LOCATION"])
    assert getattr(events["due"]["DTSTART"], "dt", None) == SOON
    raw = client.get(url).content.decode()
    assert learner.person is not None
    assert learner.person.surname not in raw
    assert "DTSTART:" + SOON.strftime("%Y%m%dT%H%M%SZ") in raw


def test_what_changes_keeps_its_uid_and_grows(
    client: Client, enrollment: Enrollment, world: World, learner: User
) -> None:
    fill(enrollment, world)
    url = address(learner)
    before = read(client, url)
    meeting, page = enrollment.cohort.meetings.get(), lesson_of(enrollment, "page")
    type(meeting).objects.filter(pk=meeting.pk).update(created_at=SOON - timedelta(days=9))
    cancel_meeting(meeting, reason="x", by=learner)
    DueExtension.objects.create(enrollment=enrollment, lesson=page, due_at=SOON + timedelta(days=2), reason="x")
    after = read(client, url)
    assert str(after["class"]["STATUS"]) == "CANCELLED"
    assert after["class"]["SEQUENCE"] > before["class"]["SEQUENCE"]  # type: ignore[operator]  # numbers
    assert getattr(after["due"]["DTSTART"], "dt", None) == SOON + timedelta(days=2)
    assert [one["UID"] for one in after.values()] == [one["UID"] for one in before.values()]


def test_nothing_new_is_not_sent_again(client: Client, enrollment: Enrollment, world: World, learner: User) -> None:
    fill(enrollment, world)
    url = address(learner)
    first = client.get(url)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    Cohort.objects.filter(pk=enrollment.cohort_id).update(status="cancelled", updated_at=SOON)
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_address_is_secret_shown_once_made_anew_and_taken_away(client: Client, learner: User) -> None:
    client.force_login(learner)
    page = reverse("learning:calendar_feed")
    old = address(learner)
    shown = client.post(page).content.decode()
    assert (client.get(old).status_code, CalendarFeed.objects.count()) == (404, 1)
    (new,) = re.findall(r"/calendar/([\w-]{43})[.]ics", shown)
    assert client.get(f"/calendar/{new}.ics").status_code == 200
    assert new not in client.get(page).content.decode()
    assert not CalendarFeed.objects.filter(token_hash=new).exists()
    client.post(reverse("learning:calendar_revoke"))
    revoke_feed(learner)
    assert client.get(f"/calendar/{new}.ics").status_code == 404


def test_a_closed_account_has_no_calendar_and_nobody_tries_for_long(client: Client, learner: User) -> None:
    cache.clear()
    url = address(learner)
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert client.get(url).status_code == 404
    for wrong in ("x" * 43, "%00" * 43, "x" * 42):
        assert client.get(f"/calendar/{wrong}.ics").status_code == 404
    answers = [client.get(f"/calendar/{'y' * 43}.ics") for _n in range(31)]
    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "60")


@pytest.mark.parametrize("n", [1, 3])
def test_events_take_the_same_queries_however_many(
    learner: User, world: World, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(n):
        fill(make_learning(user=learner, course=make_published_course(provider=world.centre)), world)
    with django_assert_num_queries(6):
        events = events_of(learner)
    assert len(events) == 3 * n
    assert all(isinstance(one.starts, datetime) for one in events)
