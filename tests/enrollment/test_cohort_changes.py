from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from base.errors import DomainError, InvalidInput
from courses.models import Course
from courses.services.versions import new_draft, publish_version, submit_for_review
from enrollment.models import Cohort, CohortTransfer, Enrollment, Seat
from enrollment.services.attendance import record_attendance
from enrollment.services.cohort_changes import (
    NotLearning,
    OtherVersion,
    copy_cohort,
    merge_cohorts,
    split_cohort,
    transfer_enrollment,
)
from enrollment.services.completions import fail_enrollment
from enrollment.services.enrollments import AlreadyEnrolled, withdraw_enrollment
from enrollment.services.seats import CohortFull
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_enrollment,
    make_meeting,
    make_referred_enrollment,
    make_room,
)
from tests.enrollment.test_services_seats import race
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
move = partial(transfer_enrollment, reason="Closer to home", by=None)
merge = partial(merge_cohorts, reason="Too few learners", by=None)


@pytest.fixture
def course(world: World) -> Course:
    return make_published_course(("page", "on-site"), provider=world.centre)


@pytest.fixture
def two(course: Course) -> list[Cohort]:
    return [make_cohort(course=course), make_cohort(course=course)]


def occupied(cohort: Cohort) -> int:
    return Seat.objects.filter(cohort=cohort, status__in=Seat.OCCUPIED).count()


def test_a_learner_moves_with_all_that_was_reached(two: list[Cohort]) -> None:
    one, other = two
    enrollment = make_referred_enrollment(cohort=one)
    lesson = one.version.lessons.get(kind="on-site")
    record_attendance(enrollment, lesson, minutes=5, source="on-site", on=timezone.localdate(), by=None)
    for _ in range(2):
        move(enrollment, to=other)
    enrollment = Enrollment.objects.get(pk=enrollment.pk)
    assert enrollment.referral
    assert (enrollment.cohort, enrollment.referral.cohort, enrollment.status) == (other, other, "active")
    assert enrollment.attendance > 0
    assert enrollment.lesson_progress.get(lesson=lesson).minutes == 5
    assert (occupied(one), occupied(other)) == (0, 1)
    [row] = CohortTransfer.objects.all()
    assert (row.from_cohort, row.to_cohort, row.reason) == (one, other, "Closer to home")


def test_what_cannot_move_is_refused(two: list[Cohort], course: Course) -> None:
    one, other = two
    enrollment = make_enrollment(cohort=one)
    with pytest.raises(InvalidInput):
        transfer_enrollment(enrollment, to=other, reason=" ", by=None)
    with pytest.raises(InvalidInput):
        move(enrollment, to=make_cohort(course=course, is_published=False))
    with pytest.raises(OtherVersion):
        move(enrollment, to=make_cohort())
    make_enrollment(cohort=other, person=enrollment.person)
    with pytest.raises(AlreadyEnrolled):
        move(enrollment, to=other)
    left = withdraw_enrollment(make_enrollment(cohort=one), reason="family", by=None)
    with pytest.raises(NotLearning):
        move(left, to=other)
    full = make_cohort(course=course, seats=1)
    make_enrollment(cohort=full)
    with pytest.raises(CohortFull):
        move(enrollment, to=full)
    assert Enrollment.objects.get(pk=enrollment.pk).cohort == one
    assert occupied(one) == 1


def test_another_version_of_the_same_course_is_refused(two: list[Cohort], course: Course) -> None:
    enrollment = make_enrollment(cohort=two[0])
    draft = new_draft(course, by=None)
    submit_for_review(draft, by=None)
    publish_version(draft, by=None)
    course.refresh_from_db()
    with pytest.raises(OtherVersion):
        move(enrollment, to=make_cohort(course=course))


def test_a_merged_group_without_learners_of_the_past_is_cancelled(two: list[Cohort], course: Course) -> None:
    one, other = two[0], make_cohort(course=course, seats=5)
    learners = [make_enrollment(cohort=one) for _ in range(2)]
    referral = make_accepted_referral(cohort=one)
    meeting = make_meeting(one)
    assert merge(one, into=other) == 2
    assert set(other.enrollments.all()) == set(learners)
    referral.refresh_from_db()
    meeting.refresh_from_db()
    assert (referral.status, referral.cohort, occupied(other), occupied(one)) == ("accepted", other, 3, 0)
    assert meeting.cancelled_at
    assert Cohort.objects.get(pk=one.pk).status == "cancelled"


