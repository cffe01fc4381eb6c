"""A class of the demo's mono-centre that is on now, with three learners: `python -m tests.e2e.media_stage`.

Runs on the site's own database and prints the class's address and the session cookies as JSON.
"""

import json
from datetime import timedelta

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.test import Client
from django.utils import timezone  # Django has to be set up first

from accounts.models import Organization, User
from courses.models import Course, Lesson
from enrollment.services.cohorts import CohortPlan, create_cohort, publish_cohort
from enrollment.services.enrollments import enroll_person
from live.services.sessions import schedule_session, start_session
from tests.accounts.factories import make_user


def sign_in(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def main() -> None:
    centre, instructor = Organization.objects.get(code="MM-URG"), User.objects.get(username="instructor")
    course, now, today = Course.objects.get(slug="tikuvchilik-asoslari"), timezone.now(), timezone.localdate()
    plan = CohortPlan(
        code=f"MEDIA-{now:%H%M%S}",
        starts_on=today,
        ends_on=today + timedelta(days=7),
        seats=30,
        language="uz",
        mode="online",
    )
    cohort = create_cohort(course=course, organization=centre, plan=plan, instructors=[], by=instructor)
    publish_cohort(cohort, by=instructor)
    learners = [make_user() for _ in range(3)]
    for learner in learners:
        assert learner.person
        enroll_person(cohort=cohort, person=learner.person, by=instructor)
    lesson = cohort.version.lessons.filter(kind=Lesson.Kind.LIVE)[0]
    session = schedule_session(
        cohort=cohort, lesson=lesson, starts_at=now, ends_at=now + timedelta(hours=1), teacher=None, by=instructor
    )
    start_session(session, by=instructor)
    cookies = [sign_in(user) for user in (instructor, *learners)]
    print(json.dumps({"path": f"/live/{session.uuid}/", "cookies": cookies, "ids": [str(u.uuid) for u in learners]}))


if __name__ == "__main__":
    main()
