"""The record of a learner in a group: results, leaving, outcomes, the sign-in code."""

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from enrollment.models import Cohort, Enrollment
from enrollment.services.outcomes import record_outcome
from enrollment.services.progress import complete_lesson
from tests.accounts.factories import make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_cohort,
    make_enrollment,
    make_household,
    make_referred_enrollment,
    make_resident,
)
from tests.enrollment.pages import url, words
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def test_teacher_records_results_and_manager_decides(cohort: Cohort, instructor: User, centre_manager: User) -> None:
    enrollment = make_enrollment(cohort=cohort)
    quiz = cohort.version.lessons.get(kind="quiz")
    client = signed_in(instructor)
    ask = url("result_record", enrollment.uuid, quiz.uuid)
    assert client.post(ask, {"score": "101"}).status_code == 422
    assert client.post(ask, {"completed": ""}).status_code == 422
    client.post(ask, {"score": "88", "completed": ""})
    assert "by hand" in words(client.get(url("enrollment_detail", enrollment.uuid)))
    assert client.post(url("enrollment_decide", enrollment.uuid), {"reason": "x"}).status_code == 403
    manager = signed_in(centre_manager)
    manager.post(url("enrollment_decide", enrollment.uuid), {"reason": "Kelmadi"})
    assert Enrollment.objects.get().status == "failed"
    manager.post(url("enrollment_decide", enrollment.uuid), {"reason": "Hujjat topildi"})
    assert Enrollment.objects.get().status == "completed"


def test_referral_is_a_link_for_whoever_may_read_it(cohort: Cohort, instructor: User, centre_manager: User) -> None:
    enrollment = make_referred_enrollment(cohort=cohort)
    assert enrollment.referral
    there, record = url("referral_detail", enrollment.referral.uuid), url("enrollment_detail", enrollment.uuid)
    assert there in words(signed_in(centre_manager).get(record))
    taught = words(signed_in(instructor).get(record))
    assert there not in taught
    assert enrollment.referral.mahalla.name in taught


def test_learner_leaves_for_a_reason(cohort: Cohort, centre_manager: User) -> None:
    enrollment = make_enrollment(cohort=cohort)
    client, ask = signed_in(centre_manager), url("enrollment_withdraw", enrollment.uuid)
    assert client.post(ask, {"reason": ""}).status_code == 422
    client.post(ask, {"reason": "family"})
    assert Enrollment.objects.get().status == "withdrawn"


def test_outcome_is_claimed_by_the_learner_and_confirmed_by_the_assistant(
    world: World, cohort: Cohort, assistant: User, supervisor: User
) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    pupil = make_user(person=resident.person)
    enrollment = make_referred_enrollment(cohort=cohort, resident=resident)
    typed = {"kind": "own-business", "on": TODAY().isoformat(), "source": "Oʻzim"}
    ask = url("outcome_create", enrollment.uuid)
    assert signed_in(pupil).post(ask, typed | {"on": "2999-01-01"}).status_code == 422
    signed_in(pupil).post(ask, typed)
    outcome = enrollment.outcomes.get()
    assert outcome.status == "claimed"
    for user in (pupil, supervisor):
        assert signed_in(user).post(url("outcome_confirm", outcome.uuid)).status_code == 403
    signed_in(assistant).post(url("outcome_confirm", outcome.uuid))
    outcome.refresh_from_db()
    assert outcome.status == "confirmed"
    assert "This cannot become" in words(
        signed_in(assistant).post(url("outcome_contradict", outcome.uuid), follow=True)
    )


def test_strangers_reach_neither_record_nor_outcome(cohort: Cohort, outsider: User) -> None:
    enrollment = make_enrollment(cohort=cohort)
    outcome = record_outcome(enrollment, kind="land", on=TODAY(), source="Hokimlik", by=make_user())
    client = signed_in(outsider)
    for name in ("enrollment_detail", "outcome_create", "enrollment_withdraw", "enrollment_decide"):
        assert client.get(url(name, enrollment.uuid)).status_code == 404
    assert client.post(url("activation_code", enrollment.uuid)).status_code == 404
    assert client.post(url("outcome_confirm", outcome.uuid)).status_code == 404


def test_activation_code_is_shown_once_and_to_nobody_with_a_role(
    world: World, cohort: Cohort, centre_manager: User, instructor: User, assistant: User
) -> None:
    enrollment = make_enrollment(cohort=cohort)
    ask = url("activation_code", enrollment.uuid)
    answer = signed_in(centre_manager).post(ask)
    assert len(answer.context["code"]) == 14
    assert "no-store" in answer.headers["Cache-Control"]
    assert signed_in(instructor).post(ask).status_code == 403
    own = make_enrollment(cohort=cohort, person=make_user().person)
    answer = signed_in(centre_manager).post(url("activation_code", own.uuid), follow=True)
    assert "has a password already" in words(answer)
    official = make_enrollment(cohort=cohort, person=assistant.person)
    assert signed_in(centre_manager).post(url("activation_code", official.uuid)).status_code == 403


@pytest.mark.parametrize("lessons", [1, 3])
def test_record_takes_the_same_queries_for_any_length(
    lessons: int, world: World, centre_manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cohort = make_cohort(course=make_published_course(("page",) * lessons, provider=world.centre))
    enrollment = make_enrollment(cohort=cohort)
    complete_lesson(enrollment, cohort.version.lessons.all()[0])
    client = signed_in(centre_manager)
    client.get(url("enrollment_detail", enrollment.uuid))
    with django_assert_num_queries(12):
        client.get(url("enrollment_detail", enrollment.uuid))
