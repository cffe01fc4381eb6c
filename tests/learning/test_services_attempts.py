from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from base.errors import InvalidInput
from courses.models import Lesson
from enrollment.models import Enrollment, LessonProgress
from learning.models import Answer, Attempt
from learning.services.attempts import (
    AttemptClosed,
    LearningEnded,
    NoAttemptLeft,
    NotQuiz,
    save_answer,
    save_answers,
    score_of,
    start_attempt,
    submit_attempt,
)
from tests.courses.factories import make_course, make_module, make_published_course, make_quiz, publish
from tests.learning.factories import answer_all, lesson_of, make_learning, take_quiz

pytestmark = pytest.mark.django_db


def begin() -> Attempt:
    enrollment = make_learning()
    return start_attempt(enrollment, lesson_of(enrollment, "quiz"))


def end(enrollment: Enrollment, status: str = "withdrawn") -> None:
    Enrollment.objects.filter(pk=enrollment.pk).update(status=status)


def test_start_twice_goes_on_with_the_one_that_is_open() -> None:
    attempt = begin()
    assert start_attempt(attempt.enrollment, attempt.lesson) == attempt
    assert (attempt.number, attempt.status) == (1, "open")


def test_start_after_handing_in_is_the_next_one() -> None:
    first = take_quiz(make_learning())
    assert start_attempt(first.enrollment, first.lesson).number == 2


def test_start_refuses_one_too_many() -> None:
    course = make_course()
    make_quiz(make_module(course.versions.get()), max_attempts=2, pass_score=Decimal(90))
    publish(course.versions.get())
    course.refresh_from_db()
    enrollment = make_learning(course=course)
    take_quiz(enrollment, wrong=5)
    take_quiz(enrollment, wrong=5)
    with pytest.raises(NoAttemptLeft):
        take_quiz(enrollment)


def test_start_refuses_what_is_no_quiz_of_this_course() -> None:
    enrollment = make_learning()
    for lesson in (lesson_of(enrollment, "page"), lesson_of(make_learning(), "quiz")):
        with pytest.raises(NotQuiz):
            start_attempt(enrollment, lesson)


@pytest.mark.parametrize("status", ["completed", "failed", "withdrawn"])
def test_nothing_begins_or_changes_when_learning_has_ended(status: str) -> None:
    attempt = begin()
    end(attempt.enrollment, status)
    with pytest.raises(LearningEnded):
        start_attempt(attempt.enrollment, attempt.lesson)
    with pytest.raises(LearningEnded):
        answer_all(attempt)
    with pytest.raises(LearningEnded):
        submit_attempt(attempt)
    assert not Answer.objects.exists()


def test_saving_the_same_answer_twice_keeps_one_row_and_another_appends() -> None:
    attempt = begin()
    item = attempt.lesson.items.get(question__kind="numeric")
    assert save_answer(attempt, item, "12,5") == save_answer(attempt, item, " 12.5 ")
    save_answer(attempt, item, "13")
    save_answer(attempt, item, "12.5")
    assert list(attempt.answers.values_list("response", flat=True)) == ["12.5", "13", "12.5"]


def test_an_answer_may_be_taken_back() -> None:
    attempt = answer_all(begin())
    for item in attempt.lesson.items.all():
        save_answer(attempt, item, "")
    assert score_of(attempt) == 0


def test_save_refuses_what_cannot_be_read_and_a_foreign_question() -> None:
    attempt, other = begin(), begin()
    with pytest.raises(InvalidInput):
        save_answer(attempt, attempt.lesson.items.get(question__kind="numeric"), "koʻp")
    with pytest.raises(InvalidInput):
        save_answer(attempt, other.lesson.items.all()[0], "a")
    assert not Answer.objects.exists()


def test_save_answers_writes_what_changed_only() -> None:
    attempt = begin()
    items = {item.question.kind: item for item in attempt.lesson.items.select_related("question")}
    save_answers(attempt, {items["single"]: "a", items["multiple"]: [], items["numeric"]: ""})
    save_answers(attempt, {items["single"]: "a", items["multiple"]: ["a"]})
    assert list(attempt.answers.values_list("item", "response")) == [
        (items["single"].pk, "a"),
        (items["multiple"].pk, ["a"]),
    ]


def test_submit_grades_by_points_and_puts_the_score_on_record() -> None:
    attempt = begin()
    weights = {"single": 4, "multiple": 2, "true-false": 2, "numeric": 1, "short-text": 1}
    for item in attempt.lesson.items.select_related("question"):
        item.points = Decimal(weights[item.question.kind])
        item.save()
    answer_all(attempt)
    save_answer(attempt, attempt.lesson.items.get(question__kind="multiple"), ["a"])
    submitted = submit_attempt(attempt)
    assert submitted.score == Decimal("90.00")
    progress = LessonProgress.objects.get(enrollment=attempt.enrollment, lesson=attempt.lesson)
    assert progress.score == Decimal("90.00")
    assert progress.completed_at is not None


def test_submit_twice_is_once() -> None:
    first = take_quiz(make_learning(), wrong=1)
    second = submit_attempt(first)
    assert (second.submitted_at, second.score) == (first.submitted_at, Decimal("80.00"))


def test_after_handing_in_no_answer_changes() -> None:
    attempt = take_quiz(make_learning())
    with pytest.raises(AttemptClosed):
        save_answer(attempt, attempt.lesson.items.all()[0], "b")
    with pytest.raises(AttemptClosed):
        save_answers(attempt, {})


def test_the_best_attempt_counts_and_the_pass_score_decides() -> None:
    course = make_course()
    module = make_module(course.versions.get())
    make_quiz(module, pass_score=Decimal(70))
    make_quiz(module, kinds=("single",))
    publish(course.versions.get())
    course.refresh_from_db()
    enrollment = make_learning(course=course)
    row = LessonProgress.objects.filter(enrollment=enrollment)
    take_quiz(enrollment, wrong=2)
    assert (row.get().score, row.get().completed_at) == (Decimal("60.00"), None)
    take_quiz(enrollment, wrong=1)
    take_quiz(enrollment, wrong=5)
    assert row.get().score == Decimal("80.00")
    assert row.get().completed_at is not None


def test_the_last_rule_met_by_a_quiz_completes_the_course() -> None:
    enrollment = make_learning(course=make_published_course(kinds=("quiz",)))
    take_quiz(enrollment)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.grade) == ("completed", Decimal("100.00"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_concurrent_starts_and_submits_are_one() -> None:
    enrollment = make_learning()
    quiz = lesson_of(enrollment, "quiz")

    def start(_n: int) -> int:
        try:
            return start_attempt(enrollment, Lesson.objects.get(pk=quiz.pk)).pk
        finally:
            connection.close()

    def submit(attempt: Attempt) -> Decimal | None:
        try:
            return submit_attempt(attempt).score
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1
        attempt = answer_all(Attempt.objects.get())
        assert set(pool.map(submit, [attempt] * 8)) == {Decimal("100.00")}
    assert Attempt.objects.filter(enrollment=enrollment).count() == 1
