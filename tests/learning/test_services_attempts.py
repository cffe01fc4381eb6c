from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from base.errors import IllegalMove, InvalidInput
from courses.models import Lesson
from courses.services.bank import save_question
from courses.services.quizzes import Draw, add_draw, add_item
from enrollment.models import Enrollment, LessonProgress
from enrollment.services.progress import OwnGrade
from learning.models import Answer, AnswerFile, Attempt, AttemptQuestion
from learning.services.answers import save_answer, save_answers, save_file
from learning.services.attempts import (
    AttemptClosed,
    LearningEnded,
    NoAttemptLeft,
    NotQuiz,
    grade_by_hand,
    start_attempt,
    submit_attempt,
)
from tests.accounts.factories import make_user
from tests.courses.factories import make_course, make_module, make_published_course, make_question, make_quiz, publish
from tests.learning.factories import answer_all, lesson_of, make_learning, take_quiz

pytestmark = pytest.mark.django_db


def begin() -> Attempt:
    enrollment = make_learning()
    return start_attempt(enrollment, lesson_of(enrollment, "quiz"))


def question_of(attempt: Attempt, kind: str) -> AttemptQuestion:
    return attempt.questions.select_related("version__question").get(version__question__kind=kind)


def begin_with(*kinds: str) -> Attempt:
    course = make_course()
    make_quiz(make_module(course.versions.get()), kinds=kinds)
    publish(course.versions.get())
    course.refresh_from_db()
    enrollment = make_learning(course=course)
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
    item = question_of(attempt, "numeric")
    assert save_answer(attempt, item, "12,5") == save_answer(attempt, item, " 12.5 ")
    save_answer(attempt, item, "13")
    save_answer(attempt, item, "12.5")
    assert list(item.answers.values_list("response", flat=True)) == ["12.5", "13", "12.5"]


def test_an_answer_may_be_taken_back() -> None:
    attempt = answer_all(begin())
    for question in attempt.questions.all():
        save_answer(attempt, question, "")
    assert submit_attempt(attempt).score == 0


def test_save_refuses_what_cannot_be_read_and_a_foreign_question() -> None:
    attempt, other = begin(), begin()
    with pytest.raises(InvalidInput):
        save_answer(attempt, question_of(attempt, "numeric"), "koʻp")
    with pytest.raises(InvalidInput):
        save_answer(attempt, other.questions.all()[0], "a")
    assert not Answer.objects.exists()


def test_save_answers_writes_what_changed_only() -> None:
    attempt = begin()
    single, multiple, numeric = (question_of(attempt, kind).pk for kind in ("single", "multiple", "numeric"))
    save_answers(attempt, {single: "a", multiple: [], numeric: "", 0: "x"})
    save_answers(attempt, {single: "a", multiple: ["a"]})
    assert list(Answer.objects.values_list("question", "response")) == [(single, "a"), (multiple, ["a"])]


def test_submit_grades_by_points_and_puts_the_score_on_record() -> None:
    attempt = begin()
    weights = {"single": 4, "multiple": 2, "true-false": 2, "numeric": 1, "short-text": 1}
    for kind, points in weights.items():
        AttemptQuestion.objects.filter(pk=question_of(attempt, kind).pk).update(points=points)
    answer_all(attempt)
    save_answer(attempt, question_of(attempt, "multiple"), ["a"])
    submitted = submit_attempt(attempt)
    assert submitted.score == Decimal("90.00")
    progress = LessonProgress.objects.get(enrollment=attempt.enrollment, lesson=attempt.lesson)
    assert progress.score == Decimal("90.00")
    assert question_of(attempt, "multiple").worth == Decimal("0.5")
    assert progress.completed_at is not None


def test_submit_twice_is_once() -> None:
    first = take_quiz(make_learning(), wrong=1)
    second = submit_attempt(first)
    assert (second.submitted_at, second.score) == (first.submitted_at, Decimal("80.00"))


def test_after_handing_in_no_answer_changes() -> None:
    attempt = take_quiz(make_learning())
    with pytest.raises(AttemptClosed):
        save_answer(attempt, attempt.questions.all()[0], "b")
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


