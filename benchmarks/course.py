"""What the country lacks for measuring pages: a course of 300 lessons that 5,000 learn, and a full catalogue."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, Person, User
from base.folding import fold
from courses.models import Course, Lesson
from courses.services.courses import create_course
from courses.services.outline import add_lesson, add_module
from courses.services.versions import publish_version, submit_for_review
from enrollment.models import Enrollment, LessonProgress
from enrollment.services.cohorts import standing_cohort
from enrollment.services.enrollments import enroll_self

MODULES, LESSONS_OF_A_MODULE = 30, 10
LEARNERS = 5_000
CATALOGUE = 60  # more than a page of it
OTHER_COURSES = 5
SLUG = "bench-course"
TEXT = {"uz": "<p>Ishni boshlashdan oldin asbob va ish joyi tekshiriladi, nosozlik boʻlsa ustaga aytiladi.</p>" * 12}


@transaction.atomic
def ensure_course() -> tuple[User, Enrollment]:
    """Make them unless they are there; returns a learner half-way through, and what this learner learns."""
    if not Course.objects.filter(slug=SLUG).exists():
        academy = Organization.objects.get(code="SYN-A")
        course = _make_course(academy, "Bench", SLUG, MODULES, LESSONS_OF_A_MODULE)
        others = [_make_course(academy, f"Bench {n}", f"{SLUG}-{n}", 1, 2) for n in range(CATALOGUE)]
        _fill(course, others[:OTHER_COURSES])
    learner = User.objects.get(username="bench-learner")
    return learner, Enrollment.objects.get(person=learner.person, cohort__course__slug=SLUG)


def _make_course(provider: Organization, name: str, slug: str, modules: int, lessons: int) -> Course:
    course = create_course(
        provider=provider,
        title={"uz": f"{name}: elektron hujjat aylanishi", "en": f"{name}: electronic documents"},
        summary={"uz": "Hujjat qanday yaratiladi, kelishiladi, imzolanadi va saqlanadi.", "en": "Documents."},
        hours=72,
        slug=slug,
        self_paced=True,
        by=None,
    )
    version = course.versions.get()
    for n in range(1, modules + 1):
        module = add_module(version, title={"uz": f"{n}-boʻlim: hujjatning yoʻli"}, by=None)
        for m in range(1, lessons + 1):
            title = {"uz": f"{n}.{m}-dars: imzo va “kelishuv”", "en": f"Lesson {n}.{m}"}
            add_lesson(module, kind="page", title=title, body=TEXT, minutes=30, by=None)
    submit_for_review(version, by=None)
    publish_version(version, by=None)
    course.refresh_from_db()
    return course


def _fill(course: Course, others: list[Course]) -> None:
    """Let many learn a course; the first of them is half-way through it, and learns the others too."""
    people = Person.objects.bulk_create(
        Person(surname=f"Sinovov{n}", given_name="Anvar", gender="male", search_key=fold(f"Sinovov{n} Anvar"))
        for n in range(LEARNERS)
    )
    cohort = standing_cohort(course)
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(person=person, cohort=cohort, organization_id=cohort.organization_id) for person in people
    )
    learner = User.objects.create(username="bench-learner", person=people[0])
    for other in others:
        enroll_self(cohort=standing_cohort(other), user=learner)
    lessons = list(Lesson.objects.filter(version=course.current_version))
    done = lessons[: len(lessons) // 2]
    now = timezone.now()
    LessonProgress.objects.bulk_create(_done(enrollments[0], lesson, now) for lesson in done)
    Enrollment.objects.filter(pk=enrollments[0].pk).update(progress=0.5, last_lesson=done[-1])


def _done(enrollment: Enrollment, lesson: Lesson, at: datetime) -> LessonProgress:
    return LessonProgress(enrollment=enrollment, lesson=lesson, opened_at=at, completed_at=at)
