"""A class with a teacher and two learners."""

from dataclasses import dataclass

import pytest

from accounts.models import User
from enrollment.models import Cohort, Enrollment
from live.models import LiveSession
from tests.accounts.factories import make_user
from tests.live.factories import make_learner, make_live_cohort, make_session
from tests.personas import World


@dataclass(frozen=True)
class Class:
    """A class that is on, and who may be in it."""

    cohort: Cohort
    session: LiveSession
    teacher: User
    learner: User
    other: User
    enrollment: Enrollment


@pytest.fixture
def room(world: World, instructor: User) -> Class:
    cohort = make_live_cohort(instructor=instructor, organization=world.centre)
    learner, other = make_user(), make_user()
    enrollment = make_learner(cohort, learner)
    make_learner(cohort, other)
    return Class(cohort, make_session(cohort, on=True), instructor, learner, other, enrollment)