def test_an_attempt_keeps_the_version_it_began_with() -> None:
    attempt = begin()
    question = question_of(attempt, "true-false")
    bank_question = question.version.question
    save_question(bank_question, content=question.version.content | {"answer": False}, by=None)
    assert answer_all(attempt)
    assert submit_attempt(attempt).score == 100


def test_each_learner_draws_others_and_each_attempt_keeps_its_own() -> None:
    course = make_course()
    quiz = make_quiz(make_module(course.versions.get()), kinds=())
    fixed = make_question(course.provider)
    for _n in range(12):
        make_question(course.provider, "true-false", tags=["tez"])
    add_item(quiz, question=fixed, by=None)
    add_draw(quiz, Draw(count=4, tag=course.provider.question_tags.get()), points=2, by=None)
    publish(course.versions.get())
    course.refresh_from_db()
    drawn = []
    for _n in range(6):
        enrollment = make_learning(course=course)
        attempt = start_attempt(enrollment, quiz)
        rows = list(attempt.questions.values_list("number", "version__question", "points"))
        assert [number for number, _question, _points in rows] == [1, 2, 3, 4, 5]
        assert rows[0][1:] == (fixed.pk, Decimal(1))
        assert start_attempt(enrollment, quiz) == attempt
        assert list(attempt.questions.values_list("number", "version__question", "points")) == rows
        drawn.append(tuple(question for _number, question, _points in rows))
    assert len(set(drawn)) > 1


def test_what_a_person_grades_waits_and_the_last_grade_makes_the_score() -> None:
    attempt = begin_with("single", "essay", "file")
    save_answer(attempt, question_of(attempt, "single"), "a")
    save_answer(attempt, question_of(attempt, "essay"), "Matn")
    save_file(attempt, question_of(attempt, "file"), SimpleUploadedFile("ish.pdf", b"%PDF-1.7"))
    with pytest.raises(IllegalMove):
        grade_by_hand(question_of(attempt, "essay"), worth=Decimal(1), by=make_user())
    submitted = submit_attempt(attempt)
    assert (submitted.status, submitted.score) == ("submitted", None)
    assert not LessonProgress.objects.filter(score__isnull=False).exists()
    with pytest.raises(InvalidInput):
        grade_by_hand(question_of(attempt, "essay"), worth=Decimal(2), by=make_user())
    own = attempt.enrollment.person.user
    with pytest.raises(OwnGrade):
        grade_by_hand(question_of(attempt, "essay"), worth=Decimal(1), by=own)
    assert grade_by_hand(question_of(attempt, "essay"), worth=Decimal("0.5"), by=make_user()).score is None
    done = grade_by_hand(question_of(attempt, "file"), worth=Decimal(1), by=make_user())
    assert done.score == Decimal("83.33")
    assert LessonProgress.objects.get().score == Decimal("83.33")


def test_what_a_person_would_grade_but_nobody_answered_is_worth_nothing() -> None:
    attempt = begin_with("single", "essay")
    save_answer(attempt, question_of(attempt, "single"), "a")
    assert submit_attempt(attempt).score == 50


def test_a_file_is_what_the_question_asks_for_and_the_learners_own() -> None:
    attempt, other = begin_with("file"), begin_with("file")
    question = question_of(attempt, "file")
    for name, data in (("ish.exe", b"MZ"), ("ish.pdf", b"MZ"), ("ish", b"%PDF")):
        with pytest.raises(InvalidInput):
            save_file(attempt, question, SimpleUploadedFile(name, data))
    kept = save_file(other, question_of(other, "file"), SimpleUploadedFile("ish.pdf", b"%PDF-1.7"))
    with pytest.raises(InvalidInput):
        save_answer(attempt, question, str(kept.uuid))
    with pytest.raises(InvalidInput):
        save_file(attempt, question_of(other, "file"), SimpleUploadedFile("ish.pdf", b"%PDF-1.7"))
    assert AnswerFile.objects.count() == 1
