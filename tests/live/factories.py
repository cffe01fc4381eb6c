"""Classes for tests, made by the services that make real ones."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from enrollment.models import Cohort, Enrollment
from live.models import LiveSession, Visit
from live.services.sessions import schedule_session, start_session
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment


def make_live_cohort(*, instructor: User | None = None, **plan: Any) -> Cohort:
    """Make a cohort of a course with a page and a live lesson, taught by `instructor`."""
    course = make_published_course(kinds=("page", "live"), provider=plan.pop("organization", None))
    cohort = make_cohort(course=course, **{"seats": 30} | plan)
    if instructor:
        cohort.instructors.add(instructor)
    return cohort


def make_session(cohort: Cohort, *, on: bool = False, **fields: Any) -> LiveSession:
    """Schedule a class of an hour that begins in ten minutes; with `on` it is on."""
    starts_at = fields.pop("starts_at", timezone.now().replace(microsecond=0) + timedelta(minutes=10))
    defaults: dict[str, Any] = {
        "lesson": cohort.version.lessons.get(kind="live"),
        "ends_at": starts_at + timedelta(minutes=60),
        "teacher": None,
        "by": None,
    }
    session = schedule_session(cohort=cohort, starts_at=starts_at, **defaults | fields)
    return start_session(session, by=None) if on else session


def make_learner(cohort: Cohort, user: User) -> Enrollment:
    assert user.person
    return make_enrollment(cohort=cohort, person=user.person)


def make_visit(session: LiveSession, user: User, *, minutes: tuple[float, float], **fields: Any) -> Visit:
    """Make a stay from one minute to another of a class, counted from when it began."""
    assert session.started_at
    joined, left = (session.started_at + timedelta(minutes=minute) for minute in minutes)
    return Visit.objects.create(session=session, user=user, joined_at=joined, seen_at=left, left_at=left, **fields)
