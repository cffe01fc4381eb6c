"""The gradebook of a group written as a table, which may be sent again."""

import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

from django.core.files.base import File
from django.utils.formats import get_format
from django.utils.translation import override

from accounts.models.people import full_name
from accounts.services import audit
from base.services.jobs import Work
from base.sheets import write_csv, write_workbook
from courses.models import Lesson
from enrollment import rules
from enrollment.imports.kinds.grades import OF_EVERY_GROUP, head_of
from enrollment.models import Cohort, Enrollment, LessonProgress

AT_A_TIME = 1_000
Cell = TypeVar("Cell")
FACTS = ("pk", "uuid", "person__surname", "person__given_name", "person__patronymic", "grade")


def run_gradebook(work: Work) -> None:
    """Write the gradebook that a job asks for; a worker that is killed is followed by one that begins anew."""
    params, user = work.job.params, work.job.owner
    assert user
    cohort = Cohort.objects.visible_to(user).get(uuid=params["cohort"])
    if not rules.can_teach(user, cohort):
        return  # the right was taken away meanwhile: nothing is written
    learners = cohort.enrollments.exclude(status=Enrollment.Status.WITHDRAWN)
    work.save(rows_total=learners.count())
    with override(params["language"]), tempfile.TemporaryFile() as file:
        write_gradebook(file, cohort, form=params["form"], got_on=lambda done: work.save(rows_done=done))
        audit.record("gradebook.exported", cohort, by=user, count=work.job.rows_total)
        file.seek(0)
        work.store_result(f"malaka-{cohort.code}.{params['form']}", File(file))


def write_gradebook(file: Any, cohort: Cohort, *, form: str, got_on: Callable[[int], None] = lambda done: None) -> None:
    """Write headings and lines: numbers in a workbook, texts in the reader's notation as CSV."""
    lessons = list(Lesson.objects.filter(version=cohort.version_id, weight__gt=0).defer("body"))
    who, learner, grade = (str(column.label) for column in OF_EVERY_GROUP)
    heads = [who, learner, *map(head_of, lessons), grade]
    if form == "csv":
        point = get_format("DECIMAL_SEPARATOR")
        write_csv(file, [heads], lines_of(cohort, lessons, lambda score: str(score).replace(".", point), got_on))
    else:
        write_workbook(file, [heads], lines_of(cohort, lessons, lambda score: score, got_on))


def lines_of(
    cohort: Cohort, lessons: list[Lesson], said: Callable[[Decimal], Cell], got_on: Callable[[int], None]
) -> Iterator[list[str | Cell]]:
    """The learners of a group, each with the score that counts in each lesson: two queries for a thousand."""
    place = {lesson.pk: n for n, lesson in enumerate(lessons, start=2)}
    learners = Enrollment.objects.filter(cohort=cohort).exclude(status=Enrollment.Status.WITHDRAWN)
    last, done = 0, 0
    while rows := list(learners.filter(pk__gt=last).order_by("pk").values_list(*FACTS)[:AT_A_TIME]):
        lines: dict[int, list[Any]] = {}
        for pk, uuid, surname, given_name, patronymic, grade in rows:
            mark = "" if grade is None else said(grade)
            lines[pk] = [str(uuid), full_name(surname, given_name, patronymic), *[""] * len(lessons), mark]
        last = rows[-1][0]
        scores = LessonProgress.objects.filter(enrollment__in=list(lines), lesson__in=place, score__isnull=False)
        for pk, lesson, score in scores.values_list("enrollment_id", "lesson_id", "score"):
            lines[pk][place[lesson]] = said(score)  # type: ignore[arg-type]  # those without are left out
        yield from lines.values()
        done += len(rows)
        got_on(done)
