from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from base.models import Notice
from courses.models import Course
from enrollment.models import LessonProgress
from learning.models import Attempt, AttemptQuestion
from learning.services.answers import save_answer, save_file
from learning.services.attempts import start_attempt, submit_attempt
from tests.courses.factories import make_course, make_module, make_quiz, publish
from tests.learning.factories import lesson_of, make_learning
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(world: World) -> Course:
    """A quiz of an essay and a file at the centre, of 4 and 2 points."""
    course = make_course(provider=world.centre)
    quiz = make_quiz(make_module(course.versions.get()), kinds=("essay", "file"), pass_score=Decimal(50))
    for item, points in zip(quiz.items.all(), (4, 2), strict=True):
        item.points = points
        item.save()
    publish(course.versions.get())
    course.refresh_from_db()
    return course


def hand_in(course: Course, user: User, attempt: Attempt | None = None) -> Attempt:
    if attempt is None:
        enrollment = make_learning(user=user, course=course)
        attempt = start_attempt(enrollment, lesson_of(enrollment, "quiz"))
    save_answer(attempt, question(attempt, "essay"), "Igna toʻgʻri tanlanadi.")
    save_file(attempt, question(attempt, "file"), SimpleUploadedFile("chizma.pdf", b"%PDF-1.7"))
    return submit_attempt(attempt)


def question(attempt: Attempt, kind: str) -> AttemptQuestion:
    return attempt.questions.get(version__question__kind=kind)


def page(asked: AttemptQuestion) -> str:
    return reverse("learning:teach_mark", args=[asked.pk])


def test_answers_are_graded_one_after_the_other_and_the_last_makes_the_result(
    client: Client, course: Course, learner: User, instructor: User
) -> None:
    attempt = hand_in(course, learner)
    essay, file = question(attempt, "essay"), question(attempt, "file")
    client.force_login(instructor)
    waiting = client.get(reverse("learning:teach_marking")).context["quizzes"]
    assert [(one.lesson, one.count) for one in waiting] == [(attempt.lesson, 2)]
    place = [attempt.enrollment.cohort.uuid, attempt.lesson.uuid]
    first = client.get(reverse("learning:teach_marking_begin", args=place))
    assert first.headers["Location"] == page(essay)
    shown = client.get(page(essay))
    assert "Igna toʻgʻri tanlanadi." in shown.content.decode()
    assert (shown.context["left"], shown.context["before"], shown.context["after"]) == (2, None, file)
    assert client.post(page(essay), {"points": "4.5"}).status_code == 422
    on = client.post(page(essay), {"points": "1", "comment": "Yaxshi, lekin qisqa."})
    assert on.headers["Location"] == page(file)
    assert client.get(page(file)).context["before"] == essay
    sent = client.get(reverse("learning:teach_answer_file", args=[file.pk]))
    assert b"".join(sent.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]  # a stream
    end = client.post(page(file), {"points": "2"})
    assert end.headers["Location"] == reverse("learning:teach_marking")
    attempt.refresh_from_db()
    assert attempt.score == 50
    assert LessonProgress.objects.get().completed_at
    assert Notice.objects.get(kind="quiz-graded").user == learner
    assert AuditEvent.objects.filter(action="answer.graded", actor=instructor).count() == 2
    client.force_login(learner)
    result = client.get(reverse("learning:attempt", args=[attempt.enrollment.uuid, attempt.lesson.uuid, attempt.uuid]))
    assert "Yaxshi, lekin qisqa." in result.content.decode()


def test_a_grade_may_be_changed_and_tells_the_learner_once(
    client: Client, course: Course, learner: User, instructor: User
) -> None:
    attempt = hand_in(course, learner)
    client.force_login(instructor)
    for points in ("2", "4"):
        for asked in attempt.questions.all():
            client.post(page(asked), {"points": min(points, str(asked.points))})
    attempt.refresh_from_db()
    assert attempt.score == 100
    assert Notice.objects.filter(kind="quiz-graded").count() == 1


def test_nobody_grades_what_is_open_or_not_of_an_own_group(
    client: Client, course: Course, learner: User, instructor: User, outsider: User
) -> None:
    enrollment = make_learning(user=learner, course=course)
    attempt = start_attempt(enrollment, lesson_of(enrollment, "quiz"))
    client.force_login(instructor)
    assert client.get(page(question(attempt, "essay"))).status_code == 404
    hand_in(course, learner, attempt)
    assert client.get(page(question(attempt, "essay"))).status_code == 200
    client.force_login(outsider)
    assert client.get(page(question(attempt, "essay"))).status_code == 404
    assert client.get(reverse("learning:teach_marking")).context["quizzes"] == []


def test_the_queue_takes_the_same_queries_however_long(
    client: Client, course: Course, learner: User, instructor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(instructor)
    for _n in range(2):
        attempt = hand_in(course, learner)
        with django_assert_num_queries(8):
            client.get(reverse("learning:teach_marking"))
        with django_assert_num_queries(12):
            client.get(page(question(attempt, "essay")))
