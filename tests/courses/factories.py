"""Courses for tests, made by the services that make real ones."""

from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image

from accounts.models import Organization
from courses.models import (
    Attachment,
    BankPicture,
    Caption,
    Course,
    CourseVersion,
    GradeCategory,
    Lesson,
    Module,
    Question,
    Video,
)
from courses.services.assignments import add_criterion
from courses.services.bank import add_picture, add_question
from courses.services.courses import create_course
from courses.services.grade_categories import CategoryFields, add_category, categorize
from courses.services.outline import add_lesson, add_module
from courses.services.quizzes import add_item
from courses.services.versions import publish_version, submit_for_review
from tests.accounts.factories import make_organization

numbers = count(1)
FILM = b"\0\0\0\x20ftypisom" + b"v" * 100

# A question of each kind without its text, and what a form sends for its right answer, by part.
CONTENTS: dict[str, dict[str, Any]] = {
    "single": {
        "choices": [
            {"key": "a", "text": {"uz": "Igna"}, "correct": True},
            {"key": "b", "text": {"uz": "Qaychi"}, "correct": False},
            {"key": "c", "text": {"uz": "Chizgʻich"}, "correct": False},
        ]
    },
    "multiple": {
        "choices": [
            {"key": "a", "text": {"uz": "Paxta"}, "correct": True},
            {"key": "b", "text": {"uz": "Ipak"}, "correct": True},
            {"key": "c", "text": {"uz": "Shisha"}, "correct": False},
            {"key": "d", "text": {"uz": "Temir"}, "correct": False},
        ]
    },
    "true-false": {"answer": True},
    "numeric": {"answers": [{"number": "12.5", "tolerance": "0.1"}], "units": [{"text": {"uz": "sm"}}]},
    "short-text": {"answers": [{"text": "Toʻgʻri chok"}]},
    "matching": {
        "pairs": [
            {"key": "a", "text": {"uz": "Igna"}, "match": {"uz": "tikadi"}},
            {"key": "b", "text": {"uz": "Qaychi"}, "match": {"uz": "qirqadi"}},
            {"key": "c", "text": {}, "match": {"uz": "oʻlchaydi"}},
        ]
    },
    "ordering": {
        "items": [
            {"key": "a", "text": {"uz": "Oʻlchash"}},
            {"key": "b", "text": {"uz": "Bichish"}},
            {"key": "c", "text": {"uz": "Tikish"}},
        ]
    },
    "cloze": {
        "gaps": [
            {"key": "1", "kind": "short-text", "answers": [{"text": "ip"}]},
            {"key": "2", "kind": "numeric", "weight": 2, "answers": [{"number": "2"}]},
            {
                "key": "3",
                "kind": "single",
                "choices": [{"text": {"uz": "mato"}, "correct": True}, {"text": {"uz": "suv"}}],
            },
        ]
    },
    "essay": {"most_words": 100},
    "file": {"endings": [".pdf", ".txt"]},
}
HOT_SPOT: dict[str, Any] = {
    "image": {"uuid": "00000000-0000-4000-8000-000000000000", "width": 400, "height": 300},
    "alt": {"uz": "Tikuv mashinasi"},
    "columns": 4,
    "rows": 3,
    "cells": ["2-1", "2-2"],
}
RIGHT: dict[str, Any] = {
    "single": "a",
    "multiple": ["a", "b"],
    "true-false": "true",
    "numeric": "12,5",
    "short-text": "to'g'ri chok",
    "matching": {"a": "a", "b": "b"},
    "ordering": {"a": "1", "b": "2", "c": "3"},
    "cloze": {"1": "IP", "2": "2,0", "3": "a"},
    "hot-spot": "2-2",
}
FIVE_KINDS = ("single", "multiple", "true-false", "numeric", "short-text")


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


def make_grade_category(
    version: CourseVersion, *lessons: Lesson, weight: int = 1, drop_lowest: int = 0
) -> GradeCategory:
    """Put a category into a draft, and these lessons into it."""
    fields = CategoryFields({"uz": f"{next(numbers)}-turkum"}, Decimal(weight), drop_lowest)
    category = add_category(version, fields, by=None)
    categorize(version, dict.fromkeys(lessons, category), by=None)
    return category


def make_attachment(lesson: Lesson, *, name: str = "jadval.pdf") -> Attachment:
    """Put a file beside a lesson, published or not."""
    attachment = Attachment(lesson=lesson, name=name, size=8)
    attachment.file.save(name, ContentFile(b"%PDF-1.7"), save=False)
    attachment.save()
    return attachment


def make_film(lesson: Lesson) -> Video:
    """Give a lesson a film of which no size was made, with captions; nothing in it can be played."""
    video = Video(organization=lesson.version.course.provider, size=len(FILM), status=Video.Status.PLAIN)
    video.file.save("film.mp4", ContentFile(FILM), save=False)
    video.save()
    Caption.objects.create(video=video, language="uz", text="WEBVTT\n\n00:00.000 --> 00:02.000\nSalom\n")
    Lesson.objects.filter(pk=lesson.pk).update(video=video)
    lesson.video = video
    return video


def content_of(kind: str, **changes: Any) -> dict[str, Any]:
    """The content of a question of a kind, as an author gives it."""
    gaps = " [[1]], [[2]] va [[3]]" if kind == "cloze" else ""
    own = HOT_SPOT if kind == "hot-spot" else CONTENTS[kind]
    return {"text": {"uz": f"{next(numbers)}-savol?{gaps}"}, "points": "1", **own} | changes


def make_picture(
    organization: Organization, *, color: str = "white", size: tuple[int, int] = (400, 300)
) -> BankPicture:
    drawn = BytesIO()
    Image.new("RGB", (400, 300), color).save(drawn, "PNG")
    drawn.seek(0)
    return add_picture(organization, file=drawn, size=len(drawn.getvalue()), by=None)


def make_question(organization: Organization, kind: str = "single", **fields: Any) -> Question:
    """Put a question into a bank; `fields` change its content, or say where it is found."""
    place = {name: fields.pop(name) for name in ("category", "difficulty", "tags") if name in fields}
    if kind == "hot-spot":
        picture = make_picture(organization)
        fields["image"] = {"uuid": str(picture.uuid), "width": picture.width, "height": picture.height}
    return add_question(organization, kind=kind, content=content_of(kind, **fields), by=None, **place)


def make_quiz(module: Module, kinds: tuple[str, ...] = FIVE_KINDS, **fields: Any) -> Lesson:
    """Make a quiz with one question of each of `kinds`."""
    quiz = make_lesson(module, "quiz", **{"weight": 1} | fields)
    for kind in kinds:
        add_item(quiz, question=make_question(module.version.course.provider, kind), by=None)
    return quiz


def make_marked(module: Module, kind: str = "assignment", *, checklist: bool = False, **fields: Any) -> Lesson:
    """Make an assignment, or practical work, of two criteria of 4 points each: in levels, or met or not."""
    lesson = make_lesson(module, kind, **{"weight": 1, "pass_score": 50} | fields)
    levels, points = ({}, "4") if checklist else ({"uz": "Yoʻq\nQisman\nToʻliq"}, "0; 2; 4")
    for title in ("Chok tekis", "Oʻlcham toʻgʻri"):
        add_criterion(lesson, title={"uz": title}, levels=levels, points=points, required=False, by=None)
    return lesson


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
        elif kind in Lesson.MARKED_KINDS:
            make_marked(module, kind, checklist=kind == Lesson.Kind.PRACTICAL)
        else:
            make_lesson(module, kind)
    publish(course.versions.get())
    course.refresh_from_db()
    return course
