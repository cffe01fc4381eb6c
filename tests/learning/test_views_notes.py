from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Lesson
from enrollment.models import Enrollment
from learning.models import Note
from learning.services.notes import save_note, set_bookmark
from tests.courses.factories import make_published_course
from tests.learning.factories import lesson_of, make_learning
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
KEY = UUID(int=7)
HOSTILE = '<script>alert(1)</script><a href="javascript:x">'


@pytest.fixture
def enrollment(learner: User) -> Enrollment:
    return make_learning(user=learner, course=make_published_course(("page", "page")))


@pytest.fixture
def browser(learner: User) -> Client:
    return signed_in(learner)


def address(name: str, enrollment: Enrollment, lesson: Lesson | None = None) -> str:
    return reverse(f"learning:{name}", args=[enrollment.uuid, *([lesson.uuid] if lesson else [])])


def test_a_note_is_written_without_a_script(browser: Client, enrollment: Enrollment) -> None:
    lesson = lesson_of(enrollment, "page")
    assert 'name="uuid"' in browser.get(address("lesson", enrollment, lesson)).content.decode()
    page = browser.post(address("lesson_notes", enrollment, lesson), {"uuid": str(KEY), "text": HOSTILE}, follow=True)
    text = page.content.decode()
    assert page.status_code == 200
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    refused = browser.post(address("lesson_notes", enrollment, lesson), {"uuid": str(KEY), "text": " "})
    assert refused.status_code == 422
    assert "Write something first." in refused.content.decode()


def test_what_is_typed_is_kept_and_told(browser: Client, enrollment: Enrollment) -> None:
    lesson = lesson_of(enrollment, "page")
    url = address("note_save", enrollment, lesson)
    answer = browser.post(url, {"uuid": str(KEY), "text": "Bir", "seconds": "40"}).json()
    assert (answer["uuid"], answer["revision"]) == (str(KEY), 1)
    assert answer["words"].startswith("Saved at")
    assert Note.objects.get().seconds is None  # a page has no film
    refused = browser.post(url, {"uuid": str(KEY), "text": "x" * 5_001})
    assert (refused.status_code, list(refused.json())) == (422, ["words"])
    assert browser.post(url, {"uuid": "x", "seen": "-1", "text": "a"}).status_code == 422


def test_all_notes_are_searched_and_taken_along(browser: Client, enrollment: Enrollment) -> None:
    first, second = enrollment.cohort.version.lessons.all()
    save_note(enrollment, second, uuid=uuid4(), text="Oʻlchov")
    save_note(enrollment, first, uuid=uuid4(), text=HOSTILE)
    page = browser.get(address("notes", enrollment)).content.decode()
    assert page.index("&lt;script&gt;") < page.index("Oʻlchov")
    found = browser.get(address("notes", enrollment) + "?q=ўлчов").content.decode()
    assert "Oʻlchov" in found
    assert "&lt;script&gt;" not in found
    text = browser.get(address("notes_text", enrollment))
    assert text.headers["Content-Type"].startswith("text/plain")
    assert text.headers["Content-Disposition"].startswith("attachment")
    assert HOSTILE in text.content.decode()


def test_a_note_is_removed_after_a_question(browser: Client, enrollment: Enrollment) -> None:
    note = save_note(enrollment, lesson_of(enrollment, "page"), uuid=KEY, text="Bir")
    url = reverse("learning:note_remove", args=[enrollment.uuid, note.uuid])
    assert "Bir" in browser.get(url).content.decode()
    assert Note.objects.exists()
    assert browser.post(url).status_code == 302
    assert not Note.objects.exists()
    assert browser.post(url).status_code == 404


def test_a_lesson_is_marked_with_one_tap(browser: Client, enrollment: Enrollment) -> None:
    lesson = lesson_of(enrollment, "page")
    for on in ("1", "1", "0", "0", "1"):
        answer = browser.post(address("bookmark", enrollment, lesson), {"on": on, "seconds": "x"})
        assert answer.headers["Location"] == address("lesson", enrollment, lesson)
        assert enrollment.bookmarks.exists() == (on == "1")
    page = browser.get(address("lesson", enrollment, lesson)).content.decode()
    assert 'aria-pressed="true"' in page
    assert "Bookmarks" in page


def test_after_the_end_one_still_writes_notes(browser: Client, enrollment: Enrollment) -> None:
    Enrollment.objects.filter(pk=enrollment.pk).update(status="completed")
    lesson = lesson_of(enrollment, "page")
    assert browser.post(address("note_save", enrollment, lesson), {"uuid": str(KEY), "text": "Bir"}).status_code == 200


def test_nobody_else_reads_a_note(enrollment: Enrollment, instructor: User, centre_manager: User) -> None:
    lesson = lesson_of(enrollment, "page")
    save_note(enrollment, lesson, uuid=KEY, text="Sir")
    for user in (instructor, centre_manager):
        for url in (address("notes", enrollment), address("lesson_notes", enrollment, lesson)):
            assert signed_in(user).get(url).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_notes_take_the_same_queries_however_many(
    browser: Client, enrollment: Enrollment, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lesson = lesson_of(enrollment, "page")
    for text in ("bir", "ikki", "uch")[:n]:
        save_note(enrollment, lesson, uuid=uuid4(), text=text)
    set_bookmark(enrollment, lesson, on=True)
    browser.get(address("notes", enrollment))
    with django_assert_num_queries(6):
        browser.get(address("notes", enrollment))
    with django_assert_num_queries(15):
        browser.get(address("lesson_notes", enrollment, lesson))
