"""What the assistant reads on the record of a referral, in every state: why it is so, and what comes next."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from enrollment.models import Cohort, Referral
from enrollment.queries.next_steps import SAID
from enrollment.services.completions import fail_enrollment
from enrollment.services.enrollments import withdraw_enrollment
from enrollment.services.progress import record_result_by_hand
from enrollment.services.referrals import (
    accept_referral,
    decline_referral,
    enroll_referral,
    lapse_referral,
    waitlist_referral,
    withdraw_referral,
)
from tests.accounts.factories import make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_household, make_open_referral, make_resident
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
Way = Callable[[Referral, Cohort], object]


@pytest.fixture
def cohort(world: World) -> Cohort:
    return make_cohort(course=make_published_course(("page",), provider=world.centre))


def accept(referral: Referral, cohort: Cohort) -> None:
    accept_referral(referral, cohort=cohort, by=None)


def lapse(referral: Referral, cohort: Cohort) -> None:
    accept(referral, cohort)
    Referral.objects.filter(pk=referral.pk).update(hold_until=timezone.localdate() - timedelta(days=1))
    lapse_referral(referral)


def enroll(referral: Referral, cohort: Cohort) -> None:
    accept(referral, cohort)
    enroll_referral(referral, by=None)


def complete(referral: Referral, cohort: Cohort) -> None:
    enroll(referral, cohort)
    enrollment = cohort.enrollments.get()
    record_result_by_hand(enrollment, cohort.version.lessons.get(), completed=True, by=make_user())


def fail(referral: Referral, cohort: Cohort) -> None:
    enroll(referral, cohort)
    fail_enrollment(cohort.enrollments.get(), by=None)


def drop(referral: Referral, cohort: Cohort) -> None:
    enroll(referral, cohort)
    withdraw_enrollment(cohort.enrollments.get(), reason="other", note="Moved to her son", by=None)


# The state, how a referral comes there, and words of the two sentences.
STATES: dict[str, tuple[Way, str, str]] = {
    "submitted": (lambda referral, cohort: None, "Sent to Centre", "The provider answers by"),
    "waitlisted": (
        lambda referral, cohort: waitlist_referral(referral, by=None),
        "No seat is free",
        "You are told as soon as",
    ),
    "accepted": (accept, "holds a seat until", "See that the resident comes there by then"),
    "lapsed": (lapse, "did not come in time", "Send the resident again, or to another place."),
    "declined": (
        lambda referral, cohort: decline_referral(referral, reason="other", note="The workshop burnt", by=None),
        "declined: Another reason. The workshop burnt.",
        "Look for another course",
    ),
    "withdrawn": (
        lambda referral, cohort: withdraw_referral(referral, reason="other", note="Found a job", by=None),
        "Taken back: Another reason. Found a job.",
        "The resident can be referred anew",
    ),
    "enrolled": (enroll, "learns since", "The learning record shows how far"),
    "completed": (complete, "completed the course on", "what came of it"),
    "failed": (fail, "did not complete the course", "refer anew where it helps"),
    "dropped": (drop, "left the course: Another reason. Moved to her son.", "Ask what stood in the way"),
}


def read(referral: Referral, user: User) -> str:
    return signed_in(user).get(reverse("enrollment:referral_detail", args=[referral.uuid])).content.decode()


@pytest.mark.parametrize("state", STATES)
def test_the_assistant_reads_why_and_what_comes_next(
    state: str, cohort: Cohort, assistant: User, centre_manager: User, world: World
) -> None:
    come, why, then = STATES[state]
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    referral = make_open_referral(cohort=cohort, resident=resident)
    come(referral, cohort)
    referral.refresh_from_db()
    assert referral.status == state
    page = read(referral, assistant)
    assert why in page
    assert then in page
    assert then not in read(referral, centre_manager)


def test_an_application_and_an_answer_that_is_late_ask_for_something(
    cohort: Cohort, assistant: User, world: World
) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    draft = make_open_referral(resident=resident, door=Referral.Door.SELF)
    assert "Confirm it, so that the provider answers, or refuse it with a reason." in read(draft, assistant)
    late = make_open_referral(cohort=cohort, resident=make_resident(household=resident.household))
    Referral.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    assert "Ask the provider." in read(late, assistant)


def test_every_state_is_said() -> None:
    assert set(SAID) == set(Referral.Status) == {*STATES, "draft"}
