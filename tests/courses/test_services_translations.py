import pytest

from base.errors import InvalidInput
from courses.models import Lesson
from courses.services.courses import save_course
from courses.services.outline import save_lesson, save_module
from courses.services.translations import Piece, translate
from courses.services.versions import VersionFrozen, new_draft
from courses.translations import DONE, LATE, MISSING, source_of, state_of
from tests.courses.factories import make_course, make_lesson, make_module, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson() -> Lesson:
    module = make_module(make_course().versions.get())
    return make_lesson(module, title={"uz": "Igna"}, body={"uz": "<p>Bir</p>"})


def state(piece: Piece, name: str, target: str = "ru") -> str:
    piece.refresh_from_db()
    texts = getattr(piece, name)
    return state_of(texts, piece.translated_from.get(name, {}), source=source_of(texts, "uz"), target=target)


def test_a_translation_is_late_once_its_original_says_something_else(lesson: Lesson) -> None:
    assert state(lesson, "body") == MISSING
    translate(lesson, language="ru", texts={"title": "Игла", "body": "<p>Один</p>"}, by=None)
    assert (state(lesson, "title"), state(lesson, "body")) == (DONE, DONE)
    save_lesson(lesson, title=lesson.title, body={"uz": "<p>Ikki</p>", "ru": "<p>Один</p>"}, by=None)
    assert (state(lesson, "title"), state(lesson, "body")) == (DONE, LATE)
    translate(lesson, language="ru", texts={"body": "<p>Один</p>"}, by=None)  # it is right as it is
    assert state(lesson, "body") == DONE
    save_lesson(lesson, body={"uz": "<p>Uch</p>", "ru": "<p>Три</p>"}, by=None)  # both at once
    assert state(lesson, "body") == DONE


def test_a_translation_from_before_marks_is_late_after_the_next_change(lesson: Lesson) -> None:
    Lesson.objects.filter(pk=lesson.pk).update(title={"uz": "Igna", "ru": "Игла"})
    assert state(lesson, "title") == DONE
    save_lesson(lesson, title={"uz": "Ip", "ru": "Игла"}, by=None)
    assert state(lesson, "title") == LATE


def test_other_languages_stay_as_they_are(lesson: Lesson) -> None:
    translate(lesson, language="ru", texts={"title": "Игла", "body": "<p>Один</p><script>x</script>"}, by=None)
    translate(lesson, language="en", texts={"title": "Needle", "body": ""}, by=None)
    lesson.refresh_from_db()
    assert lesson.title == {"uz": "Igna", "ru": "Игла", "en": "Needle"}
    assert lesson.body == {"uz": "<p>Bir</p>", "ru": "<p>Один</p>"}
    assert (state(lesson, "body", "en"), lesson.revision) == (MISSING, 3)


def test_courses_and_modules_are_translated_alike(lesson: Lesson) -> None:
    course, module = lesson.version.course, lesson.module
    translate(course, language="ru", texts={"title": "Шитьё", "summary": "Коротко"}, by=None)
    translate(module, language="ru", texts={"title": "Начало"}, by=None)
    assert (state(course, "summary"), state(module, "title")) == (DONE, DONE)
    save_module(module, title={"uz": "Boshqa", "ru": "Начало"}, by=None)
    save_course(
        course,
        title=course.title,
        summary={"uz": "Boshqacha", "ru": "Коротко"},
        by=None,
        language="uz",
        profession=None,
        self_paced=False,
        issuing="automatic",
    )
    assert (state(course, "title"), state(course, "summary"), state(module, "title")) == (DONE, LATE, LATE)


def test_what_is_wrong_or_published_is_refused(lesson: Lesson) -> None:
    for language, texts in (("xx", {"title": "x"}), ("ru", {"title": "x" * 201}), ("uz", {"title": ""})):
        with pytest.raises(InvalidInput):
            translate(lesson, language=language, texts=texts, by=None)
    publish(lesson.version)
    with pytest.raises(VersionFrozen):
        translate(lesson, language="ru", texts={"title": "x"}, by=None)
    translate(lesson.version.course, language="ru", texts={"title": "Курс"}, by=None)


def test_a_further_draft_knows_what_is_translated(lesson: Lesson) -> None:
    translate(lesson, language="ru", texts={"title": "Игла", "body": "<p>Один</p>"}, by=None)
    publish(lesson.version)
    copy = new_draft(lesson.version.course, by=None).lessons.get()
    save_lesson(copy, body={"uz": "<p>Ikki</p>", "ru": "<p>Один</p>"}, by=None)
    assert (state(copy, "title"), state(copy, "body")) == (DONE, LATE)
