from concurrent.futures import ThreadPoolExecutor
from datetime import date as day
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from PIL import Image

from accounts.models import AuditEvent, User
from base.errors import IllegalMove, InvalidInput
from base.models import Notice, Upload
from base.services.uploads import add_part, start_upload
from courses.models import Lesson
from courses.queries import assignment_rules_of
from enrollment.models import Cohort, Enrollment
from learning.models import LessonDate, Submission, Work, WorkFile, WorkMove
from learning.queries.deadlines import days_late, due_at_for
from learning.services.attempts import LearningEnded
from learning.services.release import LessonLocked, NothingDue, extend_due, set_dates
from learning.services.works import (
    NoSubmissionLeft,
    NothingToHandIn,
    TooManyFiles,
    WorkClosed,
    WorkLate,
    add_file,
    add_upload,
    hand_in,
    lock_work,
    move,
    remove_file,
    return_work,
    save_text,
)
from tests.learning.factories import lesson_of, make_assigned, make_learning, photo

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7"


def pdf(name: str = "ish.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


@pytest.fixture
def enrollment(learner: User) -> Enrollment:
    return make_assigned(user=learner)


@pytest.fixture
def task(enrollment: Enrollment) -> Lesson:
    return lesson_of(enrollment, "assignment")


def submit(enrollment: Enrollment, by: User, text: str = "Mana") -> Submission:
    return hand_in(enrollment, lesson_of(enrollment, "assignment"), text=text, by=by)


def dated(enrollment: Enrollment, *, opens: float | None = None, due: float | None = None) -> LessonDate:
    """Let an assignment open and be due so many days from now."""
    now, moments = timezone.now(), {"opens_at": opens, "due_at": due}
    fields = {name: None if days is None else now + timedelta(days=days) for name, days in moments.items()}
    return LessonDate.objects.create(cohort=enrollment.cohort, lesson=lesson_of(enrollment, "assignment"), **fields)


def test_work_is_kept_as_it_comes_and_handed_in_once(enrollment: Enrollment, task: Lesson, learner: User) -> None:
    save_text(enrollment, task, text="Boshlandi\0")
    saved_at = save_text(enrollment, task, text="Boshlandi").saved_at
    file = add_file(enrollment, task, file=pdf())
    assert add_file(enrollment, task, file=pdf()) == file
    first = hand_in(enrollment, task, text="Tayyor", by=learner)
    again = hand_in(enrollment, task, text="Boshqa", by=learner)
    work = Work.objects.get()
    assert (work.status, work.last, work.text) == ("submitted", first, "Tayyor")
    assert (again, first.text, list(first.files.all()), first.days_late) == (first, "Tayyor", [file], 0)
    assert saved_at
    assert WorkMove.objects.get().to_status == "submitted"
    assert AuditEvent.objects.get(action="work.submitted").actor == learner


def test_nothing_is_handed_in_where_there_is_nothing(enrollment: Enrollment, task: Lesson, learner: User) -> None:
    with pytest.raises(NothingToHandIn):
        hand_in(enrollment, task, text="  ", by=learner)
    assert Work.objects.count() == 0


def test_what_is_handed_in_stays_until_it_is_handed_back(
    enrollment: Enrollment, task: Lesson, learner: User, instructor: User
) -> None:
    file = add_file(enrollment, task, file=pdf())
    first = submit(enrollment, learner, "Bir")
    for refused in (
        lambda: save_text(enrollment, task, text="Ikki"),
        lambda: add_file(enrollment, task, file=pdf("b.pdf")),
        lambda: remove_file(file),
    ):
        with pytest.raises(WorkClosed):
            refused()
    with pytest.raises(InvalidInput):
        return_work(first.work, words=" ", by=instructor)
    for _n in range(2):
        return_work(first.work, words="Yana koʻring", by=instructor)
    assert Notice.objects.get(kind="work-returned").user == learner
    remove_file(file)
    remove_file(file)
    second = submit(enrollment, learner, "Ikki")
    assert (second.number, second.text, list(second.files.all())) == (2, "Ikki", [])
    assert (first.text, list(first.files.all())) == ("Bir", [file])
    assert [one.to_status for one in WorkMove.objects.all()] == ["submitted", "returned", "submitted"]


def test_a_file_of_a_draft_that_is_removed_is_gone(enrollment: Enrollment, task: Lesson) -> None:
    remove_file(add_file(enrollment, task, file=pdf()))
    assert not WorkFile.objects.exists()


def test_work_is_handed_back_as_often_as_there_are_attempts(learner: User, instructor: User) -> None:
    enrollment = make_assigned(user=learner, max_attempts=1)
    work = submit(enrollment, learner).work
    with pytest.raises(NoSubmissionLeft):
        return_work(work, words="Yana", by=instructor)


def test_only_legal_moves(enrollment: Enrollment, task: Lesson, learner: User, instructor: User) -> None:
    work = save_text(enrollment, task, text="Bir")
    with pytest.raises(IllegalMove):
        return_work(work, words="Yana", by=instructor)
    with pytest.raises(IllegalMove):
        move(lock_work(work), "marked", by=instructor)


def test_whoever_no_longer_learns_hands_in_nothing(enrollment: Enrollment, task: Lesson, learner: User) -> None:
    work = submit(enrollment, learner).work
    Enrollment.objects.update(status="completed")
    with pytest.raises(LearningEnded):
        return_work(work, words="Yana", by=learner)
    Work.objects.update(status="returned")
    for refused in (lambda: save_text(enrollment, task, text="x"), lambda: submit(enrollment, learner, "x")):
        with pytest.raises(LearningEnded):
            refused()


def test_only_what_the_rules_take(learner: User) -> None:
    files_only = make_assigned(user=learner, takes_text=False, most_files=1, kinds=["picture"])
    task = lesson_of(files_only, "assignment")
    for refused in (lambda: save_text(files_only, task, text="x"), lambda: add_file(files_only, task, file=pdf())):
        with pytest.raises(InvalidInput):
            refused()
    add_file(files_only, task, file=photo())
    with pytest.raises(TooManyFiles):
        add_file(files_only, task, file=photo(name="b.jpg"))
    with pytest.raises(InvalidInput):
        save_text(make_learning(user=learner), lesson_of(make_learning(user=learner), "page"), text="x")


def test_a_photo_is_made_anew_and_its_name_tells_nothing(enrollment: Enrollment, task: Lesson) -> None:
    kept = add_file(enrollment, task, file=photo())
    with Image.open(kept.file) as image:
        assert (image.size, len(image.getexif())) == ((20, 40), 0)
    assert "Karimov" not in (kept.file.name or "")
    assert (kept.name, kept.kind) == ("20260101_Karimov.jpg", "picture")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", b"\xff\xd8\xff" + b"\0" * 50),
        ("a.png", b"\x89PNG\r\n\x1a\n<script>"),
        ("a.jpg", PDF),
        ("a.pdf", b"<html>"),
        ("a.svg", b"<svg/>"),
        ("a.pdf.exe", b"MZ"),
    ],
)
def test_hostile_files_are_refused(enrollment: Enrollment, task: Lesson, name: str, data: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_file(enrollment, task, file=SimpleUploadedFile(name, data))
    assert refused.value.field == "file"
    assert not WorkFile.objects.exists()


def test_a_file_that_came_in_parts_is_taken_once(enrollment: Enrollment, task: Lesson, learner: User) -> None:
    upload = start_upload(learner, target="x", name="ish.pdf", size=len(PDF))
    for offset in (0, 4):
        upload = add_part(upload, offset=offset, data=PDF[offset : offset + 4])
    kept = add_upload(enrollment, task, upload=upload)
    assert (kept.file.read(), kept.name, kept.size) == (PDF, "ish.pdf", 8)
    assert not Upload.objects.exists()


def test_a_file_that_came_in_parts_and_is_not_what_it_says_is_refused(
    enrollment: Enrollment, task: Lesson, learner: User
) -> None:
    upload = add_part(start_upload(learner, target="x", name="ish.pdf", size=4), offset=0, data=b"MZ\0\0")
    with pytest.raises(InvalidInput):
        add_upload(enrollment, task, upload=upload)
    assert Upload.objects.exists()


# --- When it is due -------------------------------------------------------------------------------
def due(enrollment: Enrollment) -> datetime | None:
    task = lesson_of(enrollment, "assignment")
    return due_at_for(enrollment, task, assignment_rules_of(task))


def test_it_is_due_by_an_extension_else_by_the_group_else_by_the_rules(learner: User, instructor: User) -> None:
    enrollment = make_assigned(user=learner, due_days=7)
    begun = enrollment.enrolled_at
    by_oneself = due(enrollment)
    assert by_oneself
    assert timezone.localdate(by_oneself) == timezone.localdate(begun) + timedelta(days=7)
    Cohort.objects.filter(pk=enrollment.cohort_id).update(starts_on=day(2026, 3, 2))
    enrollment = Enrollment.objects.select_related("cohort").get(pk=enrollment.pk)
    assert timezone.localtime(due(enrollment)).isoformat() == "2026-03-09T23:59:00+05:00"
    group = dated(enrollment, due=3)
    assert due(enrollment) == group.due_at
    task, later = lesson_of(enrollment, "assignment"), timezone.now() + timedelta(days=5)
    extend_due(enrollment, task, due_at=later, reason="Kasal", by=instructor)
    assert due(enrollment) == later
    extend_due(enrollment, task, due_at=None, reason="Sogʻaydi", by=instructor)
    assert due(enrollment) == group.due_at


def test_what_is_due_by_its_rules_may_be_extended_too(learner: User, instructor: User) -> None:
    later = timezone.now() + timedelta(days=5)
    for days in (7, None):
        enrollment = make_assigned(user=learner, due_days=days)
        task = lesson_of(enrollment, "assignment")
        if days is None:
            with pytest.raises(NothingDue):
                extend_due(enrollment, task, due_at=later, reason="Kasal", by=instructor)
        else:
            extend_due(enrollment, task, due_at=later, reason="Kasal", by=instructor)
            assert due(enrollment) == later


def test_days_late_are_days_begun() -> None:
    now = timezone.now()
    ends = [timedelta(0), timedelta(seconds=1), timedelta(hours=23), timedelta(days=1, seconds=1)]
    assert [days_late(now + late, now) for late in ends] == [0, 1, 1, 2]
    assert days_late(now, None) == 0


def test_late_work_is_refused_where_the_rules_say_so(learner: User, instructor: User) -> None:
    enrollment = make_assigned(user=learner, late="refused")
    dated(enrollment, due=-1.5)
    with pytest.raises(WorkLate):
        submit(enrollment, learner)
    later = timezone.now() + timedelta(days=1)
    extend_due(enrollment, lesson_of(enrollment, "assignment"), due_at=later, reason="Kasal", by=instructor)
    assert submit(enrollment, learner).days_late == 0


def test_nothing_is_handed_in_before_it_opens(enrollment: Enrollment, learner: User) -> None:
    dated(enrollment, opens=1)
    with pytest.raises(LessonLocked):
        submit(enrollment, learner)


def test_a_later_date_makes_less_late_and_an_earlier_one_nothing(
    enrollment: Enrollment, task: Lesson, learner: User, instructor: User
) -> None:
    dated(enrollment, due=-2.5)
    submission = submit(enrollment, learner)
    assert submission.days_late == 3
    dates: list[Any] = [-1.5, -4.5]
    for days in dates:
        due_at = timezone.now() + timedelta(days=days)
        set_dates(enrollment.cohort, task, opens_at=None, due_at=due_at, by=instructor)
        submission.refresh_from_db()
        assert submission.days_late == 2
    extend_due(enrollment, task, due_at=timezone.now() + timedelta(hours=1), reason="Kasal", by=instructor)
    submission.refresh_from_db()
    assert submission.days_late == 0


def test_what_is_handed_back_is_no_later_than_it_was(enrollment: Enrollment, learner: User, instructor: User) -> None:
    date = dated(enrollment, due=1)
    return_work(submit(enrollment, learner).work, words="Yana", by=instructor)
    LessonDate.objects.filter(pk=date.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    Submission.objects.update(handed_in_at=timezone.now() - timedelta(days=1))
    assert submit(enrollment, learner, "Ikki").days_late == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_handing_in_at_once_from_two_devices_is_once(learner: User) -> None:
    enrollment = make_assigned(user=learner)
    task = lesson_of(enrollment, "assignment")

    def go(n: int) -> int:
        try:
            return hand_in(enrollment, task, text=f"Mana {n}", by=learner).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(go, range(4)))) == 1
    assert WorkMove.objects.count() == 1
