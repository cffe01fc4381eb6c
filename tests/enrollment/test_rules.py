"""The check and the filter say the same, for every persona; and nobody sees more than the role is for."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from enrollment import rules
from enrollment.models import Cohort, Enrollment, Referral, Relocation
from enrollment.services.outcomes import record_outcome
from enrollment.services.referrals import withdraw_referral
from tests.accounts.factories import make_employment, make_membership, make_person, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_enrollment,
    make_household,
    make_open_referral,
    make_referred_enrollment,
    make_relocation,
    make_resident,
)
from tests.personas import World

pytestmark = pytest.mark.django_db
PERSONAS = [
    "learner",
    "assistant",
    "counter",
    "centre_manager",
    "instructor",
    "academy_admin",
    "staff_manager",
    "supervisor",
    "auditor",
    "platform_admin",
    "outsider",
]


@pytest.fixture
def people(request: pytest.FixtureRequest, world: World) -> dict[str, User]:
    everywhere = make_user(username="republic", role="auditor")
    return {name: request.getfixturevalue(name) for name in PERSONAS} | {"republic": everywhere, "nobody": make_user()}


@pytest.fixture
def way(world: World, learner: User) -> None:
    """Cohorts, referrals and enrollments of both centres, both mahallas and the academy, drafts among them."""
    for mahalla, centre in ((world.mahalla, world.centre), (world.other_mahalla, world.other_centre)):
        cohort = make_cohort(course=make_published_course(provider=centre), seats=20)
        make_cohort(course=cohort.course, is_published=False)
        home = make_household(mahalla=mahalla)
        make_open_referral(cohort=cohort, resident=make_resident(household=home))
        make_open_referral(cohort=cohort, resident=make_resident(household=home), door="self")
        make_accepted_referral(cohort=cohort, resident=make_resident(household=home))
        make_referred_enrollment(cohort=cohort, resident=make_resident(household=home))
        make_enrollment(cohort=cohort)
        make_relocation(resident=make_resident(household=home))
        make_relocation(household=home)
    academy = make_cohort(course=make_published_course(provider=world.academy))
    make_enrollment(cohort=academy, person=learner.person)
    former = make_person()
    make_employment(person=former, organization=world.hokimiyat, ends_on="2025-01-01")
    make_enrollment(cohort=academy, person=former)


@pytest.mark.parametrize(
    ("model", "can_view"),
    [
        (Cohort, rules.can_view_cohort),
        (Referral, rules.can_view_referral),
        (Relocation, rules.can_view_relocation),
        (Enrollment, rules.can_view_enrollment),
    ],
)
def test_check_and_filter_say_the_same(
    people: dict[str, User], way: None, model: Any, can_view: Callable[[User, Any], bool]
) -> None:
    for name, user in people.items():
        visible = set(model.objects.visible_to(user))
        assert len(visible) == model.objects.visible_to(user).count()
        for row in model.objects.all():
            assert (row in visible) == can_view(user, row), (name, row)


def test_how_many_each_sees(people: dict[str, User], way: None) -> None:
    seen = {
        name: (Referral.objects.visible_to(user).count(), Enrollment.objects.visible_to(user).count())
        for name, user in people.items()
    }
    assert seen == {
        "learner": (0, 1),
        "assistant": (4, 1),
        "counter": (4, 1),
        "centre_manager": (3, 2),
        "instructor": (0, 2),
        "academy_admin": (0, 2),
        "staff_manager": (0, 1),
        "supervisor": (4, 1),
        "auditor": (4, 1),
        "platform_admin": (0, 0),
        "outsider": (4, 2),
        "republic": (8, 6),
        "nobody": (0, 0),
    }


def test_resident_sees_own_referral(world: World) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    referral = make_open_referral(resident=resident)
    user = make_user(person=resident.person)
    assert list(Referral.objects.visible_to(user)) == [referral]
    assert not rules.can_send(user, referral.mahalla)
    assert not rules.can_answer(user, referral)


def test_only_watching_gives_no_right_to_act(people: dict[str, User], way: None, world: World) -> None:
    referral = Referral.objects.filter(mahalla=world.mahalla, status="submitted").get()
    enrollment = Enrollment.objects.filter(referral__mahalla=world.mahalla).get()
    may_send = {name for name, user in people.items() if rules.can_send(user, referral.mahalla)}
    may_answer = {name for name, user in people.items() if rules.can_answer(user, referral)}
    may_teach = {name for name, user in people.items() if rules.can_teach(user, enrollment.cohort)}
    may_judge = {name for name, user in people.items() if rules.can_judge_outcome(user, enrollment)}
    assert may_send == {"assistant", "counter"}
    assert may_answer == {"centre_manager"}
    assert may_teach == {"centre_manager", "instructor"}
    assert may_judge == {"centre_manager", "assistant", "counter"}


def test_door_tells_assistant_from_counter(assistant: User, counter: User, world: World) -> None:
    assert rules.door_of(assistant, world.mahalla) == "assistant"
    assert rules.door_of(counter, world.mahalla) == "counter"


def test_staff_manager_enrolls_into_cohorts_for_civil_servants(staff_manager: User, world: World) -> None:
    academy = make_cohort(course=make_published_course(provider=world.academy))
    centre = make_cohort(course=make_published_course(provider=world.centre))
    assert rules.can_enroll_others(staff_manager, academy)
    assert not rules.can_enroll_others(staff_manager, centre)


def test_reach_is_own_staff_and_own_learners(
    staff_manager: User, academy_admin: User, centre_manager: User, learner: User, world: World
) -> None:
    pupil = make_enrollment(cohort=make_cohort(course=make_published_course(provider=world.centre))).person
    elsewhere = make_employment().person
    assert set(rules.people_within_reach(staff_manager)) == {learner.person}
    assert set(rules.people_within_reach(centre_manager)) == {pupil}
    assert set(rules.people_within_reach(academy_admin)) == {learner.person, elsewhere}


def test_nobody_judges_an_outcome_of_ones_own(world: World) -> None:
    user = make_user()
    enrollment = make_enrollment(
        cohort=make_cohort(course=make_published_course(provider=world.centre)), person=user.person
    )
    make_membership(user=user, role="centre-manager", place=world.centre)
    assert rules.can_record_outcome(user, enrollment)
    assert not rules.can_judge_outcome(user, enrollment)
    outcome = record_outcome(enrollment, kind="land", on=enrollment.enrolled_at.date(), source="Oʻzi", by=user)
    assert outcome.status == "claimed"


def test_withdrawn_referral_stays_visible(assistant: User, world: World) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    referral = withdraw_referral(make_open_referral(resident=resident), reason="mistake", by=assistant)
    assert Referral.objects.visible_to(assistant).filter(pk=referral.pk).exists()
