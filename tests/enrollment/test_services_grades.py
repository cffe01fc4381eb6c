from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import AuditEvent, User
from base.errors import DomainError, InvalidInput
from base.models import Notice
from courses.models import Lesson
from enrollment.models import Completion, Enrollment, GradeChange, LessonProgress
from enrollment.services.grades import GradeChanged, override_scores
from enrollment.services.progress import EnrollmentGivenUp, OwnGrade, record_result_by_hand, record_score
from tests.accounts.factories import make_user
from tests.courses.factories import make_course, make_module, make_published_course, make_quiz, publish
from tests.enrollment.factories import make_cohort, make_enrollment

pytestmark = pytest.mark.django_db
BECAUSE = "Qayta koʻrildi"


def make_graded(*, pass_score: int | None = 60) -> tuple[Enrollment, Lesson]:
    """A learner of a course of one quiz."""
    version = make_course().versions.get()
    make_quiz(make_module(version), ("single",), pass_score=pass_score)
    publish(version)
    version.course.refresh_from_db()
    return make_enrollment(cohort=make_cohort(course=version.course)), version.lessons.get()


def progress_of(enrollment: Enrollment) -> LessonProgress:
    return LessonProgress.objects.get(enrollment=enrollment)


def score(number: int) -> Decimal:
    return Decimal(number)


def test_override_counts_whatever_was_earned_until_it_is_taken_back() -> None:
    enrollment, lesson = make_graded()
    record_score(enrollment, lesson, score=score(50))
    [first] = override_scores(enrollment, {lesson: score(40)}, reason=BECAUSE, by=make_user())
    assert (first.before, first.after, first.override, first.reason) == (score(50), score(40), score(40), BECAUSE)
    record_score(enrollment, lesson, score=score(55))
    record_result_by_hand(enrollment, lesson, score=score(58), by=make_user())
    enrollment.refresh_from_db()
    assert (progress_of(enrollment).score, enrollment.grade, enrollment.status) == (score(40), score(40), "active")
    override_scores(enrollment, {lesson: None}, reason="Xato edi", by=make_user())
    enrollment.refresh_from_db()
    assert (progress_of(enrollment).score, enrollment.grade) == (score(58), score(58))
    assert [change.after for change in GradeChange.objects.order_by("pk")] == [score(40), score(58)]
    assert AuditEvent.objects.filter(action="grade.changed").count() == 2


def test_second_call_changes_nothing() -> None:
    enrollment, lesson = make_graded()
    by = make_user()
    assert override_scores(enrollment, {lesson: None}, reason=BECAUSE, by=by) == []
    assert len(override_scores(enrollment, {lesson: score(40)}, reason=BECAUSE, by=by)) == 1
    assert override_scores(enrollment, {lesson: score(40)}, reason=BECAUSE, by=by, seen={lesson: None}) == []
    assert GradeChange.objects.count() == 1


def test_override_makes_a_lesson_done_and_undone_and_the_course_completed() -> None:
    enrollment, lesson = make_graded()
    record_score(enrollment, lesson, score=score(50))
    override_scores(enrollment, {lesson: score(60)}, reason=BECAUSE, by=make_user())
    enrollment.refresh_from_db()
    assert (progress_of(enrollment).completed_at is not None, enrollment.status) == (True, "completed")
    override_scores(enrollment, {lesson: score(59)}, reason="Nusxa koʻchirgan", by=make_user())
    enrollment.refresh_from_db()
    assert (progress_of(enrollment).completed_at, enrollment.status) == (None, "failed")
    standing = Completion.objects.get(enrollment=enrollment, superseded_by=None)
    assert (standing.is_met, standing.grade, standing.reason) == (False, score(59), "Nusxa koʻchirgan")


def test_what_was_passed_once_is_done_again_when_the_override_is_taken_back() -> None:
    enrollment, lesson = make_graded()
    record_score(enrollment, lesson, score=score(90))
    done_at = progress_of(enrollment).completed_at
    override_scores(enrollment, {lesson: score(10)}, reason=BECAUSE, by=make_user())
    override_scores(enrollment, {lesson: score(20)}, reason=BECAUSE, by=make_user())
    record_score(enrollment, lesson, score=score(30))  # the last attempt counts in this quiz
    assert progress_of(enrollment).completed_at is None
    override_scores(enrollment, {lesson: None}, reason=BECAUSE, by=make_user())
    assert (progress_of(enrollment).score, progress_of(enrollment).completed_at) == (score(30), done_at)


