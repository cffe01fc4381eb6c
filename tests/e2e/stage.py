"""A small course and a group of the demo's mono-centre, for a journey of minutes: `python -m tests.e2e.stage`.

Runs on the site's own database and prints the group's and the course's addresses as JSON.
"""

import json
from datetime import timedelta
from decimal import Decimal

import django

if __name__ == "__main__":
    django.setup()

from django.utils import timezone  # Django has to be set up first

from accounts.models import Organization, User
from courses.models import Course
from courses.services.bank import add_question
from courses.services.courses import create_course
from courses.services.outline import LessonFields, add_lesson, add_module
from courses.services.quizzes import add_item
from courses.services.versions import publish_version, submit_for_review
from enrollment.models import Meeting
from enrollment.services.cohorts import CohortPlan, create_cohort, publish_cohort
from enrollment.services.meetings import cancel_meeting

LESSONS: dict[str, LessonFields] = {
    "page": {"title": {"en": "What a hem is"}, "body": {"en": "<p>A folded edge, sewn down.</p>"}, "minutes": 5},
    "quiz": {"title": {"en": "Quiz: hems"}, "weight": Decimal(1), "pass_score": Decimal(60), "minutes": 5},
    "on-site": {"title": {"en": "Workshop: hems"}, "body": {"en": "<p>Bring a pair of trousers.</p>"}, "minutes": 60},
    "live": {"title": {"en": "Live: your questions"}, "body": {"en": "<p>Ask.</p>"}, "minutes": 1},
}
CHOICES = [
    {"text": {"en": "Folded twice"}, "correct": True},
    {"text": {"en": "Cut and left"}, "correct": False},
]


def make_course(centre: Organization, by: User) -> Course:
    course = create_course(
        provider=centre,
        title={"en": "Hems in a day"},
        summary={"en": "One seam, one workshop, one talk."},
        hours=2,
        slug="hems-in-a-day",
        min_grade=Decimal(60),
        min_attendance=Decimal("0.75"),
        by=by,
    )
    draft = course.versions.get()
    module = add_module(draft, title={"en": "Hems"}, by=by)
    lessons = {kind: add_lesson(module, kind=kind, by=by, **fields) for kind, fields in LESSONS.items()}
    single = add_question(
        centre, kind="single", content={"text": {"en": "How is a hem made?"}, "choices": CHOICES}, by=by
    )
    numeric = add_question(
        centre,
        kind="numeric",
        content={"text": {"en": "How many times is it folded?"}, "answers": [{"number": "2"}]},
        by=by,
    )
    for question in (single, numeric):
        add_item(lessons["quiz"], question=question, by=by)
    submit_for_review(draft, by=by)
    publish_version(draft, by=by)
    course.refresh_from_db()
    return course


def free_the_day(instructor: User) -> None:
    """Call off what else the instructor teaches now, so that the hour at which a journey is made does not matter."""
    now = timezone.now()
    near = Meeting.objects.filter(starts_at__lt=now + timedelta(days=1), ends_at__gt=now, cancelled_at=None)
    for meeting in near.filter(instructor=instructor, live_uuid=None):
        cancel_meeting(meeting, reason="Another class", by=instructor)


def main() -> None:
    centre, instructor = Organization.objects.get(code="MM-URG"), User.objects.get(username="instructor")
    course, today = make_course(centre, instructor), timezone.localdate()
    plan = CohortPlan(
        code="HEMS-1",
        starts_on=today,
        ends_on=today + timedelta(days=7),
        seats=2,
        language="uz",
        mode="blended",
        venue="Urgut",
    )
    cohort = create_cohort(course=course, organization=centre, plan=plan, instructors=[instructor], by=instructor)
    publish_cohort(cohort, by=instructor)
    free_the_day(instructor)
    print(json.dumps({"course": course.slug, "cohort": str(cohort.uuid)}))


if __name__ == "__main__":
    main()
