"""The course and the group that tests of pages are about, where they make no others."""

import pytest

from courses.models import Course
from enrollment.models import Cohort
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort
from tests.personas import World


@pytest.fixture
def course(world: World) -> Course:
    return make_published_course(
        ("page", "quiz", "on-site"), provider=world.centre, title={"uz": "Tikuvchilik", "en": "Sewing"}
    )


@pytest.fixture
def cohort(course: Course) -> Cohort:
    return make_cohort(course=course)
