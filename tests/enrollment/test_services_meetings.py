from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from base.errors import InvalidInput
from base.models import Notice
from enrollment.models import Holiday, Meeting
from enrollment.queries.clashes import clashing, learner_clashes
from enrollment.services.cohorts import cancel_cohort
from enrollment.services.meetings import (
    MeetingCancelled,
    MeetingIsLive,
    TimesClash,
    WeekPattern,
    cancel_meeting,
    change_meeting,
    plan_meeting,
    plan_pattern,
)
from live.services.sessions import cancel_session, reschedule_session, schedule_session
from tests.accounts.factories import make_membership, make_person, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment, make_meeting, make_room, plan_on
from tests.enrollment.test_services_seats import race

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 1, 11)  # far from any holiday


def week(
    *weekdays: int, since: date = MONDAY, until: date = MONDAY + timedelta(days=13), **places: object
) -> WeekPattern:
    values = {"weekdays": weekdays, "since": since, "until": until, "starts": time(9), "ends": time(12)}
    return WeekPattern(**values | places)  # type: ignore[arg-type]  # fields by name


# --- A weekly pattern -------------------------------------------------------------------------
def test_pattern_plans_each_of_its_days_by_the_clock_of_tashkent() -> None:
    cohort = make_cohort()
    planned = plan_pattern(cohort, week(0, 2, 4), by=None)
    days = [timezone.localtime(meeting.starts_at) for meeting in planned.made]
    assert [(at.weekday(), at.hour) for at in days] == [(0, 9), (2, 9), (4, 9)] * 2


def test_pattern_leaves_holidays_out_and_names_them() -> None:
    Holiday.objects.create(code="x", names={"en": "Day off"}, valid_from=MONDAY, valid_until=MONDAY + timedelta(days=2))
    planned = plan_pattern(make_cohort(), week(0, 1, 2), by=None)
    assert len(planned.made) == 4
    assert [row.code for row in planned.holidays] == ["x"]


def test_pattern_again_makes_nothing() -> None:
    cohort = make_cohort()
    plan_pattern(cohort, week(0, 2), by=None)
    again = plan_pattern(cohort, week(0, 2, 4), by=None)
    assert (len(again.made), again.known) == (2, 4)


@pytest.mark.parametrize(
    ("pattern", "field"),
    [
        (week(0, until=MONDAY - timedelta(days=1)), "until"),
        (week(0, until=MONDAY + timedelta(days=900)), "until"),
        (week(*range(7), until=MONDAY + timedelta(days=700)), "until"),
        (week(5, until=MONDAY + timedelta(days=1)), "weekdays"),
    ],
)
def test_pattern_that_makes_no_sense_is_refused(pattern: WeekPattern, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        plan_pattern(make_cohort(), pattern, by=None)
    assert refusal.value.field == field


def test_pattern_that_clashes_once_plans_nothing_and_names_what_clashes(in_english: None) -> None:
    cohort = make_cohort()
    room = make_room(cohort.organization, name="Workshop")
    other = make_cohort(course=cohort.course, code="SEW-9")
    make_meeting(other, MONDAY + timedelta(days=7), "08:00", "18:00", room=room)
    with pytest.raises(TimesClash, match=r"Room “Workshop” is taken by group SEW-9, 18\.01\.2027, 08:00–18:00"):
        plan_pattern(cohort, week(0, 2, room=room), by=None)
    assert not cohort.meetings.exists()


# --- What clashes -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hours", "clashes"),
    [
        (("08:00", "09:00"), False),
        (("12:00", "13:00"), False),
        (("08:00", "09:01"), True),
        (("11:59", "13:00"), True),
        (("10:00", "11:00"), True),  # within
        (("06:00", "17:59"), True),  # around
    ],
)
def test_two_classes_in_one_room_share_no_moment(hours: tuple[str, str], clashes: bool) -> None:
    cohort = make_cohort()
    room = make_room(cohort.organization)
    make_meeting(cohort, MONDAY, room=room)
    other = make_cohort(course=cohort.course)
    if clashes:
        with pytest.raises(TimesClash):
            make_meeting(other, MONDAY, *hours, room=room)
    else:
        make_meeting(other, MONDAY, *hours, room=room)


def test_an_instructor_is_in_one_place_wherever_the_groups_are(in_english: None) -> None:
    teacher = make_user(person=make_person(surname="Karimova", given_name="Nodira"))
    make_meeting(make_cohort(code="A-1"), MONDAY, instructor=teacher)
    with pytest.raises(TimesClash, match=r"Karimova Nodira.* teaches group A-1"):
        make_meeting(make_cohort(), MONDAY, "11:00", "13:00", instructor=teacher)


def test_a_group_has_one_class_at_a_time() -> None:
    cohort = make_cohort()
    meeting = make_meeting(cohort, MONDAY)
    assert make_meeting(cohort, MONDAY) == meeting
    with pytest.raises(TimesClash):
        make_meeting(cohort, MONDAY, "10:00", "11:00")


