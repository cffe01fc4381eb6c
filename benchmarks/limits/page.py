"""The rows and cells of a page as plainly as Django shows them: a query to each table, bare {{ }}, no components."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enrollment.models import Referral

Rows = list[tuple[Any, ...]]
MOST = 50  # rows of a list on a page
FRAME: Rows = [
    *((f"/i18n/{code}/", str(name)) for code, name in settings.LANGUAGES),
    *((f"/{place}/", place) for place in ("learn", "courses", "statistics", "learn", "courses", "statistics")),
    *((f"/{item}/", item) for item in ("settings", "certificates", "password", "two-step", "sign-out", "notices")),
    *((f"/{page}/", page) for page in ("about", "privacy", "verify", "statistics", "auto", "light", "dark")),
]
"""Every link and button that the frame of our pages shows to a learner: its address and its word."""


def select(query: str, *values: Any) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def show(request: HttpRequest, template: str, **values: Any) -> HttpResponse:
    """Render with what stands around every page: its links; whose it is, with which roles and how many new notices."""
    user: Any = request.user
    frame: dict[str, Any] = {"links": FRAME}
    if user.is_authenticated:
        roles = select("SELECT role FROM accounts_membership WHERE user_id = %s", user.pk)
        unread = select("SELECT id FROM base_notice WHERE user_id = %s AND read_at IS NULL LIMIT 99", user.pk)
        frame |= {"roles": roles, "unread": len(unread), "name": user.name}
    return render(request, f"limits/{template}.html", frame | values)


def outline(version: int, columns: str) -> list[tuple[str, Rows]]:
    """The modules of a version by title, each with these columns of its lessons."""
    modules = select("SELECT id, title->>'uz' FROM courses_module WHERE version_id = %s ORDER BY position", version)
    lessons: dict[int, Rows] = {pk: [] for pk, _ in modules}
    query = f"SELECT module_id, {columns} FROM courses_lesson WHERE version_id = %s ORDER BY position"
    for module, *cells in select(query, version):
        lessons[module].append(tuple(cells))
    return [(title, lessons[pk]) for pk, title in modules]


def lesson_view(request: HttpRequest, enrollment: UUID, lesson: UUID) -> HttpResponse:
    """The lesson that is read, beside every lesson of the course with how far the learner is."""
    [(pk, version, course)] = select(
        "SELECT enrollment.id, cohort.version_id, course.title->>'uz' FROM enrollment_enrollment enrollment"
        " JOIN enrollment_cohort cohort ON cohort.id = cohort_id JOIN courses_course course ON course.id = course_id"
        " WHERE enrollment.uuid = %s AND person_id = %s",
        *(enrollment, getattr(request.user, "person_id", None)),
    )
    begun: dict[int, Any] = dict(
        select("SELECT lesson_id, completed_at FROM enrollment_lessonprogress WHERE enrollment_id = %s", pk)
    )
    parts = [
        (title, [(*cells, "new" if n not in begun else "done" if begun[n] else "started") for n, *cells in lessons])
        for title, lessons in outline(version, "id, uuid, title->>'uz', required")
    ]
    [read] = select("SELECT title->>'uz', body->>'uz' FROM courses_lesson WHERE uuid = %s", lesson)
    return show(request, "lesson", course=course, parts=parts, read=read, done=len(begun))


def course_view(request: HttpRequest, slug: str) -> HttpResponse:
    """A course with every lesson of it, and what the learner has to do with it."""
    [course] = select(
        "SELECT course.title->>'uz', course.summary->>'uz', provider.names->>'uz', hours, course.language, version.id"
        " FROM courses_course course JOIN courses_courseversion version ON version.id = current_version_id"
        " JOIN accounts_organization provider ON provider.id = provider_id WHERE slug = %s",
        slug,
    )
    parts = outline(course[-1], "title->>'uz', kind, minutes")
    own = select(
        "SELECT enrollment.uuid, enrollment.status FROM enrollment_enrollment enrollment"
        " JOIN enrollment_cohort cohort ON cohort.id = cohort_id WHERE person_id = %s AND version_id = %s",
        *(getattr(request.user, "person_id", None), course[-1]),
    )
    return show(request, "course", course=course, parts=parts, own=own)


def home_view(request: HttpRequest) -> HttpResponse:
    """What a learner learns, how far, and where it goes on; where the learner is referred to."""
    person = getattr(request.user, "person_id", None)
    cards = select(
        "SELECT enrollment.uuid, course.title->>'uz', enrollment.status, progress,"
        " coalesce(lesson.title, (SELECT title FROM courses_lesson first WHERE first.version_id = cohort.version_id"
        " ORDER BY position LIMIT 1))->>'uz' FROM enrollment_enrollment enrollment"
        " JOIN enrollment_cohort cohort ON cohort.id = cohort_id JOIN courses_course course ON course.id = course_id"
        " LEFT JOIN courses_lesson lesson ON lesson.id = last_lesson_id"
        " WHERE person_id = %s AND enrollment.status <> 'withdrawn' ORDER BY enrollment.id DESC LIMIT 6",
        person,
    )
    referrals = select("SELECT uuid, status FROM enrollment_referral WHERE person_id = %s ORDER BY id DESC", person)
    return show(request, "rows", rows=[*cards, *referrals], choices=[], count=len(cards))


def catalogue_view(request: HttpRequest) -> HttpResponse:
    """A page of the published courses, and the languages to choose from."""
    rows = select(
        "SELECT slug, course.title->>'uz', course.summary->>'uz', provider.names->>'uz', hours, self_paced"
        " FROM courses_course course JOIN courses_courseversion version ON version.id = current_version_id"
        " JOIN accounts_organization provider ON provider.id = provider_id"
        " WHERE current_version_id IS NOT NULL AND retired_at IS NULL ORDER BY course.id DESC LIMIT %s",
        MOST,
    )
    [(count,)] = select(
        "SELECT count(*) FROM (SELECT 1 FROM courses_course WHERE current_version_id IS NOT NULL"
        " AND retired_at IS NULL LIMIT 1001) found"
    )
    return show(request, "rows", rows=rows, choices=[settings.LANGUAGES], count=count)


def referrals_view(request: HttpRequest) -> HttpResponse:
    """A page of the referrals to a centre, and the states and courses to choose from."""
    user: Any = request.user
    centres = list(user.standing.organizations("centre-manager"))
    rows = select(
        "SELECT referral.uuid, surname, given_name, patronymic, course.title->>'uz', mahalla.names->>'uz', status,"
        " submitted_at FROM enrollment_referral referral JOIN accounts_person person ON person.id = person_id"
        " JOIN courses_course course ON course.id = course_id JOIN accounts_mahalla mahalla ON mahalla.id = mahalla_id"
        " WHERE organization_id = ANY(%s) AND status <> 'draft' ORDER BY referral.id DESC LIMIT %s",
        *(centres, MOST),
    )
    courses = select(
        "SELECT slug, title->>'uz' FROM courses_course WHERE provider_id = ANY(%s) OR id IN"
        " (SELECT course_id FROM enrollment_cohort WHERE organization_id = ANY(%s)) ORDER BY slug",
        *(centres, centres),
    )
    [(count,)] = select(
        "SELECT count(*) FROM (SELECT 1 FROM enrollment_referral WHERE organization_id = ANY(%s)"
        " AND status <> 'draft' LIMIT 1001) found",
        centres,
    )
    return show(request, "rows", rows=rows, choices=[Referral.Status.choices, courses], count=count)
