from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from base.errors import DomainError
from enrollment.codes import CHANGES_EVERY, is_on_the_wall, wall_code
from enrollment.models import AttendanceEntry, Enrollment, Meeting
from enrollment.services.attendance import record_roster
from enrollment.services.enrollments import withdraw_enrollment
from enrollment.services.meetings import cancel_meeting, plan_meeting
from enrollment.services.presence import (
    NoCodeHere,
    NotInThisGroup,
    NotOnNow,
    RosterTaken,
    minutes_left,
    sign_in_to_meeting,
)
from lms.demo.clock import happening_at
from tests.accounts.factories import make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment, plan_on
from tests.enrollment.test_services_seats import race
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    cache.clear()


@pytest.fixture
def meeting(world: World) -> Meeting:
    """A class of three hours this morning."""
    cohort = make_cohort(course=make_published_course(("on-site",), provider=world.centre))
    plan = plan_on(timezone.localdate(), lesson=cohort.version.lessons.get())
    return plan_meeting(cohort, plan, by=None)


@pytest.fixture
def enrollment(meeting: Meeting, learner: User) -> Enrollment:
    return make_enrollment(cohort=meeting.cohort, person=learner.person)


def during(meeting: Meeting, minutes: float = 5) -> datetime:
    return meeting.starts_at + timedelta(minutes=minutes)


# --- The code ---------------------------------------------------------------------------------
def test_a_code_holds_for_its_step_and_one_more_and_for_its_class_alone() -> None:
    meeting, now = uuid4(), datetime.fromtimestamp(1_800_000_000, tz=timezone.get_default_timezone())
    code = wall_code(meeting, now)
    assert is_on_the_wall(code, meeting, now)
    assert is_on_the_wall(code, meeting, now + CHANGES_EVERY)
    assert not is_on_the_wall(code, meeting, now + 2 * CHANGES_EVERY)
    assert not is_on_the_wall(code, uuid4(), now)
    assert code != wall_code(meeting, now + CHANGES_EVERY)


# --- Signing in -------------------------------------------------------------------------------
@pytest.mark.parametrize(("late", "minutes"), [(-30, 180), (0, 180), (15, 180), (20, 160), (179, 1)])
def test_who_comes_in_time_is_there_for_the_whole_class(meeting: Meeting, late: int, minutes: int) -> None:
    assert minutes_left(meeting, during(meeting, late)) == minutes


def test_a_learner_is_written_down_once(meeting: Meeting, enrollment: Enrollment, learner: User) -> None:
    with happening_at(during(meeting)):
        entries = [sign_in_to_meeting(meeting, by=learner) for _ in range(2)]
    assert entries[0] == entries[1] == AttendanceEntry.objects.get()
    assert (entries[0].minutes, entries[0].on, entries[0].by) == (180, timezone.localdate(), learner)


@pytest.mark.parametrize("minutes", [-31, 180, 2000])
def test_before_and_after_the_class_nobody_signs_in(
    meeting: Meeting, enrollment: Enrollment, learner: User, minutes: int
) -> None:
    with happening_at(during(meeting, minutes)), pytest.raises(NotOnNow):
        sign_in_to_meeting(meeting, by=learner)


def test_who_does_not_learn_here_is_not_written_down(meeting: Meeting, enrollment: Enrollment, learner: User) -> None:
    withdraw_enrollment(enrollment, reason="family", by=None)
    with happening_at(during(meeting)):
        for user in (learner, make_user()):
            with pytest.raises(NotInThisGroup):
                sign_in_to_meeting(meeting, by=user)


def test_the_instructors_roster_stands(meeting: Meeting, enrollment: Enrollment, learner: User) -> None:
    with happening_at(during(meeting, 200)):
        teacher = make_user()
        today, lesson = timezone.localdate(), meeting.lesson
        assert lesson
        record_roster(meeting.cohort, lesson, on=today, minutes={enrollment: 60}, by=teacher)
    with happening_at(during(meeting)), pytest.raises(RosterTaken):
        sign_in_to_meeting(meeting, by=learner)


def test_the_roster_shows_who_signed_in_and_corrects_it_with_a_reason(
    meeting: Meeting, enrollment: Enrollment, learner: User
) -> None:
    lesson = meeting.lesson
    assert lesson
    with happening_at(during(meeting)):
        sign_in_to_meeting(meeting, by=learner)
        correct = partial(record_roster, meeting.cohort, lesson, on=timezone.localdate(), by=make_user())
        with pytest.raises(DomainError):
            correct(minutes={enrollment: 90})
        correct(minutes={enrollment: 90}, reason="Left early")
    assert sorted(AttendanceEntry.objects.values_list("minutes", flat=True)) == [-90, 180]


def test_a_class_that_is_called_off_has_no_code(meeting: Meeting, enrollment: Enrollment, learner: User) -> None:
    meeting = cancel_meeting(meeting, reason="No power", by=None)
    with pytest.raises(NoCodeHere):
        sign_in_to_meeting(meeting, by=learner)


# --- The pages --------------------------------------------------------------------------------
def scan(client: Client, meeting: Meeting, code: str) -> str:
    """Open what the camera read; return where one is led, nothing where the code is old."""
    answer = client.get(reverse("enrollment:wall_scan", args=[meeting.uuid, code]))
    assert answer.status_code in (302, 410)
    return answer.get("Location", "")


def test_scanning_leads_through_sign_in_to_being_present(
    meeting: Meeting, enrollment: Enrollment, learner: User
) -> None:
    client = Client(headers={"accept-language": "en"})
    with happening_at(during(meeting)):
        place = scan(client, meeting, wall_code(meeting.uuid, timezone.now()))
        assert "/accounts/login/" in client.get(place)["Location"]
        client.force_login(learner)
        assert "Are you in this class?" in client.get(place).content.decode()
        assert not AttendanceEntry.objects.exists()
        answer = client.post(place, follow=True)
        assert "You are written down: 180 minutes" in answer.content.decode()
        client.post(place)
    assert AttendanceEntry.objects.count() == 1


def test_a_code_that_was_sent_on_is_old(meeting: Meeting, enrollment: Enrollment, learner: User) -> None:
    client = signed_in(learner)
    with happening_at(during(meeting)):
        code = wall_code(meeting.uuid, timezone.now())
    with happening_at(during(meeting) + SOON):
        assert scan(client, meeting, code) == ""
        place = reverse("enrollment:wall_present", args=[meeting.uuid])
        assert client.post(place).status_code == 410
    assert not AttendanceEntry.objects.exists()


def test_having_scanned_once_does_not_last(meeting: Meeting, enrollment: Enrollment, learner: User) -> None:
    client = signed_in(learner)
    with happening_at(during(meeting)):
        place = scan(client, meeting, wall_code(meeting.uuid, timezone.now()))
    with happening_at(during(meeting, 16)):
        assert client.post(place).status_code == 410


def test_the_wall_shows_a_code_and_how_many_are_here(
    meeting: Meeting, enrollment: Enrollment, learner: User, instructor: User
) -> None:
    with happening_at(during(meeting)):
        sign_in_to_meeting(meeting, by=learner)
        page = signed_in(instructor).get(reverse("enrollment:wall", args=[meeting.uuid])).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert "1 of 1 are here" in page


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_signing_in_many_times_at_once_counts_once(meeting: Meeting, enrollment: Enrollment, learner: User) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=1)
    )
    meeting.refresh_from_db()
    assert race([partial(sign_in_to_meeting, meeting, by=learner)] * 6) == {"done": 6}
    assert AttendanceEntry.objects.count() == 1
