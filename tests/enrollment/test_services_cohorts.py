from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from base.errors import IllegalMove, InvalidInput
from enrollment.models import Cohort, Referral, Seat
from enrollment.services.cohorts import (
    CohortCodeTaken,
    CohortHasLearners,
    CourseNotPublished,
    cancel_cohort,
    publish_cohort,
    standing_cohort,
)
from tests.accounts.factories import make_organization
from tests.courses.factories import make_course, make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_enrollment,
    make_open_referral,
    make_referred_enrollment,
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
