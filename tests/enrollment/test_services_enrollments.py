from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.employments import appoint
from base.errors import IllegalMove, InvalidInput
from enrollment.models import Enrollment, TrainingAssignment
from enrollment.services.cohorts import standing_cohort
from enrollment.services.enrollments import (
    AlreadyEnrolled,
    NoPerson,
    NotOpenToAll,
    enroll_person,
    enroll_self,
    withdraw_enrollment,
)
from enrollment.services.mandatory import settle_noted
from enrollment.services.referrals import accept_referral, enroll_referral
from enrollment.services.seats import CohortClosed, CohortFull
from tests.accounts.factories import make_employment, make_organization, make_person, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    complete,
    make_cohort,
    make_enrollment,
    make_open_referral,
    make_referred_enrollment,
    make_resident,
    make_rule,
)
from tests.enrollment.test_services_seats import race

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def test_enrolling_takes_a_seat_and_makes_a_user() -> None:
    person = make_person()
    cohort = make_cohort()
    for _ in range(2):
        enrollment = enroll_person(cohort=cohort, person=person, by=make_user())
    assert (enrollment.status, enrollment.progress, enrollment.grade) == ("active", 0, None)
    assert (cohort.seat_rows.get().status, cohort.seat_rows.get().enrollment) == ("taken", enrollment)
    assert User.objects.get(person=person).username.startswith("sinovov")
    assert enrollment.moves.count() == 1


def test_full_and_closed_cohorts_refuse() -> None:
    cohort = make_cohort(seats=1)
    make_enrollment(cohort=cohort)
    with pytest.raises(CohortFull):
        make_enrollment(cohort=cohort)
    with pytest.raises(CohortClosed):
        make_enrollment(cohort=make_cohort(is_published=False))
    with pytest.raises(CohortClosed):
        make_enrollment(cohort=make_cohort(enrol_until=timezone.localdate() - timedelta(days=1)))
    assert Enrollment.objects.count() == 1


def test_who_learns_in_the_group_already_is_not_referred_into_it() -> None:
    cohort = make_cohort()
    resident = make_resident()
    make_enrollment(cohort=cohort, person=resident.person)
    referral = accept_referral(make_open_referral(cohort=cohort, resident=resident), cohort=cohort, by=None)
    with pytest.raises(AlreadyEnrolled):
        enroll_referral(referral, by=None)


def test_self_paced_course_is_started_at_once_and_once() -> None:
    user = make_user()
    cohort = standing_cohort(make_published_course(self_paced=True))
    enrollment = enroll_self(cohort=cohort, user=user)
    assert enroll_self(cohort=cohort, user=user) == enrollment
    assert (enrollment.person, cohort.seat_rows.count()) == (user.person, 0)


def test_group_open_to_all_gives_its_seats_to_whoever_comes() -> None:
    cohort = make_cohort(open_to_all=True, seats=1)
    assert enroll_self(cohort=cohort, user=make_user()).status == "active"
    with pytest.raises(CohortFull):
        enroll_self(cohort=cohort, user=make_user())


def test_other_groups_and_users_without_a_person_are_refused() -> None:
    with pytest.raises(NotOpenToAll):
        enroll_self(cohort=make_cohort(), user=make_user())
    with pytest.raises(NoPerson):
        enroll_self(cohort=make_cohort(open_to_all=True), user=make_user(person=None))


def test_leaving_frees_the_seat_and_drops_the_referral() -> None:
    enrollment = make_referred_enrollment()
    for _ in range(2):
        left = withdraw_enrollment(enrollment, reason="moved-away", by=None)
    assert (left.status, left.withdrawal_reason.code) == ("withdrawn", "moved-away")  # type: ignore[union-attr]  # it is there
    assert left.ended_at is not None
    assert enrollment.seats.get().status == "released"
    referral = left.referral
    assert referral is not None
    assert referral.status == "dropped"
    assert referral.moves.last().reason == "moved-away"  # type: ignore[union-attr]  # it is there


def test_who_left_may_come_again() -> None:
    first = make_enrollment()
    withdraw_enrollment(first, reason="family", by=None)
    again = make_enrollment(cohort=first.cohort, person=first.person)
    assert again.pk != first.pk


def test_leaving_needs_a_reason_and_an_active_enrollment() -> None:
    enrollment = make_enrollment()
    with pytest.raises(InvalidInput):
        withdraw_enrollment(enrollment, reason="no-seats", by=None)
    Enrollment.objects.filter(pk=enrollment.pk).update(status="completed")
    with pytest.raises(IllegalMove):
        withdraw_enrollment(enrollment, reason="family", by=None)


def test_a_mandatory_course_is_taken_again_only_when_it_is_due_soon() -> None:
    course = make_published_course(("page",), self_paced=True)
    person = make_person()
    done = complete(person, course, days_ago=300)
    user = person.user
    assert enroll_self(cohort=done.cohort, user=user) == done
    make_employment(person=person)
    make_rule(course=course)
    settle_noted()
    assert TrainingAssignment.objects.get(person=person, status="due").due_on < timezone.localdate() + timedelta(
        days=70
    )
    again = enroll_self(cohort=done.cohort, user=user)
    assert again != done
    assert enroll_self(cohort=done.cohort, user=user) == again
    TrainingAssignment.objects.filter(status="due").update(due_on=timezone.localdate() + timedelta(days=400))
    again.status = "completed"
    again.save()
    assert enroll_self(cohort=done.cohort, user=user) == again


def test_posts_know_whether_anything_was_learned() -> None:
    """Whichever comes first, the post or the course; what was given up does not count."""
    before = make_employment()

    def known() -> list[bool]:
        return list(before.person.employments.order_by("pk").values_list("has_learned", flat=True))

    one, other = (make_enrollment(person=before.person) for _ in range(2))
    appoint(person=before.person, organization=make_organization(), post="Mutaxassis", starts_on=TODAY, by=None)
    assert known() == [True, True]
    withdraw_enrollment(one, reason="other", by=None)
    assert known() == [True, True]
    withdraw_enrollment(other, reason="other", by=None)
    assert known() == [False, False]
    make_enrollment(person=before.person)
    assert known() == [True, True]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_leave_at_once_each_knows_of_the_other() -> None:
    post = make_employment()
    both = [make_enrollment(person=post.person) for _ in range(2)]
    race([partial(withdraw_enrollment, one, reason="other", by=None) for one in both])
    post.refresh_from_db()
    assert not post.has_learned
