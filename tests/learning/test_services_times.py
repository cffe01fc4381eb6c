"""Time limits, windows and extra time; which attempt counts; wrong answers that take points away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEvent
from base.errors import InvalidInput
from courses.models import Lesson
from courses.services.quiz_rules import RuleFields, save_rules
from courses.services.quizzes import NotQuiz
from courses.services.versions import VersionFrozen, new_draft
from enrollment.models import Enrollment, LessonProgress
from learning.models import Answer, Attempt, ExtraTime
from learning.queries.quizzes import learner_question
from learning.services.answers import Sent, keep_answer, save_answer, save_answers
from learning.services.attempts import (
    AttemptClosed,
    TimeIsUp,
    grade_by_hand,
    hand_in,
    start_attempt,
    submit_attempt,
    submit_overdue,
)
from learning.services.times import QuizClosed, QuizNotOpen, give_extra_time, set_window
from tests.accounts.factories import make_user
from tests.courses.factories import make_course, make_lesson, make_module, make_quiz, publish
from tests.learning.factories import answer_all, lesson_of, make_learning, take_quiz

pytestmark = pytest.mark.django_db
PLAIN = RuleFields()


def learn(rules: RuleFields = PLAIN, *, kinds: tuple[str, ...] = ("single", "numeric"), **quiz: object) -> Enrollment:
    """A learner in a course with one quiz that is taken so."""
    course = make_course()
    module = make_module(course.versions.get())
    make_lesson(module, "page")  # so that the quiz does not complete the course
    lesson = make_quiz(module, kinds=kinds, **quiz)
    save_rules(lesson, rules, by=None)
    publish(course.versions.get())
    course.refresh_from_db()
    return make_learning(course=course)


def begin(rules: RuleFields = PLAIN, **quiz: Any) -> Attempt:
    enrollment = learn(rules, **quiz)
    return start_attempt(enrollment, lesson_of(enrollment, "quiz"))


def pass_time(attempt: Attempt, minutes: float) -> None:
    """Let the attempt have begun so much earlier."""
    passed = timedelta(minutes=minutes)
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=attempt.started_at - passed,
        due_at=attempt.due_at and attempt.due_at - passed,
        closes_at=attempt.closes_at and attempt.closes_at - passed,
    )
    attempt.refresh_from_db()


def keep(attempt: Attempt, raw: object, *, sequence: int = 1, client_id: object = None, number: int = 1) -> None:
    enrollment = attempt.enrollment
    question = learner_question(
        enrollment.person.user,
        question=attempt.questions.get(number=number).pk,
        attempt=attempt.uuid,
        lesson=attempt.lesson.uuid,
        enrollment=enrollment.uuid,
    )
    assert question
    keep_answer(question, raw, sent=Sent(client_id or uuid4(), sequence))  # type: ignore[arg-type]  # a UUID


def counts(attempt: Attempt) -> object:
    return attempt.questions.get(number=1).answers.order_by("-sequence", "-id")[0].response


# --- Time ---------------------------------------------------------------------------------------
def test_without_rules_an_attempt_has_no_end() -> None:
    attempt = begin()
    assert (attempt.due_at, attempt.closes_at) == (None, None)


def test_the_server_keeps_the_time_and_waits_for_what_is_on_its_way() -> None:
    attempt = begin(RuleFields(minutes=30, grace=45))
    assert attempt.due_at == attempt.started_at + timedelta(minutes=30)
    assert attempt.closes_at == attempt.due_at + timedelta(seconds=45)
    pass_time(attempt, 30.5)
    keep(attempt, "a")
    pass_time(attempt, 0.5)
    with pytest.raises(TimeIsUp):
        keep(attempt, "b", sequence=2)
    with pytest.raises(TimeIsUp):
        save_answer(attempt, attempt.questions.all()[0], "b")
    with pytest.raises(TimeIsUp):
        save_answers(attempt, {})
    assert counts(attempt) == "a"


def test_what_is_overdue_is_handed_in_by_itself_when_it_closed() -> None:
    attempt, other = begin(RuleFields(minutes=10), kinds=("single",)), begin(RuleFields(minutes=10))
    keep(attempt, "a")
    pass_time(attempt, 60)
    assert submit_overdue() == 1
    attempt.refresh_from_db()
    assert (attempt.status, attempt.by_clock, attempt.submitted_at) == ("submitted", True, attempt.closes_at)
    assert attempt.score == 100
    other.refresh_from_db()
    assert other.status == "open"
    assert submit_overdue() == 0
    with pytest.raises(TimeIsUp):
        keep(attempt, "b", sequence=2)


def test_a_learner_who_hands_in_too_late_gets_what_was_saved_in_time() -> None:
    attempt = begin(RuleFields(minutes=10), kinds=("single",))
    keep(attempt, "a")
    pass_time(attempt, 60)
    assert submit_attempt(attempt).by_clock
    assert submit_attempt(attempt).submitted_at == attempt.closes_at


def test_overdue_attempts_of_who_learns_no_more_stay() -> None:
    attempt = begin(RuleFields(minutes=10))
    pass_time(attempt, 60)
    Enrollment.objects.update(status="failed")
    assert submit_overdue() == 0


def test_what_is_handed_in_without_marks_is_marked_by_the_sweeper() -> None:
    attempt = hand_in(answer_all(begin(kinds=("single",))))
    assert (attempt.status, attempt.marking_due, attempt.score) == ("submitted", True, None)
    with pytest.raises(AttemptClosed):
        keep(attempt, "b", sequence=2)
    assert submit_overdue() == 1
    attempt.refresh_from_db()
    assert (attempt.marking_due, attempt.score) == (False, Decimal(100))
    assert LessonProgress.objects.get().score == 100


# --- Windows and extra time ---------------------------------------------------------------------
def window(enrollment: Enrollment, opens: float | None = None, closes: float | None = None) -> None:
    """Open and close its quiz so many minutes from now."""

    def at(minutes: float | None) -> datetime | None:
        return None if minutes is None else timezone.now() + timedelta(minutes=minutes)

    quiz = lesson_of(enrollment, "quiz")
    set_window(enrollment.cohort, quiz, opens_at=at(opens), closes_at=at(closes), by=make_user())


def test_a_quiz_is_taken_in_its_window_only_and_its_end_cuts_the_time() -> None:
    enrollment = learn(RuleFields(minutes=60))
    quiz = lesson_of(enrollment, "quiz")
    window(enrollment, opens=5)
    with pytest.raises(QuizNotOpen):
        start_attempt(enrollment, quiz)
    window(enrollment, opens=-60, closes=-5)
    with pytest.raises(QuizClosed):
        start_attempt(enrollment, quiz)
    window(enrollment, opens=-60, closes=20)
    attempt = start_attempt(enrollment, quiz)
    assert attempt.due_at
    assert timedelta(minutes=19) < attempt.due_at - attempt.started_at <= timedelta(minutes=20)
    window(enrollment, closes=10)
    assert Attempt.objects.get().due_at == attempt.due_at, "nobody loses time that was given"
    window(enrollment, closes=600)
    assert Attempt.objects.get().due_at == attempt.started_at + timedelta(minutes=60)
    assert AuditEvent.objects.filter(action="quiz.window-set").count() == 5


def test_a_window_is_of_a_quiz_of_the_group_and_closes_after_it_opens() -> None:
    enrollment = learn()
    with pytest.raises(InvalidInput):
        window(enrollment, opens=5, closes=4)
    for lesson in (lesson_of(learn(), "quiz"), lesson_of(enrollment, "page")):
        with pytest.raises(InvalidInput):
            set_window(enrollment.cohort, lesson, opens_at=None, closes_at=None, by=make_user())


@pytest.mark.parametrize(("given", "minutes"), [({"minutes": 15}, 75), ({"percent": 50}, 90)])
def test_extra_time_is_on_top_and_reaches_an_attempt_in_hand(given: dict[str, int], minutes: int) -> None:
    enrollment = learn(RuleFields(minutes=60))
    attempt = start_attempt(enrollment, lesson_of(enrollment, "quiz"))
    values = {"minutes": None, "percent": None, "reason": "Koʻrishi zaif", "by": make_user()} | given
    give_extra_time(enrollment, **values)  # type: ignore[arg-type]  # as a form gives them
    attempt.refresh_from_db()
    assert attempt.due_at == attempt.started_at + timedelta(minutes=minutes)
    audited = AuditEvent.objects.get(action="extra-time.given")
    assert "zaif" not in str(audited.detail)
    give_extra_time(enrollment, minutes=None, percent=None, reason="Xato", by=make_user())
    assert not ExtraTime.objects.exists()
    attempt.refresh_from_db()
    assert attempt.due_at == attempt.started_at + timedelta(minutes=minutes), "nobody loses time that was given"


@pytest.mark.parametrize(
    "wrong", [{"minutes": 5, "percent": 5}, {"minutes": 5000}, {"percent": 500}, {"minutes": 5, "reason": " "}]
)
def test_extra_time_is_refused(wrong: dict[str, object]) -> None:
    values = {"minutes": None, "percent": None, "reason": "x", "by": make_user()} | wrong
    with pytest.raises(InvalidInput):
        give_extra_time(learn(), **values)  # type: ignore[arg-type]  # as a form gives them


# --- Rules --------------------------------------------------------------------------------------
def test_rules_are_frozen_with_the_version_and_copied_into_the_next() -> None:
    quiz = begin(RuleFields(minutes=30, counts="last", penalty=Decimal("0.25"))).lesson
    with pytest.raises(VersionFrozen):
        save_rules(quiz, RuleFields(), by=None)
    twin = Lesson.objects.get(version=new_draft(quiz.version.course, by=None), kind="quiz")
    assert (twin.quiz_rules.minutes, twin.quiz_rules.counts) == (30, "last")
    save_rules(twin, RuleFields(minutes=5), by=None)
    quiz.quiz_rules.refresh_from_db()
    assert quiz.quiz_rules.minutes == 30


@pytest.mark.parametrize(
    "wrong",
    [{"minutes": 0}, {"minutes": 5000}, {"grace": -1}, {"grace": 601}, {"penalty": Decimal("1.1")}, {"counts": "x"}]
    + [{name: "x"} for name in ("score_shown", "right_shown", "feedback_shown")],
)
def test_rules_are_refused(wrong: dict[str, object]) -> None:
    quiz = make_quiz(make_module(make_course().versions.get()))
    with pytest.raises(InvalidInput):
        save_rules(quiz, RuleFields(**wrong), by=None)  # type: ignore[arg-type]  # what a form might give


def test_only_a_quiz_has_rules() -> None:
    with pytest.raises(NotQuiz):
        save_rules(make_lesson(make_module(make_course().versions.get()), "page"), RuleFields(), by=None)


@pytest.mark.parametrize(("which", "expected"), [("best", 100), ("last", 50), ("average", 75)])
def test_which_attempt_counts(which: str, expected: int) -> None:
    enrollment = learn(RuleFields(counts=which), pass_score=Decimal(90))
    take_quiz(enrollment)
    done = LessonProgress.objects.get().completed_at
    take_quiz(enrollment, wrong=1)
    progress = LessonProgress.objects.get()
    assert progress.score == progress.attempt_score == Decimal(expected)
    assert progress.completed_at == done, "what was passed stays passed"


def test_a_wrong_answer_takes_points_away_but_none_does_not_and_no_quiz_is_below_0() -> None:
    rules = RuleFields(penalty=Decimal("0.5"))
    attempt = begin(rules, kinds=("single", "true-false", "numeric", "essay"))
    answers = {"single": "a", "true-false": "false", "essay": "Matn"}
    for question in attempt.questions.select_related("version__question"):
        save_answer(attempt, question, answers.get(question.version.question.kind, ""))
    submit_attempt(attempt)
    worths = dict(attempt.questions.values_list("version__question__kind", "worth"))
    assert worths == {"single": 1, "true-false": Decimal("-0.5"), "numeric": 0, "essay": None}
    essay = attempt.questions.get(version__question__kind="essay")
    assert grade_by_hand(essay, worth=Decimal(0), by=make_user()).score == Decimal("12.50")
    bad = begin(rules, kinds=("true-false",))
    save_answer(bad, bad.questions.get(), "false")
    assert submit_attempt(bad).score == 0


# --- Answers on their way -----------------------------------------------------------------------
def test_an_answer_sent_twice_is_kept_once_and_a_late_one_counts_not() -> None:
    attempt = begin(kinds=("single",))
    first = uuid4()
    keep(attempt, "b", sequence=5, client_id=first)
    keep(attempt, "b", sequence=5, client_id=first)
    assert Answer.objects.count() == 1
    keep(attempt, "a", sequence=7)
    keep(attempt, "b", sequence=6)
    assert counts(attempt) == "a"
    submitted = submit_attempt(attempt)
    assert submitted.score == 100
    keep(attempt, "b", sequence=5, client_id=first)  # it is there: no refusal
    with pytest.raises(AttemptClosed):
        keep(attempt, "b", sequence=9)


def test_a_whole_page_comes_after_what_its_script_sent() -> None:
    attempt = begin(kinds=("single",))
    keep(attempt, "b", sequence=40)
    save_answers(attempt, {attempt.questions.get().pk: "a"})
    assert counts(attempt) == "a"


@pytest.mark.parametrize("sequence", [0, -1, 10**12])
def test_no_page_numbers_its_answers_so(sequence: int) -> None:
    with pytest.raises(InvalidInput):
        Sent(uuid4(), sequence)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_acknowledged_while_another_hands_in_counts() -> None:
    """Each answer either counts or is refused, whichever of the two comes first."""

    def save(attempt: Attempt, number: int) -> bool:
        try:
            keep(attempt, "b", sequence=number)
        except AttemptClosed:
            return False
        finally:
            connection.close()
        return True

    def close(attempt: Attempt) -> bool:
        try:
            return submit_attempt(attempt).status == "submitted"
        finally:
            connection.close()

    for _round in range(6):
        attempt = begin(kinds=("single",))
        with ThreadPoolExecutor(5) as pool:
            kept = [pool.submit(save, attempt, number) for number in (1, 2)]
            done = pool.submit(close, attempt)
            kept += [pool.submit(save, attempt, number) for number in (3, 4)]
        assert done.result()
        attempt.refresh_from_db()
        rows = Answer.objects.filter(question__attempt=attempt)
        assert rows.count() == sum(future.result() for future in kept)
        assert not rows.filter(at__gt=attempt.submitted_at).exists()
