from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, User
from base.errors import IllegalMove, InvalidInput
from enrollment.models import DeclineReason, Enrollment, Referral, Seat
from enrollment.services.cohorts import cancel_cohort
from enrollment.services.referral_moves import TRANSITIONS
from enrollment.services.referrals import (
    AlreadyReferred,
    CourseNotOffered,
    HoldLapsed,
    ResidentMovedAway,
    accept_referral,
    decline_referral,
    enroll_referral,
    lapse_referral,
    make_referral,
    submit_referral,
    waitlist_referral,
    withdraw_referral,
)
from enrollment.services.seats import CohortClosed, CohortFull, SeatHeldElsewhere
from tests.accounts.factories import make_organization, make_user
from tests.courses.factories import make_course, make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_enrollment,
    make_open_referral,
    make_referred_enrollment,
    make_resident,
    make_wish,
)

pytestmark = pytest.mark.django_db


def steps(referral: Referral) -> list[tuple[str, str]]:
    return list(referral.moves.values_list("from_status", "to_status"))


def let_lapse(referral: Referral) -> Referral:
    yesterday = timezone.localdate() - timedelta(days=1)
    Referral.objects.filter(pk=referral.pk).update(hold_until=yesterday)
    assert lapse_referral(referral)
    referral.refresh_from_db()
    return referral


def test_made_by_an_official_it_is_submitted_and_the_clock_runs() -> None:
    user = make_user()
    resident = make_resident()
    referral = make_open_referral(resident=resident, by=user)
    assert (referral.status, referral.made_by, referral.mahalla) == ("submitted", user, resident.mahalla)
    assert (referral.category, referral.gender) == (resident.household.category, resident.person.gender)
    assert referral.submitted_at is not None
    assert referral.due_at == referral.submitted_at + timedelta(days=3)
    assert steps(referral) == [("", "submitted")]
    assert AuditEvent.objects.filter(action="referral.submitted", actor=user).count() == 1


def test_own_application_waits_for_an_official() -> None:
    referral = make_open_referral(door="self")
    assert (referral.status, referral.submitted_at) == ("draft", None)
    for _ in range(2):
        submitted = submit_referral(referral, by=make_user())
    assert submitted.status == "submitted"
    assert submitted.submitted_at is not None
    assert steps(referral) == [("", "draft"), ("draft", "submitted")]


def test_one_open_referral_for_a_person_and_course() -> None:
    first = make_open_referral()
    again: dict[str, Any] = {
        "resident": first.resident,
        "course": first.course,
        "organization": first.organization,
        "by": None,
    }
    with pytest.raises(AlreadyReferred):
        make_referral(**again)
    withdraw_referral(first, reason="mistake", by=None)
    assert make_referral(**again).pk != first.pk


def test_impossible_referrals_are_refused() -> None:
    cohort = make_cohort()
    resident = make_resident()
    fine: dict[str, Any] = {
        "resident": resident,
        "course": cohort.course,
        "organization": cohort.organization,
        "by": None,
    }
    for wrong, refusal in (
        ({"course": make_course()}, CourseNotOffered),
        ({"organization": make_organization(kind="agency")}, InvalidInput),
        ({"cohort": make_cohort()}, InvalidInput),
        ({"wish": make_wish()}, InvalidInput),
        ({"resident": make_resident(ends_on=timezone.localdate())}, ResidentMovedAway),
    ):
        with pytest.raises(refusal):
            make_referral(**fine | wrong)
    assert not Referral.objects.exists()


def test_accepting_holds_the_smallest_free_seat_and_answers() -> None:
    cohort = make_cohort()
    first = make_accepted_referral(cohort=cohort)
    make_accepted_referral(cohort=cohort)
    withdraw_referral(first, reason="mistake", by=None)
    referral = make_accepted_referral(cohort=cohort)
    seat = referral.seats.get()
    assert (seat.number, seat.status) == (1, "held")
    assert referral.hold_until == seat.held_until == timezone.localdate() + timedelta(days=7)
    assert referral.answered_at is not None
    assert referral.answered_at == referral.accepted_at


def test_accepting_again_changes_nothing() -> None:
    referral = make_accepted_referral()
    assert referral.cohort is not None
    again = accept_referral(referral, cohort=referral.cohort, by=None)
    assert (again.hold_until, again.seats.count(), len(steps(again))) == (referral.hold_until, 1, 2)


def test_full_cohort_refuses_and_changes_nothing() -> None:
    cohort = make_cohort(seats=1)
    make_enrollment(cohort=cohort)
    referral = make_open_referral(cohort=cohort)
    with pytest.raises(CohortFull) as refusal:
        accept_referral(referral, cohort=cohort, by=None)
    assert (refusal.value.code, refusal.value.status) == ("cohort-full", 409)
    referral.refresh_from_db()
    assert (referral.status, len(steps(referral))) == ("submitted", 1)


def test_accepting_into_a_cohort_that_takes_nobody_is_refused() -> None:
    course = make_published_course()
    draft = make_cohort(course=course, is_published=False)
    over = make_cohort(course=course, starts_on=timezone.localdate() - timedelta(days=90))
    referral = make_open_referral(cohort=draft)
    for cohort in (draft, over):
        with pytest.raises(CohortClosed):
            accept_referral(referral, cohort=cohort, by=None)
    with pytest.raises(InvalidInput):
        accept_referral(referral, cohort=make_cohort(), by=None)


def test_person_holds_one_seat_at_a_time() -> None:
    held = make_accepted_referral()
    other = make_cohort()
    referral = make_open_referral(cohort=other, resident=held.resident)
    with pytest.raises(SeatHeldElsewhere):
        accept_referral(referral, cohort=other, by=None)
    enroll_referral(held, by=None)
    assert accept_referral(referral, cohort=other, by=None).status == "accepted"


