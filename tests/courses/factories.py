"""Courses for tests, made by the services that make real ones."""

from itertools import count
from typing import Any

from accounts.models import Organization
from courses.models import Course, CourseVersion, Lesson, Module, Question
from courses.services.courses import create_course
from courses.services.outline import add_lesson, add_module
from courses.services.questions import add_item, add_question
from courses.services.versions import publish_version, submit_for_review
from tests.accounts.factories import make_organization

numbers = count(1)

SINGLE: dict[str, Any] = {
    "choices": [
        {"key": "a", "text": {"uz": "Igna"}, "correct": True},
        {"key": "b", "text": {"uz": "Qaychi"}, "correct": False},
        {"key": "c", "text": {"uz": "Chizgʻich"}, "correct": False},
    ]
}
MULTIPLE: dict[str, Any] = {
    "choices": [
        {"key": "a", "text": {"uz": "Paxta"}, "correct": True},
        {"key": "b", "text": {"uz": "Ipak"}, "correct": True},
        {"key": "c", "text": {"uz": "Shisha"}, "correct": False},
        {"key": "d", "text": {"uz": "Temir"}, "correct": False},
    ]
}
TRUE_FALSE = {"answer": True}
NUMERIC = {"answer": "12.5", "tolerance": "0.1", "unit": {"uz": "sm"}}
SHORT_TEXT = {"accepted": ["Toʻgʻri chok"]}
DEFINITIONS: dict[str, dict[str, Any]] = {
    "single": SINGLE,
    "multiple": MULTIPLE,
    "true-false": TRUE_FALSE,
    "numeric": NUMERIC,
    "short-text": SHORT_TEXT,
}
RIGHT = {"single": "a", "multiple": ["a", "b"], "true-false": "true", "numeric": "12,5", "short-text": "to'g'ri chok"}


def make_course(**fields: Any) -> Course:
    """Make a course with an empty draft."""
    n = next(numbers)
    fields["provider"] = fields.get("provider") or make_organization()
    defaults: dict[str, Any] = {"title": {"uz": f"{n}-kurs", "en": f"Course {n}"}, "summary": {"uz": "Qisqacha"}}
    return create_course(**defaults | {"hours": 72, "by": None} | fields)


def make_module(version: CourseVersion, **fields: Any) -> Module:
    return add_module(version, **{"title": {"uz": f"{next(numbers)}-boʻlim"}, "by": None} | fields)


def make_lesson(module: Module, kind: str = "page", **fields: Any) -> Lesson:
    defaults: dict[str, Any] = {"title": {"uz": f"{next(numbers)}-dars"}, "minutes": 30, "by": None}
    if kind == "page":
        defaults["body"] = {"uz": "<p>Matn</p>", "en": "<p>Text</p>"}
    return add_lesson(module, kind=kind, **defaults | fields)


def make_question(organization: Organization, kind: str = "single", **fields: Any) -> Question:
    defaults: dict[str, Any] = {"text": {"uz": f"{next(numbers)}-savol?"}, "definition": DEFINITIONS[kind], "by": None}
    return add_question(organization, kind=kind, **defaults | fields)


def make_quiz(module: Module, kinds: tuple[str, ...] = tuple(DEFINITIONS), **fields: Any) -> Lesson:
    """Make a quiz with one question of each of `kinds`."""
    quiz = make_lesson(module, "quiz", **{"weight": 1} | fields)
    for kind in kinds:
        add_item(quiz, question=make_question(module.version.course.provider, kind), by=None)
    return quiz


def publish(version: CourseVersion) -> CourseVersion:
    submit_for_review(version, by=None)
    return publish_version(version, by=None)


def make_published_course(kinds: tuple[str, ...] = ("page", "quiz"), **fields: Any) -> Course:
    """Make and publish a course with one module that holds a lesson of each of `kinds`."""
    course = make_course(**fields)
    module = make_module(course.versions.get())
    for kind in kinds:
        if kind == "quiz":
            make_quiz(module)
        else:
            make_lesson(module, kind)
    publish(course.versions.get())
    course.refresh_from_db()
    return course
