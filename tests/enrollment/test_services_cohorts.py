from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from base.errors import IllegalMove, InvalidInput
from enrollment.models import Cohort, Referral, Seat
from enrollment.services.cohorts import (
    CohortCodeTaken,
    CohortFixed,
    CohortHasLearners,
    CourseNotPublished,
    cancel_cohort,
    change_cohort,
    publish_cohort,
    standing_cohort,
)
from enrollment.services.enrollments import withdraw_enrollment
from enrollment.services.referrals import enroll_referral
from enrollment.services.seats import CohortFull, SeatHeldElsewhere, SeatsOccupied
from tests.accounts.factories import make_organization, make_user
from tests.courses.factories import make_course, make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_enrollment,
    make_open_referral,
    make_referred_enrollment,
    plan_of,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def test_created_cohort_is_a_draft_of_the_published_version() -> None:
    course = make_published_course()
    cohort = make_cohort(course=course, is_published=False)
    assert (cohort.status, cohort.version) == ("draft", course.current_version)
    assert AuditEvent.objects.filter(action="cohort.created", object_id=str(cohort.uuid)).exists()


def test_cohort_of_an_unpublished_course_is_refused() -> None:
    with pytest.raises(CourseNotPublished):
        make_cohort(course=make_course())


def test_code_is_used_once_in_an_organization() -> None:
    cohort = make_cohort()
    with pytest.raises(CohortCodeTaken):
        make_cohort(course=cohort.course, code=cohort.code)
    assert make_cohort(code=cohort.code).code == cohort.code


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"code": " "}, "code"),
        ({"ends_on": TODAY()}, "ends_on"),
        ({"enrol_until": TODAY() + timedelta(days=999)}, "enrol_until"),
        ({"seats": 0}, "seats"),
        ({"seats": 10_001}, "seats"),
    ],
)
def test_impossible_plan_is_refused(plan: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make_cohort(**plan)
    assert refusal.value.field == field


def test_employer_cannot_run_a_cohort() -> None:
    with pytest.raises(InvalidInput):
        make_cohort(organization=make_organization(kind="ministry"))


def test_publishing_twice_writes_one_audit_row() -> None:
    cohort = make_cohort()
    publish_cohort(cohort, by=None)
    assert AuditEvent.objects.filter(action="cohort.published", object_id=str(cohort.uuid)).count() == 1


def test_cancelled_cohort_cannot_be_published() -> None:
    cohort = cancel_cohort(make_cohort(), by=None)
    with pytest.raises(IllegalMove):
        publish_cohort(cohort, by=None)


def test_cancelling_sends_referrals_back_and_frees_seats() -> None:
    cohort = make_cohort()
    accepted = make_accepted_referral(cohort=cohort)
    wanting = make_open_referral(cohort=cohort)
    Referral.objects.filter(pk=wanting.pk).update(cohort=cohort)
    for _ in range(2):
        cancel_cohort(cohort, by=None, reason="Kam odam")
    for referral in (accepted, wanting):
        clock = referral.submitted_at, referral.due_at
        referral.refresh_from_db()
        assert (referral.status, referral.cohort, referral.hold_until) == ("submitted", None, None)
        assert (referral.submitted_at, referral.due_at) == clock
    assert not Seat.objects.filter(cohort=cohort, status__in=Seat.OCCUPIED).exists()
    assert accepted.moves.filter(note="Kam odam").count() == 1


def test_cohort_with_learners_cannot_be_cancelled() -> None:
    enrollment = make_referred_enrollment()
    with pytest.raises(CohortHasLearners):
        cancel_cohort(enrollment.cohort, by=None)
    assert Cohort.objects.get(pk=enrollment.cohort_id).status == "published"


# --- Changing -----------------------------------------------------------------------------------
def change(cohort: Cohort, **plan: Any) -> Cohort:
    instructors = plan.pop("instructors", list(cohort.instructors.all()))
    return change_cohort(cohort, plan=replace(plan_of(cohort), **plan), instructors=instructors, by=None)


def numbers(cohort: Cohort) -> list[tuple[int, int, str]]:
    rows = cohort.seat_rows.filter(status__in=Seat.OCCUPIED).order_by("number")
    return list(rows.values_list("number", "capacity", "status"))


def test_group_is_changed_and_the_same_again_writes_nothing() -> None:
    cohort, teacher = make_cohort(), make_user()
    for _ in range(2):
        cohort = change(cohort, venue="Yangi bino", seats=5, instructors=[teacher])
    assert (cohort.venue, cohort.seats, list(cohort.instructors.all())) == ("Yangi bino", 5, [teacher])
    assert AuditEvent.objects.get(action="cohort.changed").detail == {"fields": ["instructors", "seats", "venue"]}


def test_lowered_seats_close_up_and_never_fall_below_those_occupied() -> None:
    cohort = make_cohort(seats=4)
    leaver, *_, learner = (make_enrollment(cohort=cohort) for _ in range(3))
    make_accepted_referral(cohort=cohort)
    withdraw_enrollment(leaver, reason="family", by=None)
    with pytest.raises(SeatsOccupied, match="3"):
        change(cohort, seats=2)
    assert Cohort.objects.get().seats == 4
    change(cohort, seats=3)
    assert numbers(cohort) == [(1, 3, "held"), (2, 4, "taken"), (3, 4, "taken")]
    with pytest.raises(CohortFull):
        make_enrollment(cohort=cohort)
    assert learner.seats.get().number == 3


def test_limit_is_lifted_and_set_again_for_whoever_is_inside() -> None:
    cohort = make_cohort(seats=2)
    make_enrollment(cohort=cohort)
    cohort = change(cohort, seats=None)
    accepted = make_accepted_referral(cohort=cohort)
    make_enrollment(cohort=cohort)
    assert numbers(cohort) == []
    with pytest.raises(SeatsOccupied):
        change(cohort, seats=2)
    cohort = change(cohort, seats=3)
    assert numbers(cohort) == [(1, 3, "held"), (2, 3, "taken"), (3, 3, "taken")]
    enroll_referral(accepted, by=None)
    assert [status for *_, status in numbers(cohort)] == ["taken"] * 3


def test_limit_waits_while_somebody_inside_holds_a_seat_elsewhere() -> None:
    unlimited, other = make_cohort(seats=None), make_cohort()
    inside = make_accepted_referral(cohort=unlimited)
    make_accepted_referral(cohort=other, resident=inside.resident)
    with pytest.raises(SeatHeldElsewhere):
        change(unlimited, seats=5)


@pytest.mark.parametrize("plan", [{"ends_on": TODAY()}, {"seats": 0}, {"code": ""}])
def test_impossible_change_is_refused(plan: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        change(make_cohort(), **plan)


def test_code_of_another_group_is_refused() -> None:
    cohort = make_cohort()
    other = make_cohort(course=cohort.course)
    with pytest.raises(CohortCodeTaken):
        change(cohort, code=other.code)


def test_cancelled_and_standing_groups_stay_as_they_are() -> None:
    for cohort in (cancel_cohort(make_cohort(), by=None), standing_cohort(make_published_course(self_paced=True))):
        with pytest.raises(CohortFixed):
            change(cohort, venue="x")


def test_standing_cohort_is_made_once_for_each_published_version() -> None:
    course = make_published_course(self_paced=True)
    cohort = standing_cohort(course)
    assert standing_cohort(course) == cohort
    assert (cohort.seats, cohort.starts_on, cohort.state, cohort.open_to_all) == (None, None, "open", True)


def test_publishing_a_self_paced_course_opens_its_standing_cohort(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        course = make_published_course(self_paced=True)
    assert course.cohorts.get().is_standing


def test_course_with_a_teacher_has_no_standing_cohort() -> None:
    with pytest.raises(CourseNotPublished):
        standing_cohort(make_published_course())


@pytest.mark.parametrize(
    ("plan", "state"),
    [
        ({}, "open"),
        ({"is_published": False}, "draft"),
        ({"starts_on": TODAY() - timedelta(days=60)}, "finished"),
        ({"starts_on": TODAY() - timedelta(days=3)}, "open"),
        ({"starts_on": TODAY() - timedelta(days=3), "enrol_until": TODAY() - timedelta(days=1)}, "running"),
        ({"starts_on": TODAY() + timedelta(days=3), "enrol_until": TODAY() - timedelta(days=1)}, "planned"),
    ],
)
def test_state_follows_from_dates(plan: dict[str, Any], state: str) -> None:
    cohort = make_cohort(**plan)
    assert cohort.state == state
    assert Cohort.objects.open().filter(pk=cohort.pk).exists() == (state == "open")


def test_cohort_without_a_free_seat_is_full() -> None:
    cohort = make_cohort(seats=1)
    make_enrollment(cohort=cohort)
    cohort = Cohort.objects.get(pk=cohort.pk)
    assert (cohort.state, cohort.seats_taken, cohort.seats_free) == ("full", 1, 0)
    assert not Cohort.objects.open().filter(pk=cohort.pk).exists()
