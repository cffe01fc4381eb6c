from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from enrollment.models import Cohort, Room
from tests.accounts.factories import make_person
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment, make_meeting, make_room
from tests.enrollment.pages import url, words
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 1, 11)
QUERIES, QUERIES_OF_GROUP = 6, 7


@pytest.fixture
def cohort(world: World, instructor: User) -> Cohort:
    cohort = make_cohort(course=make_published_course(("on-site",), provider=world.centre), code="SEW-1", seats=12)
    cohort.instructors.add(instructor)
    return cohort


def test_manager_plans_a_pattern_changes_one_and_calls_it_off(centre_manager: User, cohort: Cohort) -> None:
    client = signed_in(centre_manager)
    room = make_room(cohort.organization, capacity=10)
    typed = {"weekdays": ["0", "2"], "since": "2027-01-11", "until": "2027-01-17", "starts": "09:00", "ends": "12:00"}
    answer = client.post(url("meeting_pattern", cohort.uuid), typed | {"room": str(room.uuid)}, follow=True)
    assert "2 classes planned." in words(answer)
    first = cohort.meetings.order_by("starts_at")[0]
    page = words(client.get(url("meeting_edit", first.uuid)))
    assert 'value="2027-01-11"' in page
    moved = {"on": "2027-01-12", "starts": "10:00", "ends": "11:00", "room": str(room.uuid)}
    answer = client.post(url("meeting_edit", first.uuid), moved, follow=True)
    assert "12.01.2027, 10:00–11:00" in words(answer)
    assert "The room has 10 places, the group 12 seats." in words(answer)
    answer = client.post(url("meeting_cancel", first.uuid), {"reason": "No power"}, follow=True)
    assert "The class is called off" in words(answer)


def test_a_clash_is_said_above_the_form_and_what_was_typed_is_kept(centre_manager: User, cohort: Cohort) -> None:
    room = make_room(cohort.organization, name="Workshop")
    make_meeting(make_cohort(course=cohort.course, code="SEW-2"), MONDAY, room=room)
    typed = {"on": "2027-01-11", "starts": "10:00", "ends": "11:00", "room": str(room.uuid)}
    answer = signed_in(centre_manager).post(url("meeting_create", cohort.uuid), typed)
    assert answer.status_code == 422
    assert "Room “Workshop” is taken by group SEW-2, 11.01.2027, 09:00–12:00." in words(answer)
    assert 'value="10:00"' in words(answer)


def test_learners_with_another_class_then_are_named(centre_manager: User, cohort: Cohort) -> None:
    person = make_person()
    other = make_cohort(code="OTHER")
    for one in (cohort, other):
        make_enrollment(cohort=one, person=person)
    make_meeting(other, MONDAY)
    client = signed_in(centre_manager)
    typed = {"on": "2027-01-11", "starts": "10:00", "ends": "11:00"}
    answer = client.post(url("meeting_create", cohort.uuid), typed, follow=True)
    assert words(answer).count(person.name) == 2  # the warning, and the list above the calendar


def test_instructor_begins_with_own_classes_and_may_see_all(instructor: User, cohort: Cohort) -> None:
    make_meeting(cohort, MONDAY)
    make_meeting(make_cohort(course=cohort.course, code="SEW-2"), MONDAY)
    client = signed_in(instructor)
    own = words(client.get(url("calendar"), {"week": "2027-01-13"}))
    assert "SEW-1" in own
    assert "SEW-2" not in own
    assert "SEW-2" in words(client.get(url("calendar"), {"week": "2027-01-13", "whose": ""}))


def test_learner_sees_own_classes_and_what_clashes(learner: User, cohort: Cohort) -> None:
    other = make_cohort()
    for one in (cohort, other):
        make_enrollment(cohort=one, person=learner.person)
        make_meeting(one, MONDAY)
    make_meeting(make_cohort(code="NOT-MINE"), MONDAY)
    page = words(signed_in(learner).get(url("own_classes"), {"week": "2027-01-11"}))
    assert page.count("At the same time as another") == 2
    assert "NOT-MINE" not in page


@pytest.mark.parametrize("week", ["", "x", "0001-01-01", "9999-12-31", "2027-13-40"])
def test_a_week_that_cannot_be_is_this_one(centre_manager: User, week: str) -> None:
    page = words(signed_in(centre_manager).get(url("calendar"), {"week": week}))
    today = timezone.localdate()
    assert f"{today - timedelta(days=today.weekday()):%d.%m.%Y}" in page


def test_rooms_are_written_down_once(centre_manager: User, world: World) -> None:
    client, typed = signed_in(centre_manager), {"organization": world.centre.uuid, "name": "Lab", "is_in_use": "on"}
    client.post(url("room_create"), typed)
    answer = client.post(url("room_create"), typed)
    assert "already has a room with this name" in words(answer)
    client.post(url("room_edit", Room.objects.get().uuid), {"name": "Lab", "capacity": "9"})
    room = Room.objects.get()
    assert (room.capacity, room.is_in_use) == (9, False)


@pytest.mark.parametrize("size", [1, 3])
def test_pages_ask_the_same_however_many_classes_there_are(
    size: int, centre_manager: User, cohort: Cohort, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(centre_manager)
    for n in range(size):
        place = {"room": make_room(cohort.organization), "lesson": cohort.version.lessons.get()}
        make_meeting(cohort, MONDAY + timedelta(days=n), **place)
    for path in (f"{url('calendar')}?week=2027-01-11", f"{url('calendar')}?view=list"):
        with django_assert_num_queries(QUERIES):
            assert words(client.get(path)).count("SEW-1") >= size
    with django_assert_num_queries(QUERIES_OF_GROUP):
        client.get(url("cohort_calendar", cohort.uuid))
