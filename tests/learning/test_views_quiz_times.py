from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Lesson
from courses.services.quiz_rules import RuleFields, save_rules
from enrollment.models import Enrollment
from learning.models import Attempt, ExtraTime, QuizWindow
from learning.services.attempts import start_attempt
from tests.courses.factories import make_course, make_lesson, make_module, make_quiz, publish
from tests.learning.factories import answer_all, lesson_of, make_learning, take_quiz
from tests.personas import World

pytestmark = pytest.mark.django_db


def learn(world: World, user: User, rules: RuleFields, quizzes: int = 1) -> Enrollment:
    """The user learns at the centre, in a course with quizzes that are taken so."""
    course = make_course(provider=world.centre)
    module = make_module(course.versions.get())
    make_lesson(module, "page")
    for _n in range(quizzes):
        save_rules(make_quiz(module, kinds=("single",)), rules, by=None)
    publish(course.versions.get())
    course.refresh_from_db()
    return make_learning(user=user, course=course)


def address(attempt: Attempt) -> str:
    return reverse("learning:attempt", args=[attempt.enrollment.uuid, attempt.lesson.uuid, attempt.uuid])


def test_an_author_says_how_a_quiz_is_taken(client: Client, world: World, instructor: User) -> None:
    client.force_login(instructor)
    quiz = make_quiz(make_module(make_course(provider=world.centre).versions.get()))
    page = reverse("learning:teach_quiz_rules", args=[quiz.uuid])
    shown = dict.fromkeys(("score_shown", "right_shown", "feedback_shown"), "closed")
    sent = {"minutes": "30", "grace": "20", "counts": "last", "penalty": "25"} | shown
    assert client.post(page, sent | {"penalty": "101"}).status_code == 422
    assert client.post(page, sent, follow=True).status_code == 200
    rules = Lesson.objects.get(pk=quiz.pk).quiz_rules
    assert (rules.minutes, rules.counts, str(rules.penalty)) == (30, "last", "0.25")
    assert client.get(page).context["form"].initial["penalty"] == 25


def test_an_instructor_says_when_a_group_takes_a_quiz_and_who_gets_more_time(
    client: Client, world: World, learner: User, instructor: User
) -> None:
    enrollment = learn(world, learner, RuleFields(minutes=20))
    client.force_login(instructor)
    quiz = lesson_of(enrollment, "quiz")
    page = reverse("learning:teach_quiz_window", args=[enrollment.cohort.uuid, quiz.uuid])
    late = client.post(page, {"opens_at": "2030-01-02T10:00", "closes_at": "2030-01-01T10:00"})
    assert late.status_code == 422
    client.post(page, {"opens_at": "2030-01-01T10:00", "closes_at": "2030-01-02T10:00"})
    opens_at = QuizWindow.objects.get().opens_at
    assert opens_at
    assert timezone.localtime(opens_at).hour == 10
    extra = reverse("learning:teach_extra_time", args=[enrollment.uuid])
    assert client.post(extra, {"minutes": "10"}).status_code == 422
    client.post(extra, {"minutes": "10", "reason": "Qoʻli singan"})
    assert ExtraTime.objects.get().minutes == 10
    client.force_login(learner)
    before = client.get(reverse("learning:lesson", args=[enrollment.uuid, quiz.uuid]))
    assert before.context["ways"].minutes == 30
    begun = client.post(reverse("learning:attempt_start", args=[enrollment.uuid, quiz.uuid]), follow=True)
    assert [str(message) for message in begun.context["messages"]]
    assert not Attempt.objects.exists()


def test_the_page_of_a_groups_quizzes_takes_the_same_queries_however_many(
    client: Client, world: World, learner: User, instructor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(instructor)
    for quizzes in (1, 3):
        enrollment = learn(world, learner, RuleFields(), quizzes)
        take_quiz(enrollment)
        page = reverse("learning:teach_group_quizzes", args=[enrollment.cohort.uuid])
        with django_assert_num_queries(9):
            shown = client.get(page).context["quizzes"]
        assert [quiz.submitted for quiz in shown] == [1] + [0] * (quizzes - 1)


def test_the_page_tells_the_time_that_is_left_and_the_receipt_what_was_handed_in(
    client: Client, world: World, learner: User
) -> None:
    client.force_login(learner)
    enrollment = learn(world, learner, RuleFields(minutes=20))
    attempt = answer_all(start_attempt(enrollment, lesson_of(enrollment, "quiz")))
    assert 1190 < client.get(address(attempt)).context["seconds_left"] <= 1200
    result = client.post(address(attempt), {"sent": "1", "then": "submit"}, follow=True)
    assert (result.context["receipt"].answered, result.context["receipt"].count) == (1, 1)
    assert str(attempt.uuid) in result.content.decode()
    again = client.post(address(attempt), {"sent": "1", "then": "submit"}, follow=True)
    assert again.context["attempt"].submitted_at == result.context["attempt"].submitted_at
    assert not list(again.context["messages"])


def test_whoever_comes_when_the_time_is_up_finds_it_handed_in(client: Client, world: World, learner: User) -> None:
    client.force_login(learner)
    enrollment = learn(world, learner, RuleFields(minutes=20))
    quiz = lesson_of(enrollment, "quiz")
    for look in ("get", "post"):
        attempt = start_attempt(enrollment, quiz)
        Attempt.objects.filter(pk=attempt.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
        question = f"q-{attempt.questions.get().pk}"
        shown = getattr(client, look)(address(attempt), {question: "a", "then": "submit"}, follow=True)
        assert shown.context["attempt"].by_clock
        assert shown.context["receipt"].answered == 0
        assert len(shown.context["messages"]) == (look == "post"), "what came too late is said"


@pytest.mark.parametrize(
    ("when", "open_", "later"),
    [("at-once", True, True), ("closed", False, True), ("never", False, False), ("passed", True, True)],
)
def test_a_learner_sees_what_the_rules_show(
    client: Client, world: World, learner: User, when: str, open_: bool, later: bool
) -> None:
    client.force_login(learner)
    enrollment = learn(world, learner, RuleFields(score_shown=when, right_shown=when, feedback_shown=when))
    attempt = take_quiz(enrollment)
    for expected in (open_, later):
        page = client.get(address(attempt))
        assert vars(page.context["review"]) == {"score": expected, "right": expected, "feedback": expected}
        assert ("100 %" in page.content.decode()) == expected
        lesson = client.get(reverse("learning:lesson", args=[enrollment.uuid, attempt.lesson.uuid]))
        assert ("100 %" in lesson.content.decode()) == expected
        closed = {"closes_at": timezone.now()}
        QuizWindow.objects.update_or_create(cohort=enrollment.cohort, lesson=attempt.lesson, defaults=closed)


def test_who_hands_in_while_many_wait_gets_the_receipt_and_the_marks_later(
    client: Client, world: World, learner: User
) -> None:
    client.force_login(learner)
    enrollment = learn(world, learner, RuleFields())
    quiz = lesson_of(enrollment, "quiz")
    waiting = take_quiz(enrollment)
    Attempt.objects.filter(pk=waiting.pk).update(marking_due=True)
    attempt = answer_all(start_attempt(enrollment, quiz))
    page = client.post(address(attempt), {"sent": "1", "then": "submit"}, follow=True)
    assert page.context["attempt"].marking_due
    assert page.context["receipt"].answered == 1
