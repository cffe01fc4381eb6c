"""The gradebook and the completion report of a large group, and its table as CSV; the limits show and copy the same."""

import io
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Membership, Organization, Person, User
from base.folding import fold
from benchmarks.limits import report as limit
from benchmarks.measuring import CpuClock, Result, compare, service_roots
from benchmarks.serving import cookie_of, running_server
from courses.models import Course, Lesson
from courses.services.courses import create_course
from courses.services.grade_categories import CategoryFields, add_category, categorize
from courses.services.outline import add_lesson, add_module
from courses.services.versions import publish_version, submit_for_review
from enrollment.imports.gradebook import write_gradebook
from enrollment.models import Cohort, Enrollment
from enrollment.services.cohorts import CohortPlan, create_cohort, publish_cohort

SLUG, TEACHER = "bench-graded", "bench-teacher"
LEARNERS, CATEGORIES, LESSONS = 5_000, 5, 20
CELLS = LEARNERS * CATEGORIES * LESSONS
REQUESTS_IN_A_ROUND = 20


def results() -> Iterator[Result]:
    cohort, teacher = ensure_group()
    folder = Path(settings.VAR_DIR)
    copied = folder / "bench-copied.csv"
    ours, theirs = partial(_write, cohort), partial(limit.copy_scores, cohort.pk, copied)
    clock = CpuClock(**service_roots())
    yield compare("report, CSV of all cells", ours=ours, limit=theirs, at_most=6.0, clock=clock, rows=CELLS)
    connection.close()
    headers = cookie_of(teacher)
    with running_server() as server:
        for name, path in (("gradebook", "gradebook"), ("completion report", "completion")):
            yield compare(
                f"report, {name}",
                ours=partial(server.get, f"/cohorts/{cohort.uuid}/{path}/", headers),
                limit=partial(server.get, f"/limits/report/{path}/{cohort.uuid}/", headers),
                at_most=2.5,
                clock=server.clock,
                least=REQUESTS_IN_A_ROUND,
                rows=CELLS,
            )


def _write(cohort: Cohort) -> int:
    file = io.BytesIO()
    write_gradebook(file, cohort, form="csv")
    return file.tell()


@transaction.atomic
def ensure_group(learners: int = LEARNERS) -> tuple[Cohort, User]:
    """A group whose learners have a score in each graded lesson, and who teaches it; made unless it is there."""
    if not Course.objects.filter(slug=SLUG).exists():
        academy = Organization.objects.create(kind="academy", code="BENCH", names={"uz": "Sinov akademiyasi"})
        teacher = User.objects.create(username=TEACHER)
        Membership.objects.create(user=teacher, role=Membership.Role.INSTRUCTOR, organization=academy)
        _fill(_make_course(academy), learners)
    return Cohort.objects.get(course__slug=SLUG), User.objects.get(username=TEACHER)


def _make_course(academy: Organization) -> Course:
    course = create_course(provider=academy, title={"uz": "Sinov kursi"}, summary={}, hours=72, slug=SLUG, by=None)
    version = course.versions.get()
    for n in range(1, CATEGORIES + 1):
        module = add_module(version, title={"uz": f"{n}-boʻlim"}, by=None)
        category = add_category(version, CategoryFields({"uz": f"{n}-toifa"}, Decimal(20)), by=None)
        for m in range(1, LESSONS + 1):
            title = {"uz": f"{n}.{m}-amaliy ish"}
            lesson = add_lesson(module, kind="on-site", title=title, minutes=30, weight=Decimal(1), by=None)
            categorize(version, {lesson: category}, by=None)
    Lesson.objects.filter(version=version).update(pass_score=56)
    submit_for_review(version, by=None)
    publish_version(version, by=None)
    course.refresh_from_db()
    return course


def _fill(course: Course, learners: int) -> None:
    plan = CohortPlan(
        code="BENCH-1", starts_on=timezone.localdate(), ends_on=timezone.localdate(), seats=None, language="uz"
    )
    cohort = publish_cohort(create_cohort(course=course, organization=course.provider, plan=plan, by=None), by=None)
    names = [f"Sinovov{n:04} Anvar Botir oʻgʻli".split(" ", 2) for n in range(learners)]
    people = Person.objects.bulk_create(
        Person(surname=one[0], given_name=one[1], patronymic=one[2], search_key=fold(" ".join(one))) for one in names
    )
    means = {str(category.pk): "75.50" for category in cohort.version.categories.all()}
    Enrollment.objects.bulk_create(
        Enrollment(
            person=person,
            cohort=cohort,
            organization_id=cohort.organization_id,
            grade="75.50",
            category_grades=means,
            progress=1,
        )
        for person in people
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO enrollment_lessonprogress (enrollment_id, lesson_id, opened_at, completed_at, score,"
            " hand_score, minutes, position, by_hand, evidence)"
            " SELECT enrollment.id, lesson.id, now(), now(), score, score, 30, 0, true, ''"
            " FROM enrollment_enrollment enrollment JOIN courses_lesson lesson ON lesson.version_id = %s,"
            " LATERAL (SELECT ((enrollment.id * 37 + lesson.id * 101) %% 8001 + 2000) / 100.0 AS score) given"
            " WHERE enrollment.cohort_id = %s",
            [cohort.version_id, cohort.pk],
        )
        cursor.execute("ANALYZE enrollment_lessonprogress")
        cursor.execute("ANALYZE enrollment_enrollment")
        cursor.execute("ANALYZE accounts_person")
