from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import AuditEvent, User
from base.errors import DomainError, IllegalMove, InvalidInput
from base.models import Notice
from courses.models import Criterion
from enrollment.models import Enrollment, LessonProgress
from enrollment.services.progress import OwnGrade
from learning.models import Mark, Submission, Work
from learning.queries.work_marking import marked_work
from learning.services.attempts import LearningEnded
from learning.services.marking import (
    MarkedMeanwhile,
    NothingDiffers,
    ResultStands,
    finish_mark,
    keep_mark,
    settle_marks,
)
from learning.services.works import WorkClosed, begin_sitting, hand_in, return_work
from tests.courses.factories import make_course, make_marked, make_module, publish
from tests.learning.factories import lesson_of, make_assigned, make_learning
from tests.personas import World

pytestmark = pytest.mark.django_db


def handed_in(user: User, world: World, **rules: object) -> Submission:
    enrollment = make_assigned(user=user, provider=world.centre, **rules)
    return hand_in(enrollment, lesson_of(enrollment, "assignment"), text="Mana", by=user)


def levels(submission: Submission, *given: int) -> dict[str, int]:
    criteria = submission.work.lesson.criteria.all()
    return {str(one.pk): level for one, level in zip(criteria, given, strict=False)}


def give(submission: Submission, *given: int, by: User, seen: int | None = None, comment: str = "") -> Mark:
    return finish_mark(submission, reached=levels(submission, *given), comment=comment, seen=seen, by=by)


def work_of(submission: Submission) -> Work:
    return Work.objects.get(pk=submission.work_id)


def test_one_mark_makes_the_result(learner: User, instructor: User, world: World) -> None:
    submission = handed_in(learner, world)
    give(submission, 2, 1, by=instructor, comment="Yaxshi")
    work = work_of(submission)
    assert (work.status, work.score) == ("marked", Decimal(75))
    progress = LessonProgress.objects.get()
    assert (progress.score, bool(progress.completed_at)) == (Decimal(75), True)
    assert Notice.objects.get(kind="work-marked").user == learner
    assert AuditEvent.objects.filter(action__in=["work.graded", "work.marked"], actor=instructor).count() == 2


def test_lateness_takes_its_share(learner: User, instructor: User, world: World) -> None:
    submission = handed_in(learner, world, late="reduced", late_percent=20)
    Submission.objects.update(days_late=1)
    give(submission, 2, 2, by=instructor)
    assert work_of(submission).score == 80
    assert LessonProgress.objects.get().score == 80


def test_a_mark_that_is_not_finished_does_not_count(learner: User, instructor: User, world: World) -> None:
    submission = handed_in(learner, world)
    for n in range(2):
        keep_mark(submission, reached=levels(submission, n), comment="Hali", by=instructor)
    assert (work_of(submission).status, Mark.objects.get().reached) == ("submitted", levels(submission, 1))
    with pytest.raises(InvalidInput) as refused:
        give(submission, 1, by=instructor)
    assert (refused.value.field or "").startswith("c-")
    give(submission, 1, 1, by=instructor)
    assert (Mark.objects.get().place, work_of(submission).score) == (1, Decimal(50))
    with pytest.raises(MarkedMeanwhile):
        keep_mark(submission, reached={}, comment="", by=instructor)


@pytest.mark.parametrize("reached", [{"0": 1}, {"x": 0}])
def test_levels_that_there_are_not_are_refused(
    learner: User, instructor: User, world: World, reached: dict[str, int]
) -> None:
    submission = handed_in(learner, world)
    for wrong in (reached, levels(submission, 3), levels(submission, -1)):
        with pytest.raises(InvalidInput):
            finish_mark(submission, reached=wrong, comment="", by=instructor)


def test_nobody_marks_their_own_or_what_is_not_there(learner: User, instructor: User, world: World) -> None:
    submission = handed_in(learner, world)
    with pytest.raises(OwnGrade):
        give(submission, 1, 1, by=learner)
    return_work(submission.work, words="Yana", by=instructor)
    with pytest.raises(IllegalMove):
        give(submission, 1, 1, by=instructor)
    hand_in(submission.work.enrollment, submission.work.lesson, by=learner)
    with pytest.raises(IllegalMove):
        give(submission, 1, 1, by=instructor)


def test_another_replaces_a_mark_only_after_looking_at_it(
    learner: User, instructor: User, centre_manager: User, world: World
) -> None:
    submission = handed_in(learner, world)
    first = give(submission, 1, 1, by=instructor)
    with pytest.raises(MarkedMeanwhile):
        give(submission, 2, 2, by=centre_manager)
    give(submission, 2, 2, by=centre_manager, seen=first.revision)
    with pytest.raises(MarkedMeanwhile):
        give(submission, 0, 0, by=instructor, seen=first.revision)
    mark = Mark.objects.get()
    assert (mark.marker, work_of(submission).score) == (centre_manager, Decimal(100))
    assert Notice.objects.filter(kind="work-marked").count() == 1


def test_files_answer_the_learner(learner: User, instructor: User, world: World) -> None:
    submission = handed_in(learner, world)
    files = [SimpleUploadedFile("izoh.pdf", b"%PDF-1.7")]
    mark = finish_mark(submission, reached=levels(submission, 1, 1), comment="", files=files, by=instructor)
    assert mark.files.get().name == "izoh.pdf"
    bad = [SimpleUploadedFile("izoh.pdf.exe", b"MZ")]
    with pytest.raises(InvalidInput):
        finish_mark(submission, reached=levels(submission, 1, 1), comment="", files=bad, by=instructor)


