from decimal import Decimal
from typing import Any

import pytest

from base.errors import InvalidInput
from courses.models import AssignmentRules, CourseVersion, Criterion, Lesson
from courses.queries import assignment_rules_of, missing_to_publish
from courses.services.assignments import (
    AssignmentFields,
    NotMarked,
    add_criterion,
    move_criterion,
    remove_criterion,
    save_assignment_rules,
    save_criterion,
)
from courses.services.outline import remove_lesson
from courses.services.translations import translate
from courses.services.versions import VersionFrozen, copy_module, new_draft
from courses.uploads import check_handed_in
from learning.queries.changes import changes_between
from learning.queries.translations import pieces_of
from tests.courses.factories import make_course, make_lesson, make_marked, make_module, publish

pytestmark = pytest.mark.django_db
LEVELS = {"uz": "Yomon\nYaxshi", "ru": "Плохо\nХорошо"}


@pytest.fixture
def lesson() -> Lesson:
    return make_marked(make_module(make_course().versions.get()))


def add(lesson: Lesson, **changes: Any) -> Criterion:
    given: dict[str, Any] = {"title": {"uz": "Toza"}, "levels": LEVELS, "points": "0; 4,5", "required": False}
    return add_criterion(lesson, by=None, **given | changes)


def test_a_criterion_has_levels_or_is_met_or_not(lesson: Lesson, in_english: None) -> None:
    graded, checked = add(lesson), add(lesson, levels={}, points="3")
    assert graded.steps == [("Yomon", Decimal(0)), ("Yaxshi", Decimal("4.5"))]
    assert checked.is_checked
    assert checked.steps == [("Not met", Decimal(0)), ("Met", Decimal(3))]
    assert add(lesson) == graded
    assert [one.position for one in lesson.criteria.all()] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("points", {"points": "4; 0"}),
        ("points", {"points": "0; 0"}),
        ("points", {"points": "0; x"}),
        ("points", {"points": "0; NaN"}),
        ("points", {"points": "0; 0.3"}),
        ("points", {"levels": {}, "points": "0; 2"}),
        ("points", {"levels": {"uz": "Bir"}, "points": "2"}),
        ("levels", {"points": "0; 2; 4"}),
        ("levels", {"levels": {"uz": "Yomon\nYaxshi", "ru": "Плохо"}}),
        ("title", {"title": {}}),
    ],
)
def test_a_criterion_that_cannot_be_marked_is_refused(lesson: Lesson, field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(lesson, **changes)
    assert refused.value.field == field


def test_criteria_are_moved_and_removed_and_frozen(lesson: Lesson) -> None:
    first, second = lesson.criteria.all()
    move_criterion(second, up=True, by=None)
    assert list(lesson.criteria.all()) == [second, first]
    remove_criterion(second, by=None)
    remove_criterion(second, by=None)
    assert [one.position for one in lesson.criteria.all()] == [1]
    publish(lesson.version)
    for refused in (lambda: add(lesson), lambda: save_assignment_rules(lesson, AssignmentFields(), by=None)):
        with pytest.raises(VersionFrozen):
            refused()


def test_rules_are_checked_and_only_for_what_is_marked(lesson: Lesson) -> None:
    page = make_lesson(lesson.module)
    with pytest.raises(NotMarked):
        save_assignment_rules(page, AssignmentFields(), by=None)
    for name, value in {
        "most_files": 21,
        "kinds": ["exe"],
        "late": "x",
        "late_percent": 101,
        "most_megabytes": 0,
    }.items():
        with pytest.raises(InvalidInput) as refused:
            save_assignment_rules(lesson, AssignmentFields(**{name: value}), by=None)  # type: ignore[arg-type]  # one wrong value at a time
        assert refused.value.field == name
    with pytest.raises(InvalidInput):
        save_assignment_rules(lesson, AssignmentFields(takes_text=False, most_files=0), by=None)


def test_lateness_takes_a_share_down_to_a_floor() -> None:
    rules = AssignmentRules(late="reduced", late_percent=20, late_least=50)
    assert [rules.kept_share(days) for days in (0, 1, 2, 3, 9)] == [
        1,
        Decimal("0.8"),
        Decimal("0.6"),
        *[Decimal("0.5")] * 2,
    ]
    assert AssignmentRules(late="accepted", late_percent=20).kept_share(9) == 1


def test_at_the_bench_two_look_on_unless_it_is_said_otherwise(lesson: Lesson) -> None:
    practical = make_marked(lesson.module, "practical", checklist=True)
    assert (assignment_rules_of(practical).double, assignment_rules_of(lesson).double) == (True, False)


def test_nothing_that_nobody_could_mark_is_published(lesson: Lesson, in_english: None) -> None:
    version = lesson.version
    assert missing_to_publish(version) == []
    add(lesson, required=True)
    Lesson.objects.filter(pk=lesson.pk).update(pass_score=None)
    assert "must be met" in missing_to_publish(version)[0]
    for one in lesson.criteria.all():
        remove_criterion(one, by=None)
    assert "no criterion" in missing_to_publish(version)[0]


def test_a_further_draft_and_a_copied_module_have_rules_and_criteria_of_their_own(lesson: Lesson) -> None:
    save_assignment_rules(lesson, AssignmentFields(due_days=7, kinds=["picture"]), by=None)
    publish(lesson.version)
    draft = new_draft(lesson.version.course, by=None)
    elsewhere = make_course(provider=draft.course.provider).versions.get()
    copies = [draft.lessons.get(), copy_module(lesson.module, elsewhere, by=None).lessons.get()]
    for copy in copies:
        assert (copy.assignment_rules.due_days, copy.assignment_rules.kinds) == (7, ["picture"])
        assert [one.title for one in copy.criteria.all()] == [one.title for one in lesson.criteria.all()]
        assert {one.pk for one in copy.criteria.all()}.isdisjoint(one.pk for one in lesson.criteria.all())
    remove_lesson(copies[0], by=None)
    assert not draft.lessons.exists()


def test_what_changed_names_rules_and_criteria(lesson: Lesson, in_english: None) -> None:
    publish(lesson.version)
    draft = new_draft(lesson.version.course, by=None)
    assert changes_between(lesson.version, draft).is_none
    save_assignment_rules(draft.lessons.get(), AssignmentFields(due_days=7), by=None)
    add(draft.lessons.get())
    [changed] = changes_between(lesson.version, draft).changed
    assert [one.label for one in changed.changes] == ["How it is handed in and marked", "Criteria"]


def test_a_criterion_is_translated_beside_its_original(lesson: Lesson) -> None:
    version: CourseVersion = lesson.version
    criterion = lesson.criteria.all()[0]
    assert [one.state for one in pieces_of(version, "ru") if one.uuid == criterion.uuid] == ["missing"]
    with pytest.raises(InvalidInput):
        translate(criterion, language="ru", texts={"title": "Шов", "levels": "Нет\nДа"}, by=None)
    translate(criterion, language="ru", texts={"title": "Шов", "levels": "Нет\nЧасть\nДа"}, by=None)
    assert [one.state for one in pieces_of(version, "ru") if one.uuid == criterion.uuid] == ["done"]
    criterion.refresh_from_db()
    changed = criterion.title | {"uz": "Chok juda tekis"}
    save_criterion(criterion, title=changed, levels=criterion.levels, points="0;2;4", required=False, by=None)
    assert [one.state for one in pieces_of(version, "ru") if one.uuid == criterion.uuid] == ["late"]


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.exe", b"MZ"),
        ("a.pdf", b"MZ"),
        ("a.jpg", b"<svg"),
        ("a.html", b"<html"),
        ("a.mp4", b"%PDF-"),
        ("a", b"%PDF-"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name: str, head: bytes) -> None:
    with pytest.raises(InvalidInput):
        check_handed_in(name, 10, head, kinds=["document", "picture", "video"], most=100)
    check_handed_in("a.mov", 10, b"\0\0\0\x14ftypqt  ", kinds=["video"], most=100)
    with pytest.raises(InvalidInput):
        check_handed_in("a.mov", 101, b"\0\0\0\x14ftypqt  ", kinds=["video"], most=100)
