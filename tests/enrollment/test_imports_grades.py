"""The gradebook taken away as a table and sent back."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from base.models import Job
from base.services.jobs import create_job, run_job
from courses.models import Lesson
from enrollment.models import Cohort, Enrollment, GradeChange, Import, LessonProgress
from enrollment.services.imports import start_import
from enrollment.services.progress import record_score
from tests.accounts.factories import make_person
from tests.courses.factories import make_course, make_module, make_quiz, publish
from tests.enrollment.factories import make_cohort, make_enrollment
from tests.enrollment.pages import url, words
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded(world: World) -> Cohort:
    """A group of two learners in a course of two quizzes; one of them has a score in the first."""
    version = make_course(provider=world.centre).versions.get()
    module = make_module(version)
    for _ in range(2):
        make_quiz(module, ("single",))
    publish(version)
    version.course.refresh_from_db()
    cohort = make_cohort(course=version.course)
    for surname in ("=Aliyev", "Botirov"):
        make_enrollment(cohort=cohort, person=make_person(surname=surname))
    record_score(cohort.enrollments.get(person__surname="=Aliyev"), version.lessons.all()[0], score=Decimal("66.67"))
    return cohort


def lessons_of(cohort: Cohort) -> list[Lesson]:
    return list(cohort.version.lessons.all())


def exported(cohort: Cohort, user: User, form: str = "csv") -> bytes:
    params = {"cohort": str(cohort.uuid), "form": form, "language": "uz"}
    job = create_job("gradebook", owner=user, params=params, enqueue=False)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.error
    with job.result.open() as file:
        content: bytes = file.read()
    return content


def lines_in(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def as_csv(lines: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows(lines)
    return file.getvalue().encode()


def sent(cohort: Cohort, user: User, content: bytes, *, name: str = "t.csv", apply: bool = True) -> Import:
    params = {"cohort": str(cohort.uuid), "reason": "Jurnal boʻyicha"}
    table = start_import("grades", ContentFile(content), name=name, by=user, apply=apply, params=params, enqueue=False)
    run_job(table.job_id)
    return Import.objects.get(pk=table.pk)


def counts(table: Import) -> tuple[int, int, int, int]:
    return table.rows_new, table.rows_changed, table.rows_unchanged, table.rows_wrong


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_taken_away_comes_back_unchanged(graded: Cohort, instructor: User, form: str) -> None:
    table = sent(graded, instructor, exported(graded, instructor, form), name=f"t.{form}")
    assert (table.job.status, counts(table)) == ("done", (0, 0, 2, 0))
    assert not GradeChange.objects.exists()


def test_csv_is_in_the_readers_notation_and_guarded(graded: Cohort, instructor: User) -> None:
    heads, first, second = lines_in(exported(graded, instructor))
    code = lessons_of(graded)[0].uuid.hex[:8]
    assert heads[2].endswith(f"[{code}]")
    assert (first[1].startswith("'=Aliyev"), first[2:], second[2:]) == (True, ["66,67", "", "66,67"], ["", "", ""])


def test_changed_cells_are_overridden_once(graded: Cohort, instructor: User) -> None:
    lines = lines_in(exported(graded, instructor))
    lines[1][2], lines[2][3] = "70,5", "88.005"
    checked = sent(graded, instructor, as_csv(lines), apply=False)
    assert (counts(checked), GradeChange.objects.count()) == ((1, 1, 0, 0), 0)
    assert counts(sent(graded, instructor, as_csv(lines))) == (1, 1, 0, 0)
    scores = set(LessonProgress.objects.exclude(score=None).values_list("score", flat=True))
    assert scores == {Decimal("70.5"), Decimal("88.01")}
    assert set(GradeChange.objects.values_list("reason", flat=True)) == {"Jurnal boʻyicha"}
    assert counts(sent(graded, instructor, as_csv(lines))) == (0, 0, 2, 0)
    assert GradeChange.objects.count() == 2


@pytest.mark.parametrize("cell", ["100.01", "-1", "NaN", "1e2", "٥٠", "abc", "1,2,3", "50 %", "=1+1", "9" * 400])
def test_wrong_cells_are_named_and_good_rows_written(graded: Cohort, instructor: User, cell: str) -> None:
    lines = lines_in(exported(graded, instructor))
    lines[1][2], lines[2][2] = cell, "50"
    table = sent(graded, instructor, as_csv(lines))
    problem = table.problems.get()
    assert (counts(table), problem.row, problem.code) == ((1, 0, 0, 1), 2, "score")
    assert problem.column == str(lessons_of(graded)[0].uuid)
    page = signed_in(instructor).get(url("import_detail", table.uuid))
    assert lessons_of(graded)[0].name in words(page)


def test_learners_who_are_not_the_senders_are_refused(graded: Cohort, instructor: User, world: World) -> None:
    lines = lines_in(exported(graded, instructor))
    here = make_enrollment(cohort=make_cohort(course=graded.course))
    own = make_enrollment(cohort=graded, person=instructor.person)
    left = Enrollment.objects.get(uuid=lines[2][0])
    Enrollment.objects.filter(pk=left.pk).update(status="withdrawn")
    elsewhere = make_enrollment()
    ids = [str(one.uuid) for one in (here, own, left, elsewhere)]
    lines = [lines[0], *([one, "", "50", "50", ""] for one in [*ids, "nonsense", ids[0]])]
    table = sent(graded, instructor, as_csv(lines))
    codes = list(table.problems.order_by("row").values_list("code", flat=True))
    assert codes[:5] == ["other-group", "not-allowed", "enrollment-withdrawn", "unknown", "unknown"]
    assert not GradeChange.objects.exists()


def test_a_row_that_comes_twice_is_refused(graded: Cohort, instructor: User) -> None:
    lines = lines_in(exported(graded, instructor))
    table = sent(graded, instructor, as_csv([*lines, lines[1]]))
    assert (counts(table), table.problems.get().code) == ((0, 0, 2, 1), "twice-in-file")


def test_a_lesson_of_another_version_is_refused(graded: Cohort, instructor: User, in_english: None) -> None:
    lines = lines_in(exported(graded, instructor))
    lines[0][2] = "1. Test [00000000]"
    table = sent(graded, instructor, as_csv(lines))
    assert table.job.status == "failed"
    assert "“1. Test [00000000]” is of another version" in table.job.why


def test_pages_take_it_away_and_send_it_back(graded: Cohort, instructor: User, centre_manager: User) -> None:
    client = signed_in(instructor)
    assert client.post(url("gradebook_export", graded.uuid), {"form": "csv"}).status_code == 302
    assert Job.objects.get(kind="gradebook").params["form"] == "csv"
    page = url("gradebook_send", graded.uuid)
    assert page in words(client.get(url("gradebook", graded.uuid)))
    file = SimpleUploadedFile("t.csv", exported(graded, instructor))
    assert client.post(page, {"file": file}).status_code == 422
    file.seek(0)
    answer = client.post(page, {"file": file, "reason": "Jurnal"})
    assert answer.headers["Location"] == url("import_detail", Import.objects.get().uuid)
    assert client.get(answer.headers["Location"]).status_code == 200
    everything = signed_in(centre_manager).get(url("import_list")).context["form"]
    assert "grades" not in dict(everything.fields["kind"].choices)