def test_a_live_class_keeps_its_teacher_and_its_group_busy() -> None:
    cohort = make_cohort(course=make_published_course(("live", "on-site")))
    teacher = make_user()
    make_membership(user=teacher, role="instructor", place=cohort.organization)
    day = timezone.localdate() + timedelta(days=7)
    plan = plan_on(day)
    live = partial(schedule_session, cohort=cohort, lesson=cohort.version.lessons.get(kind="live"), by=None)
    session = live(starts_at=plan.starts_at, ends_at=plan.ends_at, teacher=teacher)
    assert Meeting.objects.get(live_uuid=session.uuid).instructor == teacher
    with pytest.raises(TimesClash):
        make_meeting(make_cohort(), day, "10:00", "11:00", instructor=teacher)
    later = plan_on(day, "14:00", "15:00")
    reschedule_session(session, starts_at=later.starts_at, ends_at=later.ends_at, by=None)
    make_meeting(make_cohort(), day, "10:00", "11:00", instructor=teacher)
    with pytest.raises(TimesClash):
        live(starts_at=plan.starts_at, ends_at=plan.ends_at, teacher=teacher)
    cancel_session(session, by=None)
    assert not Meeting.objects.standing().filter(cohort=cohort).exists()


def test_what_is_called_off_frees_the_room() -> None:
    cohort = make_cohort()
    room = make_room(cohort.organization)
    cancel_meeting(make_meeting(cohort, MONDAY, room=room), reason="No power", by=None)
    other = make_cohort(course=cohort.course)
    make_meeting(other, MONDAY, room=room)
    cancel_cohort(other, by=None)
    make_meeting(cohort, MONDAY, room=room)


def test_learners_in_two_places_are_named_and_not_refused() -> None:
    one, two, person = make_cohort(), make_cohort(), make_person()
    for cohort in (one, two):
        make_enrollment(cohort=cohort, person=person)
    make_enrollment(cohort=two)
    mine = make_meeting(one, MONDAY)
    theirs = make_meeting(two, MONDAY, "11:00", "13:00")
    make_meeting(two, MONDAY + timedelta(days=1))
    [clash] = learner_clashes(one, since=timezone.now())
    assert (clash.meeting, clash.other, clash.names) == (mine, theirs, [person.name])
    assert clashing([mine, theirs]) == {mine.pk, theirs.pk}


# --- Changing -----------------------------------------------------------------------------------
def test_moving_a_class_tells_its_learners_once() -> None:
    cohort = make_cohort()
    learner = make_user(person=make_person())
    make_enrollment(cohort=cohort, person=learner.person)
    meeting = make_meeting(cohort, MONDAY)
    for _ in range(2):
        change_meeting(meeting, plan_on(MONDAY, "10:00", "13:00"), by=None)
    assert Notice.objects.filter(user=learner, kind="meeting-changed").count() == 1
    for _ in range(2):
        cancel_meeting(meeting, reason="No power", by=None)
    assert Notice.objects.filter(user=learner, kind="meeting-cancelled").count() == 1
    with pytest.raises(MeetingCancelled):
        change_meeting(meeting, plan_on(MONDAY), by=None)


def test_a_class_may_overlap_its_own_old_time_but_no_other() -> None:
    cohort = make_cohort()
    room = make_room(cohort.organization)
    meeting = make_meeting(cohort, MONDAY, room=room)
    other = make_meeting(make_cohort(course=cohort.course), MONDAY, "13:00", "15:00", room=room)
    change_meeting(meeting, plan_on(MONDAY, "09:30", "12:30", room=room), by=None)
    with pytest.raises(TimesClash):
        change_meeting(meeting, plan_on(MONDAY, "09:30", "13:30", room=room), by=None)
    assert other.room == room


def test_live_classes_are_changed_on_their_own_page() -> None:
    cohort = make_cohort(course=make_published_course(("live",)))
    plan = plan_on(timezone.localdate() + timedelta(days=7))
    schedule_session(
        cohort=cohort,
        lesson=cohort.version.lessons.get(),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        teacher=None,
        by=None,
    )
    calls: list[Callable[[Meeting], object]] = [
        partial(change_meeting, plan=plan_on(MONDAY), by=None),
        partial(cancel_meeting, reason="x", by=None),
    ]
    for call in calls:
        with pytest.raises(MeetingIsLive):
            call(cohort.meetings.get())


@pytest.mark.parametrize("hours", [("12:00", "09:00"), ("00:00", "12:01")])
def test_times_out_of_order_are_refused(hours: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput):
        make_meeting(make_cohort(), MONDAY, *hours)


def test_lessons_and_rooms_of_others_are_refused(centre_manager: User) -> None:
    cohort = make_cohort()
    foreign = make_published_course(("on-site",)).current_version
    assert foreign
    with pytest.raises(InvalidInput):
        plan_meeting(cohort, plan_on(MONDAY, room=make_room(make_cohort().organization)), by=centre_manager)
    with pytest.raises(InvalidInput):
        plan_meeting(cohort, plan_on(MONDAY, lesson=foreign.lessons.get()), by=centre_manager)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_plans_for_one_room_at_once_one_stands() -> None:
    cohorts = [make_cohort()]
    cohorts += [make_cohort(course=cohorts[0].course) for _ in range(7)]
    room, teacher = make_room(cohorts[0].organization), make_user()
    plan = plan_on(MONDAY, room=room, instructor=teacher)
    ends = race([partial(plan_meeting, cohort, plan, by=None) for cohort in cohorts])
    assert ends == {"done": 1, "TimesClash": 7}
