import pytest

from courses.models import CourseVersion, Lesson, LessonDraft
from courses.services.drafts import MOST_TYPED, TooMuchTyped, drafts_of, drop_draft, keep_draft, others_at_work
from courses.services.outline import LessonChanged, add_lesson, remove_lesson, save_lesson
from courses.services.versions import VersionInReview, submit_for_review
from tests.accounts.factories import make_user
from tests.courses.factories import make_course, make_lesson, make_module

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> CourseVersion:
    return make_course().versions.get()


def test_what_is_typed_is_kept_once_for_each_author(version: CourseVersion) -> None:
    lesson, one, other = make_lesson(make_module(version)), make_user(), make_user()
    for words in ("a", "b"):
        keep_draft(lesson, author=one, typed={"title_uz": words}, seen=1)
    keep_draft(lesson, author=other, typed={"title_uz": "c"}, seen=1)
    assert sorted(draft.typed["title_uz"] for draft in LessonDraft.objects.all()) == ["b", "c"]
    assert [draft.author for draft in others_at_work(lesson, one)] == [other]
    assert Lesson.objects.get().title == lesson.title
    drop_draft(lesson, author=one)
    drop_draft(lesson, author=one)
    assert [draft.author for draft in LessonDraft.objects.all()] == [other]


def test_what_is_saved_is_no_draft_any_more(version: CourseVersion) -> None:
    module, author = make_module(version), make_user()
    new = Lesson(version=version, module=module, kind="page")
    keep_draft(new, author=author, typed={"title_uz": "Yangi"}, seen=0)
    keep_draft(new, author=author, typed={"title_uz": "Yangiroq"}, seen=0)
    assert drafts_of(new, author).get().typed == {"title_uz": "Yangiroq"}
    lesson = add_lesson(module, kind="page", title={"uz": "Yangi"}, by=author)
    assert not LessonDraft.objects.exists()
    keep_draft(lesson, author=author, typed={}, seen=1)
    save_lesson(lesson, minutes=7, by=author)
    assert not LessonDraft.objects.exists()


def test_only_drafts_of_courses_are_written_and_only_so_much(version: CourseVersion) -> None:
    lesson, author = make_lesson(make_module(version)), make_user()
    with pytest.raises(TooMuchTyped):
        keep_draft(lesson, author=author, typed={"body_uz": "x" * (MOST_TYPED + 1)}, seen=1)
    keep_draft(lesson, author=author, typed={"body_uz": "x"}, seen=1)
    remove_lesson(lesson, by=None)
    lesson = make_lesson(version.modules.get())
    submit_for_review(version, by=None)
    with pytest.raises(VersionInReview):
        keep_draft(lesson, author=author, typed={}, seen=1)
    assert not LessonDraft.objects.exists()


def test_the_second_of_two_authors_is_told(version: CourseVersion) -> None:
    lesson = make_lesson(make_module(version))
    assert save_lesson(lesson, title={"uz": "Birinchi"}, seen=1, by=None).revision == 2
    assert save_lesson(lesson, title={"uz": "Birinchi"}, seen=1, by=None).revision == 2  # the same again
    with pytest.raises(LessonChanged):
        save_lesson(lesson, title={"uz": "Ikkinchi"}, seen=1, by=None)
    lesson.refresh_from_db()
    assert lesson.title == {"uz": "Birinchi"}
    assert save_lesson(lesson, title={"uz": "Ikkinchi"}, seen=2, by=None).revision == 3
