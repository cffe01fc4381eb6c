from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.questions import KINDS
from enrollment.models import Enrollment
from learning.models import Answer, Attempt
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
    sent: dict[str, object] = {}
    for question in attempt.questions.select_related("version__question"):
        right: Any = (RIGHT | changes)[question.version.question.kind]
        parts = right if isinstance(right, dict) else {"": right}
        sent |= {f"q-{question.pk}.{part}" if part else f"q-{question.pk}": value for part, value in parts.items()}
    return sent


def name_of(attempt: Attempt, kind: str) -> str:
    return f"q-{attempt.questions.get(version__question__kind=kind).pk}"


def sent(attempt: Attempt, name: str, value: object, *, sequence: int = 1, **fields: object) -> dict[str, object]:
    """One answer as the page's script sends it."""
    return {"question": name, name: value, "id": str(uuid4()), "sequence": sequence} | fields


def answers_of(attempt: Attempt) -> QuerySet[Answer]:
    return Answer.objects.filter(question__attempt=attempt)


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
    assert answers_of(attempt).count() == 5
    result = client.post(page, sheet(attempt) | {"then": "submit"}, follow=True)
    assert result.templates[0].name == "learning/result.html"
    attempt.refresh_from_db()
    assert (attempt.status, attempt.score, answers_of(attempt).count()) == ("submitted", Decimal(100), 5)


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
    assert answers_of(attempt).count() == 4
    attempt.refresh_from_db()
    assert attempt.status == "open"


def test_each_answer_is_saved_as_it_is_given_and_says_so(client: Client, attempt: Attempt) -> None:
    name = name_of(attempt, "multiple")
    answer = client.post(address(attempt, "answer_save"), sent(attempt, name, ["b", "a"]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answers_of(attempt).get().response == ["a", "b"]


@pytest.mark.parametrize("item", ["", "x", "q-", "q-0", "q-" + "9" * 30, "q-٣"])
def test_an_answer_to_nothing_is_not_found(client: Client, attempt: Attempt, item: str) -> None:
    assert client.post(address(attempt, "answer_save"), {"question": item}).status_code == 404


def test_a_bad_answer_and_a_late_one_are_refused_in_words(client: Client, attempt: Attempt) -> None:
    name = name_of(attempt, "numeric")
    for value in ("koʻp", ["1", "2"]):
        assert client.post(address(attempt, "answer_save"), sent(attempt, name, value)).status_code == 422
    Attempt.objects.update(status="submitted")
    late = client.post(address(attempt, "answer_save"), sent(attempt, name, "1"))
    assert late.status_code == 409
    assert late.content


def test_nobody_else_finds_an_attempt(client: Client, attempt: Attempt) -> None:
    client.force_login(make_user())
    assert client.get(address(attempt)).status_code == 404
    assert client.post(address(attempt), {"then": "submit"}).status_code == 404
    assert client.post(address(attempt, "answer_save"), {"question": "q-1"}).status_code == 404


def test_right_answers_are_shown_only_when_no_attempt_could_use_them(client: Client, learner: User) -> None:
    client.force_login(learner)
    course = make_course()
    make_quiz(make_module(course.versions.get()), pass_score=Decimal(90), max_attempts=2)
    publish(course.versions.get())
    course.refresh_from_db()
    enrollment = make_learning(user=learner, course=course)
    first = client.get(address(take_quiz(enrollment, wrong=5)))
    assert not first.context["review"].right
    assert "Toʻgʻri chok" not in first.content.decode()
    last = client.get(address(take_quiz(enrollment, wrong=5)))
    assert last.context["review"].right
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
    name = name_of(attempt, "single")
    with django_assert_num_queries(4):  # session, user, question, answer
        client.post(address(attempt, "answer_save"), sent(attempt, name, "b", sequence=2))


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
    with django_assert_num_queries(15):
        client.get(address(attempt))


def test_every_kind_is_asked_answered_and_shown(client: Client, learner: User) -> None:
    client.force_login(learner)
    course = make_course()
    make_quiz(make_module(course.versions.get()), kinds=tuple(KINDS))
    publish(course.versions.get())
    course.refresh_from_db()
    enrollment = make_learning(user=learner, course=course)
    attempt = start_attempt(enrollment, lesson_of(enrollment, "quiz"))
    assert client.get(address(attempt)).status_code == 200
    upload = SimpleUploadedFile("ish.pdf", b"%PDF-1.7")
    sent = sheet(attempt, essay="Matn", file="") | {name_of(attempt, "file"): upload, "then": "submit"}
    answer = client.post(address(attempt), sent, follow=True)
    assert answer.templates[0].name == "learning/result.html"
    states = {asked.kind: asked.state for page in answer.context["sheets"] for asked in page.questions}
    assert states == dict.fromkeys(RIGHT, "right") | {"essay": "waiting", "file": "waiting"}
    assert "ish.pdf" in answer.content.decode()
    assert "%" not in str(attempt.score)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["\0", "x" * 60_000, "-1", "99999999999999999999", "<b>", "a\ud7ff"])
def test_hostile_answers_are_kept_or_refused_and_never_break(
    client: Client, learner: User, kind: str, value: str
) -> None:
    client.force_login(learner)
    course = make_course()
    make_quiz(make_module(course.versions.get()), kinds=(kind,))
    publish(course.versions.get())
    course.refresh_from_db()
    enrollment = make_learning(user=learner, course=course)
    attempt = start_attempt(enrollment, lesson_of(enrollment, "quiz"))
    name = name_of(attempt, kind)
    for field in (name, f"{name}.a", f"{name}.1", f"{name}.{value[:20]}"):
        saved = client.post(address(attempt, "answer_save"), sent(attempt, name, "") | {field: value})
        assert saved.status_code in (200, 422)
        assert client.post(address(attempt), {field: value, "then": "save"}).status_code in (302, 422)
    assert client.get(address(attempt)).status_code == 200
