from decimal import Decimal

import pytest

from accounts.models import AuditEvent
from base.errors import InvalidInput
from courses.models import CourseVersion, GradeCategory
from courses.queries import missing_to_publish
from courses.services.grade_categories import (
    CategoryFields,
    CategoryGone,
    TooManyCategories,
    add_category,
    categorize,
    remove_category,
    save_category,
)
from courses.services.translations import translate
from courses.services.versions import VersionFrozen, copy_module, new_draft
from tests.courses.factories import make_course, make_grade_category, make_lesson, make_module, make_quiz, publish

pytestmark = pytest.mark.django_db
QUIZZES = CategoryFields({"uz": "Testlar"}, Decimal(40), 1)


@pytest.fixture
def version() -> CourseVersion:
    return make_course().versions.get()


def test_category_is_added_once_and_changed(version: CourseVersion) -> None:
    category = add_category(version, QUIZZES, by=None)
    assert add_category(version, QUIZZES, by=None) == category
    save_category(category, CategoryFields({"uz": "Sinovlar"}, Decimal(60)), by=None)
    category.refresh_from_db()
    assert (str(category), category.weight, category.drop_lowest, category.position) == ("Sinovlar", Decimal(60), 0, 1)
    assert AuditEvent.objects.filter(action__startswith="gradecategory.").count() == 2


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        (CategoryFields({}, Decimal(1)), "title"),
        (CategoryFields({"uz": "x" * 201}, Decimal(1)), "title"),
        (CategoryFields({"uz": "x"}, Decimal(-1)), "weight"),
        (CategoryFields({"uz": "x"}, Decimal(1001)), "weight"),
        (CategoryFields({"uz": "x"}, Decimal(1), -1), "drop_lowest"),
    ],
)
def test_wrong_input_is_refused_at_its_field(version: CourseVersion, fields: CategoryFields, wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_category(version, fields, by=None)
    assert refused.value.field == wrong


def test_there_are_fifty_at_most(version: CourseVersion) -> None:
    rows = [GradeCategory(version=version, position=n, title={"uz": f"{n}"}, weight=1) for n in range(50)]
    GradeCategory.objects.bulk_create(rows)
    with pytest.raises(TooManyCategories):
        add_category(version, QUIZZES, by=None)


def test_lessons_count_within_a_category_until_it_is_removed(version: CourseVersion) -> None:
    lesson = make_lesson(make_module(version), "quiz", weight=1)
    category = make_grade_category(version)
    assert categorize(version, {lesson: category}, by=None) == 1
    assert categorize(version, {lesson: category}, by=None) == 0
    lesson.refresh_from_db()
    assert lesson.category == category
    remove_category(category, by=None)
    remove_category(category, by=None)
    assert version.lessons.get().category is None
    with pytest.raises(CategoryGone):
        categorize(version, {lesson: category}, by=None)
    with pytest.raises(CategoryGone):
        save_category(category, QUIZZES, by=None)


def test_lessons_and_categories_of_other_versions_are_refused(version: CourseVersion) -> None:
    other = make_course().versions.get()
    lesson, category = make_lesson(make_module(version), "quiz", weight=1), make_grade_category(other)
    for places in ({lesson: category}, {make_lesson(make_module(other), "quiz", weight=1): None}):
        with pytest.raises(InvalidInput):
            categorize(version, places, by=None)


def test_published_version_keeps_its_categories(version: CourseVersion) -> None:
    category = make_grade_category(version, make_quiz(make_module(version)))
    publish(version)
    for change in (
        lambda: add_category(version, QUIZZES, by=None),
        lambda: save_category(category, QUIZZES, by=None),
        lambda: remove_category(category, by=None),
        lambda: categorize(version, {version.lessons.get(): None}, by=None),
    ):
        with pytest.raises(VersionFrozen):
            change()


def test_draft_and_copied_module_keep_what_counts_together(version: CourseVersion) -> None:
    lesson = make_quiz(make_module(version))
    category = make_grade_category(version, lesson, weight=30)
    publish(version)
    draft = new_draft(version.course, by=None)
    twin = draft.lessons.get().category
    assert twin
    assert twin.version == draft
    assert (twin.title, twin.weight, twin.pk == category.pk) == (category.title, Decimal(30), False)

    target = make_course(provider=version.course.provider).versions.get()
    assert copy_module(version.modules.get(), target, by=None).lessons.get().category is None
    same = make_course(provider=version.course.provider).versions.get()
    add_category(same, CategoryFields(category.title, Decimal(5)), by=None)
    assert copy_module(version.modules.get(), same, by=None).lessons.get().category == same.categories.get()


def test_empty_categories_and_those_that_leave_all_out_are_not_published(version: CourseVersion) -> None:
    quiz = make_quiz(make_module(version))
    make_grade_category(version)
    assert len(missing_to_publish(version)) == 1
    GradeCategory.objects.all().delete()
    category = make_grade_category(version, quiz, drop_lowest=1)
    assert str(category) in missing_to_publish(version)[0]


def test_category_is_translated(version: CourseVersion) -> None:
    category = make_grade_category(version)
    translate(category, language="ru", texts={"title": "Тесты"}, by=None)
    category.refresh_from_db()
    assert category.title["ru"] == "Тесты"