def test_cohort_without_limit_gives_out_no_seats() -> None:
    referral = make_accepted_referral(cohort=make_cohort(seats=None))
    assert (referral.status, referral.seats.count()) == ("accepted", 0)
    assert enroll_referral(referral, by=None).status == "active"


def test_waitlisted_referral_can_be_accepted_later() -> None:
    cohort = make_cohort()
    referral = make_open_referral(cohort=cohort)
    for _ in range(2):
        waitlist_referral(referral, by=None)
    referral = accept_referral(referral, cohort=cohort, by=None)
    assert steps(referral) == [("", "submitted"), ("submitted", "waitlisted"), ("waitlisted", "accepted")]


def test_declining_needs_a_reason_in_force() -> None:
    referral = make_open_referral()
    DeclineReason.objects.filter(code="health").update(valid_until=timezone.localdate())
    for reason in ("health", "found-job", "nonsense", ""):
        with pytest.raises(InvalidInput) as refusal:
            decline_referral(referral, reason=reason, by=None)
        assert refusal.value.field == "reason"
    for _ in range(2):
        declined = decline_referral(referral, reason="no-seats", note="Kuzda keling", by=None)
    assert declined.answered_at is not None
    assert declined.accepted_at is None
    move = declined.moves.last()
    assert move is not None
    assert (move.reason, move.note, len(steps(declined))) == ("no-seats", "Kuzda keling", 2)


def test_withdrawing_frees_the_held_seat() -> None:
    referral = make_accepted_referral()
    for _ in range(2):
        withdrawn = withdraw_referral(referral, reason="moved-away", by=None)
    assert (withdrawn.status, withdrawn.hold_until) == ("withdrawn", None)
    assert referral.seats.get().status == "released"


def test_enrolling_turns_the_seat_into_an_enrollment_with_a_user() -> None:
    resident = make_resident()
    wish = make_wish(resident=resident)
    referral = make_accepted_referral(resident=resident, wish=wish)
    enrollment = enroll_referral(referral, by=make_user())
    assert enroll_referral(referral, by=None) == enrollment
    seat = Seat.objects.get(referral=referral)
    assert (seat.status, seat.enrollment, seat.held_until) == ("taken", enrollment, None)
    user = User.objects.get(person=resident.person)
    assert not user.has_usable_password()
    wish.refresh_from_db()
    referral.refresh_from_db()
    assert (wish.status, referral.status, referral.enrollment) == ("answered", "enrolled", enrollment)


def test_enrolling_keeps_the_user_there_is() -> None:
    user = make_user()
    make_referred_enrollment(resident=make_resident(person=user.person))
    user.refresh_from_db()
    assert user.has_usable_password()


def test_hold_lapses_after_its_last_day() -> None:
    referral = make_accepted_referral()
    Referral.objects.filter(pk=referral.pk).update(hold_until=timezone.localdate())
    assert not lapse_referral(referral)
    referral = let_lapse(referral)
    assert not lapse_referral(referral)
    assert (referral.status, referral.hold_until, referral.seats.get().status) == ("lapsed", None, "released")


def test_hold_that_has_passed_cannot_become_an_enrollment_before_the_sweep() -> None:
    referral = make_accepted_referral()
    Referral.objects.filter(pk=referral.pk).update(hold_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(HoldLapsed):
        enroll_referral(referral, by=None)
    assert not Enrollment.objects.exists()


def test_lapsed_referral_is_submitted_again_under_its_first_clock() -> None:
    referral = let_lapse(make_accepted_referral())
    again = submit_referral(referral, by=None)
    assert (again.submitted_at, again.due_at) == (referral.submitted_at, referral.due_at)
    assert again.cohort is not None
    answered = accept_referral(again, cohort=again.cohort, by=None)
    assert (answered.answered_at, answered.accepted_at) == (referral.answered_at, referral.accepted_at)


def test_declining_opens_an_answered_wish_again() -> None:
    resident = make_resident()
    wish = make_wish(resident=resident, status="answered")
    decline_referral(make_open_referral(resident=resident, wish=wish), reason="other", by=None)
    wish.refresh_from_db()
    assert wish.status == "open"


@pytest.mark.parametrize("status", ["draft", "declined", "withdrawn", "lapsed", "enrolled", "completed", "dropped"])
def test_answers_outside_the_table_are_refused(status: str) -> None:
    cohort = make_cohort()
    referral = make_open_referral(cohort=cohort)
    Referral.objects.filter(pk=referral.pk).update(status=status)
    with pytest.raises(IllegalMove):
        accept_referral(referral, cohort=cohort, by=None)
    with pytest.raises(IllegalMove):
        waitlist_referral(referral, by=None)
    if status != "declined":
        with pytest.raises(IllegalMove):
            decline_referral(referral, reason="other", by=None)
    if status not in ("draft", "withdrawn", "lapsed"):
        with pytest.raises(IllegalMove):
            withdraw_referral(referral, reason="other", by=None)


def test_every_state_stands_in_the_table_or_is_an_end() -> None:
    ends = {"declined", "withdrawn", "dropped"}
    assert {status for status in Referral.Status.values if status not in TRANSITIONS} == ends
    assert set().union(*TRANSITIONS.values()) == set(Referral.Status.values)


def test_cancelled_cohort_leaves_the_referral_to_be_accepted_into_another() -> None:
    cohort = make_cohort()
    referral = make_accepted_referral(cohort=cohort)
    cancel_cohort(cohort, by=None)
    other = make_cohort(course=cohort.course)
    assert accept_referral(referral, cohort=other, by=None).cohort == other
