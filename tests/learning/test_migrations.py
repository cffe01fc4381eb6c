"""What was asked and answered before questions had versions is asked and answered still."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from courses.models import PooledQuestion, Question, QuizItem
from courses.questions import clean_content, grade_response, right_response
from learning.models import Answer, Attempt
from learning.queries.quizzes import asked_in, questions_of

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("courses", "0001_initial"), ("learning", "0001_initial")]
OLD: dict[str, dict[str, Any]] = {
    "single": {
        "choices": [
            {"key": "a", "text": {"uz": "2 < 3"}, "correct": True},
            {"key": "b", "text": {"uz": "B"}, "correct": False},
        ]
    },
    "multiple": {
        "choices": [
            {"key": "a", "text": {"uz": "A"}, "correct": True},
            {"key": "b", "text": {"uz": "B"}, "correct": True},
            {"key": "c", "text": {"uz": "C"}, "correct": True},
            {"key": "d", "text": {"uz": "D"}, "correct": False},
        ]
    },
    "true-false": {"answer": False},
    "numeric": {"answer": "12.50", "tolerance": "0.1", "unit": {"uz": "sm"}},
    "short-text": {"accepted": ["Toʻgʻri chok", "chok"]},
}
ANSWERS = {"single": "a", "multiple": ["a", "b"], "true-false": "false", "numeric": "12.5", "short-text": "chok"}


@pytest.fixture
def old() -> Iterator[Any]:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    loader = MigrationExecutor(connection).loader
    yield loader.project_state(list(loader.applied_migrations)).apps
    MigrationExecutor(connection).migrate(latest)


def make_old_quiz(apps: Any) -> None:
    """A published quiz with a question of each kind, one of which was changed since; an attempt at it."""
    models = {name: apps.get_model("courses", name) for name in ("Course", "CourseVersion", "Module", "Lesson")}
    question_model, item_model = apps.get_model("courses", "Question"), apps.get_model("courses", "QuizItem")
    home = apps.get_model("accounts", "Organization").objects.create(kind="academy", names={"uz": "A"}, code="A")
    course = models["Course"].objects.create(provider=home, slug="a", title={"uz": "A"}, summary={})
    version = models["CourseVersion"].objects.create(course=course, number=1, status="published", hours=1)
    module = models["Module"].objects.create(version=version, position=1, title={"uz": "A"})
    quiz = models["Lesson"].objects.create(version=version, module=module, position=1, kind="quiz", title={"uz": "A"})
    cohort = apps.get_model("enrollment", "Cohort").objects.create(
        course=course, version=version, organization=home, code="G", status="published"
    )
    person = apps.get_model("accounts", "Person").objects.create(surname="A", given_name="B")
    enrollment = apps.get_model("enrollment", "Enrollment").objects.create(person=person, cohort=cohort)
    attempt = apps.get_model("learning", "Attempt").objects.create(
        enrollment=enrollment, lesson=quiz, number=1, status="submitted", submitted_at=timezone.now(), score=90
    )
    for position, (kind, definition) in enumerate(OLD.items(), start=1):
        text, said = {"uz": "Birinchi\nikkinchi?", "ru": "Что?"}, {"uz": "Izoh"}
        question = question_model.objects.create(
            organization=home, kind=kind, text=text, definition=definition, feedback=said, frozen_at=timezone.now()
        )
        item = item_model.objects.create(lesson=quiz, question=question, position=position, points=position)
        answers = apps.get_model("learning", "Answer").objects
        answers.create(attempt=attempt, item=item, response="")
        answers.create(attempt=attempt, item=item, response=ANSWERS[kind])
    newer = question_model.objects.create(
        organization=home, kind="short-text", text={"uz": "Yangi?"}, definition=OLD["short-text"], previous=question
    )
    draft = models["CourseVersion"].objects.create(course=course, number=2, status="draft", hours=1)
    module = models["Module"].objects.create(version=draft, position=1, title={"uz": "A"})
    again = models["Lesson"].objects.create(version=draft, module=module, position=1, kind="quiz", title={"uz": "A"})
    item_model.objects.create(lesson=again, question=newer, position=1, points=1)


def test_old_quizzes_attempts_and_answers_are_kept(old: Any) -> None:
    make_old_quiz(old)
    MigrationExecutor(connection).migrate(
        [node for node in MigrationExecutor(connection).loader.graph.leaf_nodes() if node[0] in ("courses", "learning")]
    )
    assert Question.objects.count() == 5
    for question in Question.objects.select_related("current"):
        content = question.newest.content
        assert clean_content(question.kind, content) == content
        assert grade_response(question.kind, content, right_response(question.kind, content)).worth == 1
    changed = Question.objects.get(kind="short-text")
    assert [version.number for version in changed.versions.order_by("number")] == [1, 2]
    assert str(changed) == "Yangi?"
    assert QuizItem.objects.filter(question=changed).count() == 2
    assert PooledQuestion.objects.filter(version__question=changed).get().version.number == 1
    attempt = Attempt.objects.get()
    asked = questions_of(asked_in(attempt))
    assert [one.state for one in asked] == ["right", "part", "right", "right", "right"]
    assert [one.points for one in asked] == [1, 2, 3, 4, 5]
    assert asked[0].text == "<p>Birinchi</p><p>ikkinchi?</p>"
    assert Answer.objects.count() == 10
