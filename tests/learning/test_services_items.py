"""Facility and discrimination of questions, beside Python's own correlation."""

from datetime import timedelta
from decimal import Decimal
from statistics import correlation, mean

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from courses.models import Course, Lesson
from courses.services.quiz_rules import RuleFields, save_rules
from learning.models import Attempt, ItemStatistic
from learning.queries.bank import statistic_of
from learning.services.answers import save_answer
from learning.services.attempts import start_attempt, submit_attempt
from learning.services.items import count_due_items
from tests.courses.factories import make_course, make_lesson, make_module, make_quiz, publish
from tests.learning.factories import lesson_of, make_learning, take_quiz
from tests.personas import World

pytestmark = pytest.mark.django_db
POINTS = (1, 2, 3)
# Which of the three questions each learner answers rightly.
ANSWERS = ["110", "111", "100", "010", "000", "111", "110", "001", "101", "011", "110", "111"]


@pytest.fixture
def quiz(world: World) -> Lesson:
    """Three questions of other points; a wrong answer takes points away."""
    course = make_course(provider=world.centre)
    module = make_module(course.versions.get())
    make_lesson(module, "page")
    quiz = make_quiz(module, kinds=("single",) * 3)
    for item, points in zip(quiz.items.all(), POINTS, strict=True):
        item.points = points
        item.save()
    save_rules(quiz, RuleFields(penalty=Decimal("0.5")), by=None)
    publish(course.versions.get())
    return quiz


def answer(course: Course, pattern: str) -> Attempt:
    course.refresh_from_db()
    enrollment = make_learning(course=course)
    attempt = start_attempt(enrollment, lesson_of(enrollment, "quiz"))
    for question, right in zip(attempt.questions.all(), pattern, strict=True):
        save_answer(attempt, question, "a" if right == "1" else "b")
    return submit_attempt(attempt)


def test_what_first_attempts_show_of_each_question(quiz: Lesson) -> None:
    course = quiz.version.course
    for pattern in ANSWERS:
        attempt = answer(course, pattern)
    take_quiz(attempt.enrollment, wrong=3)  # a second attempt counts not
    assert count_due_items() == 1
    for n, item in enumerate(quiz.items.all()):
        assert item.question
        statistic = ItemStatistic.objects.get(version__question=item.question)
        worths = [int(pattern[n]) for pattern in ANSWERS]
        others = [m for m in range(3) if m != n]
        rests = [
            sum(POINTS[m] * int(pattern[m]) for m in others) / sum(POINTS[m] for m in others) for pattern in ANSWERS
        ]
        assert statistic.asked == len(ANSWERS)
        assert statistic.facility == pytest.approx(100 * mean(worths))
        assert statistic.discrimination == pytest.approx(correlation(worths, rests))
        pooled = statistic_of(statistic.version)
        assert pooled
        assert pooled.discrimination == pytest.approx(statistic.discrimination)


def test_only_what_was_taken_since_is_counted_again(quiz: Lesson) -> None:
    assert count_due_items() == 0
    answer(quiz.version.course, "110")
    assert count_due_items() == 1
    Attempt.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    assert count_due_items() == 0
    answer(quiz.version.course, "111")
    assert count_due_items() == 1
    assert set(ItemStatistic.objects.values_list("asked", flat=True)) == {2}


def test_few_attempts_and_answers_that_are_all_alike_say_nothing(quiz: Lesson) -> None:
    for n in range(ItemStatistic.LEAST_PAIRS):
        count_due_items()
        assert not any(one.discrimination is not None for one in ItemStatistic.objects.all())
        answer(quiz.version.course, "110" if n % 2 else "100")
    count_due_items()
    assert [one.discrimination for one in ItemStatistic.objects.order_by("version")] == [None, None, None]


def test_a_question_alone_in_its_quiz_has_a_facility_only(world: World) -> None:
    course = make_course(provider=world.centre)
    module = make_module(course.versions.get())
    make_lesson(module, "page")
    make_quiz(module, kinds=("single",))
    publish(course.versions.get())
    answer(course, "1")
    count_due_items()
    statistic = ItemStatistic.objects.get()
    assert (statistic.facility, statistic.pairs, statistic.discrimination) == (100, 0, None)


def test_authors_see_them_beside_the_quiz_and_the_question(client: Client, quiz: Lesson, instructor: User) -> None:
    for pattern in ANSWERS:
        answer(quiz.version.course, pattern)
    count_due_items()
    client.force_login(instructor)
    page = client.get(reverse("learning:teach_lesson", args=[quiz.uuid]))
    assert len(page.context["statistics"]) == 3
    one = page.context["statistics"][0]
    assert one.version.name in page.content.decode()
    bank = client.get(reverse("learning:bank_question", args=[one.version.question.uuid]))
    assert bank.context["statistic"].asked == len(ANSWERS)