# --- Two people -----------------------------------------------------------------------------------
def test_the_mean_of_two_that_agree_counts(learner: User, instructor: User, centre_manager: User, world: World) -> None:
    submission = handed_in(learner, world, double=True, tolerance=25)
    give(submission, 2, 2, by=instructor)
    assert (work_of(submission).status, work_of(submission).score) == ("submitted", None)
    second = marked_work(work_of(submission), centre_manager)
    assert (second.shown_marks, second.own, second.can_mark) == ([], None, True)
    give(submission, 2, 1, by=centre_manager)
    assert (work_of(submission).status, work_of(submission).score) == ("marked", Decimal("87.5"))
    with pytest.raises(ResultStands):
        give(submission, 0, 0, by=instructor)


def test_what_lies_too_far_apart_is_settled_with_a_reason(
    learner: User, instructor: User, centre_manager: User, world: World
) -> None:
    submission = handed_in(learner, world, double=True, tolerance=10)
    give(submission, 2, 2, by=instructor)
    with pytest.raises(NothingDiffers):
        settle_marks(submission, reached=levels(submission, 1, 1), reason="x", by=instructor)
    give(submission, 0, 1, by=centre_manager)
    assert (work_of(submission).status, work_of(submission).differs) == ("submitted", True)
    assert len(marked_work(work_of(submission), instructor).shown_marks) == 2
    with pytest.raises(InvalidInput):
        settle_marks(submission, reached=levels(submission, 1, 1), reason=" ", by=instructor)
    settled = settle_marks(submission, reached=levels(submission, 2, 1), reason="Birga koʻrdik", by=instructor)
    assert (work_of(submission).status, work_of(submission).score) == ("marked", Decimal(75))
    assert not work_of(submission).differs
    with pytest.raises(MarkedMeanwhile):
        settle_marks(submission, reached=levels(submission, 0, 0), reason="x", by=centre_manager)
    settle_marks(submission, reached=levels(submission, 1, 1), reason="Xato", by=centre_manager, seen=settled.revision)
    assert work_of(submission).score == 50
    assert LessonProgress.objects.get().score == 50


def test_a_third_person_does_not_mark(
    learner: User, instructor: User, centre_manager: User, assistant: User, world: World
) -> None:
    submission = handed_in(learner, world, double=True, tolerance=100)
    keep_mark(submission, reached={}, comment="Boshladim", by=assistant)
    give(submission, 2, 2, by=instructor)
    give(submission, 2, 2, by=centre_manager)
    with pytest.raises(ResultStands):
        give(submission, 0, 0, by=assistant)


# --- At the bench ---------------------------------------------------------------------------------
@pytest.fixture
def bench(learner: User, world: World) -> Enrollment:
    """A checklist of two items, of which the first must be met, by two assessors; twice at most."""
    course = make_course(provider=world.centre)
    lesson = make_marked(make_module(course.versions.get()), "practical", checklist=True, max_attempts=2)
    Criterion.objects.filter(lesson=lesson, position=1).update(required=True)
    publish(course.versions.get())
    course.refresh_from_db()
    return make_learning(user=learner, course=course)


def sit(bench: Enrollment, by: User) -> Submission:
    return begin_sitting(bench, lesson_of(bench, "practical"), by=by)


def test_two_assessors_share_a_sitting(bench: Enrollment, instructor: User, centre_manager: User) -> None:
    submission = sit(bench, instructor)
    assert sit(bench, centre_manager) == submission
    for by in (instructor, centre_manager):
        give(submission, 1, 1, by=by)
    assert (work_of(submission).status, work_of(submission).score) == ("marked", Decimal(100))
    with pytest.raises(WorkClosed):
        sit(bench, instructor)


def test_at_the_bench_each_difference_is_settled(bench: Enrollment, instructor: User, centre_manager: User) -> None:
    submission = sit(bench, instructor)
    give(submission, 1, 1, by=instructor)
    give(submission, 1, 0, by=centre_manager)
    assert work_of(submission).differs
    settle_marks(submission, reached=levels(submission, 1, 0), reason="Choki ochiq", by=centre_manager)
    assert work_of(submission).score == 50


def test_what_must_be_met_fails_all(bench: Enrollment, instructor: User, centre_manager: User) -> None:
    submission = sit(bench, instructor)
    for by in (instructor, centre_manager):
        give(submission, 0, 1, by=by)
    assert work_of(submission).score == 0
    assert LessonProgress.objects.get().completed_at is None
    return_work(submission.work, words="Yana bir marta", by=instructor)
    again = sit(bench, instructor)
    assert (again.number, again.marks.count()) == (2, 0)
    for by in (instructor, centre_manager):
        give(again, 1, 1, by=by)
    assert LessonProgress.objects.get().completed_at


def test_nobody_is_examined_who_has_left(bench: Enrollment, instructor: User) -> None:
    Enrollment.objects.update(status="withdrawn")
    with pytest.raises(LearningEnded):
        sit(bench, instructor)


def test_what_somebody_did_before_leaving_changes_no_record(learner: User, instructor: User, world: World) -> None:
    submission = handed_in(learner, world)
    Enrollment.objects.update(status="withdrawn")
    give(submission, 2, 2, by=instructor)
    assert not LessonProgress.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("double", [False, True])
def test_two_who_mark_at_once_overwrite_nothing(
    learner: User, instructor: User, centre_manager: User, world: World, double: bool
) -> None:
    submission = handed_in(learner, world, double=double, tolerance=100)

    def mark(by: User) -> str:
        try:
            give(submission, 2, 2 if by == instructor else 0, by=by)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "marked"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(mark, [instructor, centre_manager]))
    assert answers == (["marked", "marked"] if double else ["marked", "marked-meanwhile"])
    assert sorted(one.place or 0 for one in Mark.objects.all()) == ([1, 2] if double else [1])
    assert work_of(submission).status == "marked"
    assert work_of(submission).score == (75 if double else Mark.objects.get().score)
