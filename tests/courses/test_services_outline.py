from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from base.errors import InvalidInput
from courses.models import CourseVersion, Question
from courses.services.outline import (
    ModuleNotEmpty,
    OutlineChanged,
    add_lesson,
    add_module,
    move_lesson,
    move_module,
    place_lesson,
    place_module,
    remove_lesson,
    remove_module,
    save_lesson,
    save_module,
)
from courses.services.versions import VersionFrozen
from tests.courses.factories import make_course, make_lesson, make_module, make_published_course, make_quiz

pytestmark = pytest.mark.django_db


def shape(version: CourseVersion) -> list[list[str]]:
    """The titles of the lessons, module by module, after a check that places count from 1."""
    lessons = list(version.lessons.all())
    assert [lesson.position for lesson in lessons] == list(range(1, len(lessons) + 1))
    return [[lesson.name for lesson in module.lessons.all()] for module in version.modules.all()]


def two_modules() -> CourseVersion:
    version = make_course().versions.get()
    first, second = make_module(version), make_module(version)
    for module, names in ((second, "cd"), (first, "ab")):
        for name in names:
            make_lesson(module, title={"uz": name})
    return version


def lesson_of(version: CourseVersion, name: str) -> Any:
    return next(lesson for lesson in version.lessons.all() if lesson.name == name)


def test_lessons_count_through_the_version_whatever_the_order_they_came_in() -> None:
    assert shape(two_modules()) == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize(
    ("name", "up", "after"),
    [
        ("b", True, [["b", "a"], ["c", "d"]]),
        ("a", True, [["a", "b"], ["c", "d"]]),
        ("c", True, [["a", "b", "c"], ["d"]]),
        ("b", False, [["a"], ["b", "c", "d"]]),
        ("d", False, [["a", "b"], ["c", "d"]]),
    ],
)
def test_move_lesson(name: str, up: bool, after: list[list[str]]) -> None:
    version = two_modules()
    move_lesson(lesson_of(version, name), up=up, by=None)
    assert shape(version) == after


def test_move_module_takes_its_lessons_along() -> None:
    version = two_modules()
    move_module(version.modules.all()[1], up=True, by=None)
    assert shape(version) == [["c", "d"], ["a", "b"]]
    move_module(version.modules.all()[0], up=True, by=None)
    assert shape(version) == [["c", "d"], ["a", "b"]]


@pytest.mark.parametrize(
    ("name", "behind", "module", "after"),
    [
        ("a", "b", 0, [["b", "a"], ["c", "d"]]),
        ("b", "", 0, [["b", "a"], ["c", "d"]]),
        ("a", "c", 1, [["b"], ["c", "a", "d"]]),
        ("d", "", 0, [["d", "a", "b"], ["c"]]),
        ("d", "", 1, [["a", "b"], ["d", "c"]]),
        ("a", "", 0, [["a", "b"], ["c", "d"]]),
    ],
)
def test_place_lesson(name: str, behind: str, module: int, after: list[list[str]]) -> None:
    version = two_modules()
    target = version.modules.all()[module].uuid
    for _ in range(2):  # twice is once
        place = lesson_of(version, behind).uuid if behind else None
        place_lesson(lesson_of(version, name), module=target, after=place, by=None)
        assert shape(version) == after


def test_a_place_that_is_gone_changes_nothing() -> None:
    version = two_modules()
    first, second = version.modules.all()
    a, d = lesson_of(version, "a"), lesson_of(version, "d")
    with pytest.raises(OutlineChanged):
        place_lesson(d, module=first.uuid, after=lesson_of(version, "c").uuid, by=None)
    remove_lesson(a, by=None)
    elsewhere = make_module(make_course().versions.get())
    for module, behind in ((first, a.uuid), (elsewhere, None)):
        with pytest.raises(OutlineChanged):
            place_lesson(d, module=module.uuid, after=behind, by=None)
    with pytest.raises(OutlineChanged):
        place_lesson(a, module=second.uuid, after=None, by=None)
    with pytest.raises(OutlineChanged):
        move_lesson(a, up=False, by=None)
    assert shape(version) == [["b"], ["c", "d"]]


def test_place_module_takes_its_lessons_along() -> None:
    version = two_modules()
    first, second = version.modules.all()
    place_module(first, after=second.uuid, by=None)
    assert shape(version) == [["c", "d"], ["a", "b"]]
    place_module(first, after=None, by=None)
    assert shape(version) == [["a", "b"], ["c", "d"]]
    remove_lesson(lesson_of(version, "c"), by=None)
    remove_lesson(lesson_of(version, "d"), by=None)
    remove_module(second, by=None)
    with pytest.raises(OutlineChanged):
        place_module(first, after=second.uuid, by=None)