def test_a_merged_group_with_learners_of_the_past_closes(two: list[Cohort]) -> None:
    one, other = two
    ended = fail_enrollment(make_enrollment(cohort=one), by=None)
    make_enrollment(cohort=one)
    merge(one, into=other)
    one.refresh_from_db()
    assert (one.status, one.takes_learners) == ("published", False)
    assert Enrollment.objects.get(pk=ended.pk).cohort == one


def test_a_merge_moves_everybody_or_nobody(two: list[Cohort]) -> None:
    one, other = two
    for cohort, n in ((one, 2), (other, 2)):
        for _ in range(n):
            make_enrollment(cohort=cohort)
    with pytest.raises(CohortFull):
        merge(one, into=other)
    assert one.enrollments.count() == other.enrollments.count() == 2
    with pytest.raises(InvalidInput):
        merge(one, into=one)


def test_a_split_group_keeps_version_days_and_instructors(two: list[Cohort], instructor: User) -> None:
    one = two[0]
    one.instructors.add(instructor)
    stays, goes = (make_enrollment(cohort=one) for _ in range(2))
    split = partial(split_cohort, one, seats=2, reason="Too many", by=None)
    with pytest.raises(InvalidInput):
        split(code="B", enrollments=[])
    new = split(code="B", enrollments=[goes])
    assert (new.version, new.starts_on, list(new.instructors.all())) == (one.version, one.starts_on, [instructor])
    assert list(new.enrollments.all()) == [goes]
    assert list(one.enrollments.all()) == [stays]
    with pytest.raises(DomainError):
        split(code="B", enrollments=[stays])


def test_a_copy_keeps_days_of_the_week_instructors_and_free_rooms(course: Course, instructor: User) -> None:
    monday = date(2027, 1, 11)
    one = make_cohort(course=course, starts_on=monday, ends_on=monday + timedelta(days=20))
    one.instructors.add(instructor)
    room = make_room(one.organization)
    for days in (0, 2, 7):
        make_meeting(one, monday + timedelta(days=days), room=room, lesson=one.version.lessons.get(kind="on-site"))
    make_meeting(make_cohort(course=course), date(2027, 2, 3), room=room)
    copied = copy_cohort(one, code="NEXT", starts_on=date(2027, 2, 2), by=None)
    meetings = list(copied.cohort.meetings.order_by("starts_at"))
    # Monday 1 February lies before the first day; Wednesday 3 February the room is taken.
    assert [timezone.localdate(row.starts_at) for row in meetings] == [date(2027, 2, 3), date(2027, 2, 8)]
    assert [row.room for row in meetings] == [None, room]
    assert (copied.without_place, copied.cohort.status, list(copied.cohort.instructors.all())) == (
        1,
        "draft",
        [instructor],
    )
    assert copied.cohort.ends_on == date(2027, 2, 22)


def test_manager_does_all_of_it_on_pages(two: list[Cohort], centre_manager: User) -> None:
    one, other = two
    first, second, third = (make_enrollment(cohort=one) for _ in range(3))
    client = signed_in(centre_manager)

    def send(name: str, uuid: object, **typed: object) -> int:
        return client.post(reverse(f"enrollment:{name}", args=[uuid]), typed).status_code

    assert send("enrollment_transfer", first.uuid, cohort=str(other.uuid), reason="Nearer") == 302
    assert send("enrollment_transfer", second.uuid, cohort=str(other.uuid), reason="") == 422
    assert send("cohort_split", one.uuid, code="S", seats="3", learners=[str(second.uuid)], reason="Many") == 302
    assert send("cohort_merge", one.uuid, cohort=str(other.uuid), reason="Few") == 302
    assert send("cohort_copy", other.uuid, code="S", starts_on="2027-03-01") == 422
    assert send("cohort_copy", other.uuid, code="T", starts_on="2027-03-01") == 302
    assert {row.person_id for row in other.enrollments.all()} == {first.person_id, third.person_id}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_moving_both_ways_at_once_neither_deadlocks_nor_overfills(two: list[Cohort], course: Course) -> None:
    one, other = two
    calls: list[Callable[[], object]] = []
    for cohort, to in ((one, other), (other, one)):
        calls += [partial(move, make_enrollment(cohort=cohort), to=to) for _ in range(2)]
    ends = race(calls)
    assert set(ends) <= {"done", "CohortFull"}
    assert occupied(one) + occupied(other) == 4
    assert max(occupied(one), occupied(other)) <= 3
