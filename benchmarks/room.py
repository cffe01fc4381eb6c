"""A class that is on, with many learners."""

from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Organization, Person, User
from base.folding import fold
from courses.models import Course
from courses.services.courses import create_course
from courses.services.outline import add_lesson, add_module
from courses.services.versions import publish_version, submit_for_review
from enrollment.models import Cohort, Enrollment
from enrollment.services.cohorts import CohortPlan, create_cohort, publish_cohort
from live.models import LiveSession
from live.services.sessions import schedule_session, start_session

SLUG = "bench-live"


@transaction.atomic
def ensure_room(learners: int) -> tuple[LiveSession, list[User]]:
    """A class that is on with nobody in it, and so many users who learn in it; what is missing is made."""
    cohort = Cohort.objects.filter(course__slug=SLUG).first() or _make_cohort()
    session = cohort.live_sessions.filter(status=LiveSession.Status.LIVE).first() or _begin(cohort)
    session.visits.filter(left_at=None).update(left_at=F("seen_at"))  # of a benchmark that was broken off
    known = cohort.enrollments.count()
    people = Person.objects.bulk_create(
        Person(surname=f"Darsov{n}", given_name="Anvar", gender="male", search_key=fold(f"Darsov{n} Anvar"))
        for n in range(known, learners)
    )
    User.objects.bulk_create(User(username=f"bench-live-{person.pk}", person=person) for person in people)
    Enrollment.objects.bulk_create(
        Enrollment(person=person, cohort=cohort, organization_id=cohort.organization_id) for person in people
    )
    users = User.objects.filter(person__enrollments__cohort=cohort).order_by("pk")
    return session, list(islice(users, learners))


def _make_cohort() -> Cohort:
    names = {"uz": "Sinov akademiyasi", "en": "Academy of benchmarks"}
    academy, _made = Organization.objects.get_or_create(code="BENCH", defaults={"kind": "academy", "names": names})
    title = {"uz": "Sinov: jonli dars"}
    course: Course = create_course(provider=academy, title=title, summary=title, hours=8, slug=SLUG, by=None)
    version = course.versions.get()
    add_lesson(add_module(version, title=title, by=None), kind="live", title=title, minutes=60, by=None)
    submit_for_review(version, by=None)
    publish_version(version, by=None)
    course.refresh_from_db()
    today = timezone.localdate()
    plan = CohortPlan(code="BENCH-L", starts_on=today, ends_on=today, seats=None, language="uz")
    return publish_cohort(create_cohort(course=course, organization=academy, plan=plan, by=None), by=None)


def _begin(cohort: Cohort) -> LiveSession:
    now, lesson = timezone.now(), cohort.version.lessons.get(kind="live")
    session = schedule_session(
        cohort=cohort,
        lesson=lesson,
        starts_at=now + timedelta(minutes=1),
        ends_at=now + timedelta(hours=8),
        teacher=None,
        by=None,
    )
    return start_session(session, by=None)
