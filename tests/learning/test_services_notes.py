from uuid import UUID, uuid4

import pytest

from base.errors import InvalidInput
from courses.models import Lesson
from enrollment.models import Enrollment
from learning.models import Note
from learning.queries.notes import notes_of_course
from learning.services import notes
from learning.services.notes import NotYours, TooManyNotes, remove_note, save_note, set_bookmark
from tests.learning.factories import lesson_of, make_learning

pytestmark = pytest.mark.django_db
KEY = UUID(int=7)


@pytest.fixture
def enrollment() -> Enrollment:
    return make_learning()


@pytest.fixture
def lesson(enrollment: Enrollment) -> Lesson:
    return lesson_of(enrollment, "page")


def texts() -> list[str]:
    return list(Note.objects.order_by("id").values_list("text", flat=True))


def test_a_note_sent_twice_is_kept_once(enrollment: Enrollment, lesson: Lesson) -> None:
    first = save_note(enrollment, lesson, uuid=KEY, text="Bir\r\nikki  ", seconds=12)
    assert (first.text, first.seconds, first.revision) == ("Bir\nikki", 12, 1)
    assert save_note(enrollment, lesson, uuid=KEY, text="Bir\nikki") == first
    assert Note.objects.get().revision == 1


def test_a_note_is_written_on(enrollment: Enrollment, lesson: Lesson) -> None:
    save_note(enrollment, lesson, uuid=KEY, text="Bir")
    assert save_note(enrollment, lesson, uuid=KEY, text="Boshqa", seen=1).revision == 2
    # The answer that told of revision 3 was lost, and more was typed.
    save_note(enrollment, lesson, uuid=KEY, text="Boshqa soʻz", seen=2)
    save_note(enrollment, lesson, uuid=KEY, text="Boshqa soʻzlar", seen=2)
    assert texts() == ["Boshqa soʻzlar"]


def test_what_two_devices_wrote_both_stays(enrollment: Enrollment, lesson: Lesson) -> None:
    save_note(enrollment, lesson, uuid=KEY, text="Bir")
    save_note(enrollment, lesson, uuid=KEY, text="Telefonda", seen=1)
    late = save_note(enrollment, lesson, uuid=KEY, text="Kompyuterda", seen=1)
    assert late.uuid != KEY
    assert save_note(enrollment, lesson, uuid=KEY, text="Kompyuterda", seen=1) == late
    assert texts() == ["Telefonda", "Kompyuterda"]


@pytest.mark.parametrize("text", ["", " \n\t ", "\0\u202e", "x" * 5_001, "\r\n" * 200_000])
def test_nothing_and_too_much_are_refused(enrollment: Enrollment, lesson: Lesson, text: str) -> None:
    with pytest.raises(InvalidInput):
        save_note(enrollment, lesson, uuid=KEY, text=text)


def test_what_turns_the_words_around_is_taken_out(enrollment: Enrollment, lesson: Lesson) -> None:
    note = save_note(enrollment, lesson, uuid=KEY, text="a\0b\u202ecba\u2066\x1b\n\n\n\nd")
    assert note.text == "abcba\n\nd"


def test_nobody_writes_into_the_note_of_another(enrollment: Enrollment, lesson: Lesson) -> None:
    save_note(enrollment, lesson, uuid=KEY, text="Meniki")
    other = make_learning(course=enrollment.cohort.course)
    with pytest.raises(NotYours):
        save_note(other, lesson_of(other, "page"), uuid=KEY, text="Meniki", seen=9)
    assert texts() == ["Meniki"]


def test_there_is_an_end_to_notes(enrollment: Enrollment, lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MOST_NOTES", 1)
    note = save_note(enrollment, lesson, uuid=KEY, text="Bir")
    with pytest.raises(TooManyNotes):
        save_note(enrollment, lesson, uuid=uuid4(), text="Ikki")
    save_note(enrollment, lesson, uuid=KEY, text="Uch", seen=1)
    for _again in range(2):
        remove_note(note)
    save_note(enrollment, lesson, uuid=uuid4(), text="Ikki")
    assert texts() == ["Ikki"]


@pytest.mark.parametrize("words", ["o'lchov", "ўлчов", "ölchov ish", "OLCHOV"])
def test_notes_are_found_in_any_spelling(enrollment: Enrollment, lesson: Lesson, words: str) -> None:
    found = save_note(enrollment, lesson, uuid=KEY, text="Oʻlchov olish, keyin ish")
    save_note(enrollment, lesson, uuid=uuid4(), text="Bichish")
    assert notes_of_course(enrollment, words) == [found]


def test_a_bookmark_is_one_for_each_lesson(enrollment: Enrollment, lesson: Lesson) -> None:
    for seconds in (5, 9, 9):
        set_bookmark(enrollment, lesson, on=True, seconds=seconds)
    assert [mark.seconds for mark in enrollment.bookmarks.all()] == [9]
    for _again in range(2):
        set_bookmark(enrollment, lesson, on=False)
    assert not enrollment.bookmarks.exists()
