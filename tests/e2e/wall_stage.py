"""A group of the demo's mono-centre with one learner and a class that is on now: `python -m tests.e2e.wall_stage`.

Runs on the site's own database, whatever the hour, and prints the group's address as JSON.
"""

import json
from datetime import timedelta

import django

if __name__ == "__main__":
    django.setup()

from django.utils import timezone  # Django has to be set up first

from accounts.models import Organization, User
from courses.models import Course, Lesson
from enrollment.queries.clashes import MeetingPlan
from enrollment.services.cohorts import CohortPlan, create_cohort, publish_cohort
from enrollment.services.enrollments import enroll_person
from enrollment.services.meetings import plan_meeting


def main() -> None:
    centre, instructor = Organization.objects.get(code="MM-URG"), User.objects.get(username="instructor")
    learner = User.objects.select_related("person").get(username="learner")
    assert learner.person
    course, now = Course.objects.get(slug="tikuvchilik-asoslari"), timezone.now()
    today = timezone.localdate()
    plan = CohortPlan(
        code="WALL-1", starts_on=today, ends_on=today + timedelta(days=7), seats=1, language="uz", mode="on-site"
    )
    cohort = create_cohort(course=course, organization=centre, plan=plan, instructors=[instructor], by=instructor)
    publish_cohort(cohort, by=instructor)
    enroll_person(cohort=cohort, person=learner.person, by=instructor)
    lesson = cohort.version.lessons.filter(kind=Lesson.Kind.ON_SITE).first()
    meeting = MeetingPlan(starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1), lesson=lesson)
    plan_meeting(cohort, meeting, by=instructor)
    print(json.dumps({"cohort": str(cohort.uuid)}))


if __name__ == "__main__":
    main()
