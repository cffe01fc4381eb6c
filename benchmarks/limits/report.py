"""The cells of a gradebook and a completion report as plainly as Django shows them, and as PostgreSQL copies them."""

import json
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse

from benchmarks.limits.page import MOST, Rows, select, show

COPY = """
    COPY (
        SELECT enrollment_id, lesson_id, score FROM enrollment_lessonprogress
        WHERE enrollment_id IN (SELECT id FROM enrollment_enrollment WHERE cohort_id = %s)
    ) TO STDOUT WITH (FORMAT csv, DELIMITER ';')
"""


def copy_scores(cohort: int, path: Path) -> None:
    """Write each score of a group's learners, with whose and where it is."""
    with connection.cursor() as cursor, cursor.copy(COPY, [cohort]) as rows, path.open("wb") as file:
        for block in rows:
            file.write(block)


def gradebook_view(request: HttpRequest, cohort: UUID) -> HttpResponse:
    """A page of learners with their grades, their scores in each graded lesson, and the means of the categories."""
    lessons, learners = _head(cohort, "lesson.weight > 0"), _learners(cohort)
    rows = [[*line[1:], *cells] for line, cells in _with_cells(learners, lessons, "score::text")]
    return _show(request, cohort, lessons, rows)


def completion_view(request: HttpRequest, cohort: UUID) -> HttpResponse:
    """A page of learners with how far they are, and which lessons they have done."""
    lessons, learners = _head(cohort, "true"), _learners(cohort)
    rows = [[*line[1:], *cells] for line, cells in _with_cells(learners, lessons, "completed_at IS NOT NULL")]
    return _show(request, cohort, lessons, rows)


def _head(cohort: UUID, which: str) -> Rows:
    return select(
        "SELECT lesson.id, lesson.title->>'uz', module.title->>'uz', category.title->>'uz' FROM courses_lesson lesson"
        " JOIN courses_module module ON module.id = module_id"
        " LEFT JOIN courses_gradecategory category ON category.id = category_id"
        " WHERE lesson.version_id = (SELECT version_id FROM enrollment_cohort WHERE uuid = %s)"
        f" AND {which} ORDER BY lesson.position",
        cohort,
    )


def _learners(cohort: UUID) -> Rows:
    rows = select(
        "SELECT enrollment.id, enrollment.uuid, surname, given_name, patronymic, status, progress, attendance, grade,"
        " category_grades FROM enrollment_enrollment enrollment JOIN accounts_person person ON person.id = person_id"
        " WHERE cohort_id = (SELECT id FROM enrollment_cohort WHERE uuid = %s) AND status <> 'withdrawn'"
        " ORDER BY search_key, enrollment.id LIMIT %s",
        *(cohort, MOST),
    )
    return [(*row[:-1], *json.loads(row[-1]).values()) for row in rows]


def _with_cells(learners: Rows, lessons: Rows, cell: str) -> list[tuple[tuple[object, ...], list[object]]]:
    places = {pk: n for n, (pk, *_titles) in enumerate(lessons)}
    cells: dict[int, list[object]] = {line[0]: [""] * len(lessons) for line in learners}
    query = f"SELECT enrollment_id, lesson_id, {cell} FROM enrollment_lessonprogress WHERE enrollment_id = ANY(%s)"
    for enrollment, lesson, shown in select(query, [*cells]):
        cells[enrollment][places[lesson]] = shown
    return [(line, cells[line[0]]) for line in learners]


def _show(request: HttpRequest, cohort: UUID, lessons: Rows, rows: list[list[object]]) -> HttpResponse:
    """The lessons to choose from and as headings, the rows, and how many there are."""
    [(count,)] = select(
        "SELECT count(*) FROM (SELECT 1 FROM enrollment_enrollment WHERE status <> 'withdrawn'"
        " AND cohort_id = (SELECT id FROM enrollment_cohort WHERE uuid = %s) LIMIT 1001) found",
        cohort,
    )
    choices = [[(pk, title) for pk, title, *_groups in lessons]]
    return show(request, "rows", rows=[*zip(*lessons, strict=True), *rows], choices=choices, count=count)
