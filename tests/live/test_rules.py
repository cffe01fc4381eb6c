"""The check and the filter say the same."""

import pytest

from accounts.models import User
from enrollment.models import Enrollment
from live import rules
from live.models import LiveSession
from tests.live.conftest import Class

PERSONAS = (
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
)


@pytest.mark.parametrize("persona", PERSONAS)
def test_view_rule_equals_filter(persona: str, room: Class, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(persona)
    is_listed = room.session in LiveSession.objects.visible_to(user)
    assert rules.can_view(user, room.session) is is_listed
    assert is_listed is (persona in {"centre_manager", "instructor"})


def test_learner_sees_the_class_until_leaving_the_course(room: Class) -> None:
    assert rules.can_view(room.learner, room.session)
    assert room.session in LiveSession.objects.visible_to(room.learner)
    Enrollment.objects.filter(pk=room.enrollment.pk).update(status=Enrollment.Status.WITHDRAWN)
    assert not rules.can_view(room.learner, room.session)
    assert room.session not in LiveSession.objects.visible_to(room.learner)
