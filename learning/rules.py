"""Who learns where."""

from accounts.models import User
from enrollment.models import Enrollment


def can_read(user: User, enrollment: Enrollment) -> bool:
    """A learner reads the lessons of an own enrollment that was not given up."""
    return user.person_id == enrollment.person_id and enrollment.status != Enrollment.Status.WITHDRAWN


def can_learn(user: User, enrollment: Enrollment) -> bool:
    """Only while it is active does anything a learner does count."""
    return can_read(user, enrollment) and enrollment.status == Enrollment.Status.ACTIVE