def test_score_of_a_class_says_nothing_about_being_there() -> None:
    cohort = make_cohort(course=make_published_course(("on-site", "quiz")))
    enrollment, lesson = make_enrollment(cohort=cohort), cohort.version.lessons.get(kind="on-site")
    override_scores(enrollment, {lesson: score(100)}, reason=BECAUSE, by=make_user())
    assert progress_of(enrollment).completed_at is None


def test_two_at_once_the_second_is_told_what_the_first_wrote(in_english: None) -> None:
    enrollment, lesson = make_graded()
    record_score(enrollment, lesson, score=score(50))
    first, second = make_user(), make_user()
    seen = {lesson: score(50)}
    override_scores(enrollment, {lesson: score(70)}, reason=BECAUSE, by=first, seen=seen)
    with pytest.raises(GradeChanged) as refused:
        override_scores(enrollment, {lesson: score(80)}, reason="x", by=second, seen=seen)
    assert f"has written 70 meanwhile: “{BECAUSE}”" in str(refused.value)
    assert first.name in str(refused.value)
    record_score(enrollment, lesson, score=score(90))  # it is overridden, so nothing else counts now
    override_scores(enrollment, {lesson: score(80)}, reason="x", by=second, seen={lesson: score(70)})
    assert progress_of(enrollment).score == score(80)


def test_an_attempt_meanwhile_is_told(in_english: None) -> None:
    enrollment, lesson = make_graded()
    record_score(enrollment, lesson, score=score(50))
    with pytest.raises(GradeChanged, match="50 counts now"):
        override_scores(enrollment, {lesson: score(80)}, reason="x", by=make_user(), seen={lesson: None})


@pytest.mark.parametrize(
    ("wrong", "reason", "field"),
    [("101", BECAUSE, "score"), ("-0.01", BECAUSE, "score"), ("50", " \0\n", "reason")],
)
def test_wrong_input_changes_nothing(wrong: str, reason: str, field: str) -> None:
    enrollment, lesson = make_graded()
    with pytest.raises(InvalidInput) as refused:
        override_scores(enrollment, {lesson: Decimal(wrong)}, reason=reason, by=make_user())
    assert (refused.value.field, GradeChange.objects.exists()) == (field, False)


def test_own_results_left_courses_and_other_versions_are_refused() -> None:
    enrollment, lesson = make_graded()
    other = make_graded()[1]
    own = User.objects.get(person=enrollment.person)
    refusals: list[tuple[type[DomainError], Callable[[], object]]] = [
        (OwnGrade, lambda: override_scores(enrollment, {lesson: score(1)}, reason="x", by=own)),
        (InvalidInput, lambda: override_scores(enrollment, {other: score(1)}, reason="x", by=make_user())),
    ]
    for error, act in refusals:
        with pytest.raises(error):
            act()
    Enrollment.objects.update(status="withdrawn")
    with pytest.raises(EnrollmentGivenUp):
        override_scores(enrollment, {lesson: score(1)}, reason="x", by=make_user())
    assert not GradeChange.objects.exists()


def test_learner_is_told_the_reason() -> None:
    enrollment, lesson = make_graded()
    learner = User.objects.get(person=enrollment.person)
    override_scores(enrollment, {lesson: score(40)}, reason=BECAUSE, by=make_user())
    notice = Notice.objects.get(user=learner, kind="grade-changed")
    assert (notice.params["reason"], notice.url) == (BECAUSE, f"/learn/{enrollment.uuid}/grades/")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_threads_with_one_page_one_is_refused() -> None:
    enrollment, lesson = make_graded()
    users = [make_user(), make_user()]

    def write(n: int, by: User) -> str:
        try:
            override_scores(enrollment, {lesson: score(n)}, reason=f"{n}", by=by, seen={lesson: None})
        except GradeChanged:
            return "told"
        finally:
            connection.close()
        return "written"

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(write, (70, 80), users))
    assert answers == ["told", "written"]
    assert GradeChange.objects.count() == 1
