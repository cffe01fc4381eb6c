"""Who learns where."""

from django.db.models import Q

from accounts.models import User
from enrollment.models import Cohort, Enrollment
from enrollment.models.cohorts import TEACHING
from learning.models import DiscussionStop


def can_read(user: User, enrollment: Enrollment) -> bool:
    """A learner reads the lessons of an own enrollment that was not given up."""
    return user.person_id == enrollment.person_id and enrollment.status != Enrollment.Status.WITHDRAWN


def can_learn(user: User, enrollment: Enrollment) -> bool:
    """Only while it is active does anything a learner does count."""
    return can_read(user, enrollment) and enrollment.status == Enrollment.Status.ACTIVE


def moderates_at(user: User, organization_id: int) -> bool:
    """Whoever teaches or leads at a provider keeps order in the discussions of its groups."""
    return user.standing.at(organization_id, *TEACHING)


def can_moderate(user: User, cohort: Cohort) -> bool:
    return moderates_at(user, cohort.organization_id)


def can_discuss(user: User, cohort: Cohort) -> bool:
    """Who learns in a group now writes in its discussions, and who teaches it."""
    if can_moderate(user, cohort):
        return True
    own = Enrollment.objects.filter(person=user.person_id or 0, cohort=cohort, status=Enrollment.Status.ACTIVE)
    return own.exists()


def is_stopped(cohort: Cohort) -> bool:
    """Whether the group, or its course, has no discussion."""
    return DiscussionStop.objects.filter(Q(cohort=cohort) | Q(course=cohort.course_id)).exists()