def test_an_order_is_written_by_one_statement_for_each_table(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    version = two_modules()
    first, lesson = version.modules.all()[0], lesson_of(version, "d")
    lesson.version  # noqa: B018  # fetched before the counting
    with django_assert_num_queries(13):  # lock, outline (2), two updates, rules, audit row; savepoints (6)
        place_lesson(lesson, module=first.uuid, after=None, by=None)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_two_authors_move_at_once_is_both_moved() -> None:
    version = two_modules()
    first, second = version.modules.all()
    a, c = lesson_of(version, "a"), lesson_of(version, "c")
    last = lesson_of(version, "b").uuid
    moves = (
        lambda: place_lesson(a, module=second.uuid, after=None, by=None),
        lambda: place_lesson(c, module=first.uuid, after=last, by=None),
    )

    def at_once(number: int) -> None:
        moves[number]()
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(at_once, range(2)))
    assert shape(version) == [["b", "c"], ["a", "d"]]


def test_remove_lesson_closes_the_gap_and_twice_is_once() -> None:
    version = two_modules()
    lesson = lesson_of(version, "b")
    remove_lesson(lesson, by=None)
    remove_lesson(lesson, by=None)
    assert shape(version) == [["a"], ["c", "d"]]


def test_remove_a_quiz_keeps_its_questions() -> None:
    version = make_course().versions.get()
    quiz = make_quiz(make_module(version), kinds=("single",))
    remove_lesson(quiz, by=None)
    assert Question.objects.count() == 1


def test_remove_module_only_when_empty() -> None:
    version = two_modules()
    module = version.modules.all()[0]
    with pytest.raises(ModuleNotEmpty):
        remove_module(module, by=None)
    for name in "ab":
        remove_lesson(lesson_of(version, name), by=None)
    remove_module(module, by=None)
    remove_module(module, by=None)
    assert [one.position for one in version.modules.all()] == [1]


def test_adding_twice_is_once() -> None:
    version = make_course().versions.get()
    assert add_module(version, title={"uz": "A"}, by=None) == add_module(version, title={"uz": "A"}, by=None)
    module = version.modules.get()
    assert make_lesson(module, title={"uz": "A"}) == make_lesson(module, title={"uz": "A"})


def test_save_module_and_lesson() -> None:
    version = two_modules()
    assert save_module(version.modules.all()[0], title={"uz": " Yangi "}, by=None).title == {"uz": "Yangi"}
    lesson = save_lesson(
        lesson_of(version, "a"),
        body={"uz": "<p>Yangi</p><script>alert(1)</script>", "ru": " "},
        weight=Decimal(2),
        by=None,
    )
    assert lesson.body == {"uz": "<p>Yangi</p>"}
    assert (lesson.name, lesson.weight) == ("a", Decimal(2))


def test_a_file_stays_until_another_comes(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    module = make_module(make_course().versions.get())
    lesson = make_lesson(module, "file", file=ContentFile(b"%PDF-1", name="reja.pdf"))
    assert save_lesson(lesson, file=None, by=None).file.read() == b"%PDF-1"
    assert save_lesson(lesson, file=ContentFile(b"%PDF-2", name="reja.pdf"), by=None).file.read() == b"%PDF-2"


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("file", "sahifa.html", b"<script>alert(1)</script>"),
        ("file", "rasm.svg", b"<svg onload=alert(1)>"),
        ("file", "dastur.exe", b"MZ"),
        ("file", "reja.pdf", b"<html>"),
        ("file", "reja", b"%PDF-"),
        ("video", "reja.pdf", b"%PDF-"),
        ("video", "video.mp4", b"%PDF-"),
        ("page", "reja.pdf", b"%PDF-"),
    ],
)
def test_a_file_is_refused_unless_it_is_what_it_says(kind: str, name: str, content: bytes) -> None:
    module = make_module(make_course().versions.get())
    with pytest.raises(InvalidInput) as refusal:
        make_lesson(module, kind, file=ContentFile(content, name=name))
    assert refusal.value.field == "file"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": {}}, "title"),
        ({"kind": "package"}, "kind"),
        ({"kind": "nothing"}, "kind"),
        ({"minutes": -1}, "minutes"),
        ({"weight": Decimal(-1)}, "weight"),
        ({"pass_score": Decimal(101)}, "pass_score"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"body": {"uz": "x" * 200_001}}, "body"),
    ],
)
def test_add_lesson_refuses_bad_input(fields: dict[str, Any], field: str) -> None:
    module = make_module(make_course().versions.get())
    with pytest.raises(InvalidInput) as refusal:
        make_lesson(module, **fields)
    assert refusal.value.field == field


def test_nothing_moves_in_a_published_version() -> None:
    version = make_published_course(kinds=("page", "page")).versions.get()
    module, lesson = version.modules.get(), version.lessons.all()[0]
    for change in (
        lambda: move_lesson(lesson, up=False, by=None),
        lambda: move_module(module, up=False, by=None),
        lambda: save_lesson(lesson, minutes=1, by=None),
        lambda: save_module(module, title={"uz": "B"}, by=None),
        lambda: remove_lesson(lesson, by=None),
        lambda: remove_module(module, by=None),
        lambda: add_lesson(module, kind="page", title={"uz": "B"}, by=None),
    ):
        with pytest.raises(VersionFrozen):
            change()
