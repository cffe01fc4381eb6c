from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from enrollment.models import Enrollment
from learning.models import Attempt
from learning.services.attempts import start_attempt
from tests.accounts.factories import make_user
from tests.courses.factories import RIGHT, make_course, make_module, make_quiz, publish
from tests.learning.factories import answer_all, lesson_of, make_learning, take_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(client: Client, learner: User) -> Attempt:
    client.force_login(learner)
    enrollment = make_learning(user=learner)
    return start_attempt(enrollment, lesson_of(enrollment, "quiz"))


def address(attempt: Attempt, name: str = "attempt") -> str:
    return reverse(f"learning:{name}", args=[attempt.enrollment.uuid, attempt.lesson.uuid, attempt.uuid])


def sheet(attempt: Attempt, **changes: object) -> dict[str, object]:
    """What the form sends when every answer is right but for `changes` by kind."""
    items = attempt.lesson.items.select_related("question")
    return {f"item-{item.pk}": (RIGHT | changes)[item.question.kind] for item in items}


def test_a_quiz_works_without_javascript(client: Client, learner: User) -> None:
    client.force_login(learner)
    enrollment = make_learning(user=learner)
    quiz = lesson_of(enrollment, "quiz")
    begin = client.post(reverse("learning:attempt_start", args=[enrollment.uuid, quiz.uuid]), follow=True)
    page = begin.redirect_chain[-1][0]
    attempt = Attempt.objects.get()
    assert begin.templates[0].name == "learning/attempt.html"
    kept = client.post(page, sheet(attempt) | {"then": "save"}, follow=True)
    assert "checked" in kept.content.decode()
    assert attempt.answers.count() == 5
    result = client.post(page, sheet(attempt) | {"then": "submit"}, follow=True)
    assert result.templates[0].name == "learning/result.html"
    attempt.refresh_from_db()
    assert (attempt.status, attempt.score, attempt.answers.count()) == ("submitted", Decimal(100), 5)


def test_handing_in_with_gaps_asks_first(client: Client, attempt: Attempt) -> None:
    asked = client.post(address(attempt), sheet(attempt, single="") | {"then": "submit"})
    assert asked.context["warning"]
    attempt.refresh_from_db()
    assert attempt.status == "open"
    client.post(address(attempt), sheet(attempt, single="") | {"then": "submit-anyway"})
    attempt.refresh_from_db()
    assert (attempt.status, attempt.score) == ("submitted", Decimal(80))


def test_an_answer_that_cannot_be_read_is_named_and_the_rest_is_kept(client: Client, attempt: Attempt) -> None:
    answer = client.post(address(attempt), sheet(attempt, numeric="oʻn ikki") | {"then": "submit"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "oʻn ikki" in page
    assert 'aria-invalid="true"' in page
    assert attempt.answers.count() == 4
    attempt.refresh_from_db()
    assert attempt.status == "open"


def test_each_answer_is_saved_as_it_is_given_and_says_so(client: Client, attempt: Attempt) -> None:
    item = attempt.lesson.items.get(question__kind="multiple")
    name = f"item-{item.pk}"
    answer = client.post(address(attempt, "answer_save"), {"item": name, name: ["b", "a"]})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert attempt.answers.get().response == ["a", "b"]


@pytest.mark.parametrize("item", ["", "x", "item-", "item-0", "item-" + "9" * 30, "item-٣"])
def test_an_answer_to_nothing_is_not_found(client: Client, attempt: Attempt, item: str) -> None:
    assert client.post(address(attempt, "answer_save"), {"item": item}).status_code == 404


def test_a_bad_answer_and_a_late_one_are_refused_in_words(client: Client, attempt: Attempt) -> None:
    name = f"item-{attempt.lesson.items.get(question__kind='numeric').pk}"
    for value in ("koʻp", ["1", "2"]):
        assert client.post(address(attempt, "answer_save"), {"item": name, name: value}).status_code == 422
    Attempt.objects.update(status="submitted")
    late = client.post(address(attempt, "answer_save"), {"item": name, name: "1"})
    assert late.status_code == 409
    assert late.content


def test_nobody_else_finds_an_attempt(client: Client, attempt: Attempt) -> None:
    client.force_login(make_user())
    assert client.get(address(attempt)).status_code == 404
    assert client.post(address(attempt), {"then": "submit"}).status_code == 404
    assert client.post(address(attempt, "answer_save"), {"item": "item-1"}).status_code == 404


def test_right_answers_are_shown_only_when_no_attempt_could_use_them(client: Client, learner: User) -> None:
    client.force_login(learner)
    course = make_course()
    make_quiz(make_module(course.versions.get()), pass_score=Decimal(90), max_attempts=2)
    publish(course.versions.get())
    course.refresh_from_db()
    enrollment = make_learning(user=learner, course=course)
    first = client.get(address(take_quiz(enrollment, wrong=5)))
    assert not first.context["reveals"]
    assert "Toʻgʻri chok" not in first.content.decode()
    last = client.get(address(take_quiz(enrollment, wrong=5)))
    assert last.context["reveals"]
    assert "Toʻgʻri chok" in last.content.decode()


def test_handing_in_after_the_end_says_why_not(client: Client, attempt: Attempt) -> None:
    Enrollment.objects.update(status="failed")
    answer = client.post(address(attempt), sheet(attempt) | {"then": "submit"}, follow=True)
    assert answer.status_code == 200
    assert [str(message) for message in answer.context["messages"]]
    attempt.refresh_from_db()
    assert attempt.status == "open"


def test_saving_an_answer_takes_few_queries(
    client: Client, attempt: Attempt, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    answer_all(attempt)
    name = f"item-{attempt.lesson.items.get(question__kind='single').pk}"
    with django_assert_num_queries(9):
        client.post(address(attempt, "answer_save"), {"item": name, name: "b"})


@pytest.mark.parametrize("kinds", [("single",), ("single", "numeric", "multiple")])
def test_a_sheet_takes_the_same_queries_however_long(
    client: Client, learner: User, kinds: tuple[str, ...], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(learner)
    course = make_course()
    make_quiz(make_module(course.versions.get()), kinds=kinds)
    publish(course.versions.get())
    course.refresh_from_db()
    enrollment = make_learning(user=learner, course=course)
    attempt = start_attempt(enrollment, lesson_of(enrollment, "quiz"))
    client.get(address(attempt))
    with django_assert_num_queries(11):
        client.get(address(attempt))
