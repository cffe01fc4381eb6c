from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import CourseVersion, Lesson
from courses.services.videos import remove_captions, set_captions
from enrollment.models import Enrollment
from learning.models import LessonText
from learning.queries.search import excerpt_of, needles_in
from learning.services.notes import save_note
from learning.services.search import index_due_versions, index_version
from tests.courses.factories import make_attachment, make_film, make_published_course
from tests.learning.factories import make_learning
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment(learner: User) -> Enrollment:
    enrollment = make_learning(user=learner, course=make_published_course(("page", "page")))
    first, second = enrollment.cohort.version.lessons.all()
    Lesson.objects.filter(pk=first.pk).update(
        title={"uz": "Oʻlchov olish", "ru": "Снятие мерок"},
        body={"uz": "<p>Yelka va <b>koʻkrak</b> aylanasi</p>", "ru": "<p>Плечо и грудь</p>"},
    )
    Lesson.objects.filter(pk=second.pk).update(title={"uz": "Bichish"}, body={"uz": "<p>Qaychi &amp; mato</p>"})
    index_version(enrollment.cohort.version)
    return enrollment


def found(enrollment: Enrollment, words: str, language: str = "uz") -> str:
    cache.clear()
    user = enrollment.person.user
    url = reverse("learning:course_search", args=[enrollment.uuid])
    answer = signed_in(user, language).get(url, {"q": words})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("words", ["koʻkrak", "ko'krak", "кўкрак", "kökrak yelka", "o`lchov KOKRAK"])
def test_words_are_found_in_any_spelling(enrollment: Enrollment, words: str) -> None:
    page = found(enrollment, words)
    assert "<mark>koʻkrak</mark>" in page
    assert "Bichish" not in page


def test_the_readers_language_comes_first_where_it_has_the_words(enrollment: Enrollment) -> None:
    assert "<mark>Плечо</mark>" in found(enrollment, "плечо", "uz")
    assert "Снятие" in found(enrollment, "мерок", "ru")


def test_names_of_attachments_and_own_notes_are_found(enrollment: Enrollment) -> None:
    first, second = enrollment.cohort.version.lessons.all()
    attachment = make_attachment(second)
    index_version(enrollment.cohort.version)
    save_note(enrollment, first, uuid=uuid4(), text="<b>Igna</b> qalinligi")
    other = make_learning(course=enrollment.cohort.course)
    save_note(other, first, uuid=uuid4(), text="Igna begonaniki")
    assert "Bichish" in found(enrollment, attachment.name.partition(".")[0])
    page = found(enrollment, "igna")
    assert "&lt;b&gt;<mark>Igna</mark>&lt;/b&gt; qalinligi" in page
    assert "begonaniki" not in page


@pytest.mark.parametrize("words", ["", " ", "a", "%", "_", "'\"<script>", "\0", "\u202e", "x" * 5_000, "ʼʼʼ"])
def test_nothing_to_look_for_finds_nothing(enrollment: Enrollment, words: str) -> None:
    page = found(enrollment, words)
    assert "<mark>" not in page
    assert "<script>'" not in page


def test_searches_are_counted(enrollment: Enrollment, learner: User) -> None:
    cache.clear()
    browser, url = signed_in(learner), reverse("learning:course_search", args=[enrollment.uuid])
    codes = [browser.get(url, {"q": "yelka"}).status_code for _n in range(32)]
    assert (codes[0], codes[-1]) == (200, 429)
    cache.clear()


def test_what_is_published_is_indexed_once() -> None:
    make_published_course(("page",))
    assert index_due_versions() == CourseVersion.objects.filter(status="published").count()
    count = LessonText.objects.count()
    assert count
    assert index_due_versions() == 0
    assert LessonText.objects.count() == count


@pytest.mark.parametrize("n", [1, 3])
def test_a_search_takes_the_same_queries_however_long_the_course(
    learner: User, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cache.clear()
    enrollment = make_learning(user=learner, course=make_published_course(("page",) * n))
    index_version(enrollment.cohort.version)
    browser, url = signed_in(learner), reverse("learning:course_search", args=[enrollment.uuid])
    browser.get(url, {"q": "matn"})
    with django_assert_num_queries(13):
        page = browser.get(url, {"q": "matn"})
    assert len(page.context["found"].lessons) == n


def test_an_excerpt_stands_around_the_first_word_found() -> None:
    text = "Boshida koʻp soʻz bor. " * 20 + "Bu yerda kesish, keyin tikish. " + "Oxirida ham. " * 30
    pieces = excerpt_of(text, needles_in("KESISH"))
    said = "".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.is_hit] == ["kesish"]
    assert (said[0], said[-1]) == ("…", "…")
    assert len(said) < 240


def test_captions_that_are_gone_are_found_no_more(enrollment: Enrollment) -> None:
    lesson = enrollment.cohort.version.lessons.all()[0]
    video = make_film(lesson)
    captions = "WEBVTT\n\n00:00.000 --> 00:01.000\nAngishvona"
    set_captions(video, language="uz", data=captions.encode(), by=None)
    assert "<mark>Angishvona</mark>" in found(enrollment, "angishvona")
    remove_captions(video, language="uz", by=None)
    assert "<mark>Angishvona</mark>" not in found(enrollment, "angishvona")
    assert "<mark>" in found(enrollment, "yelka")
    assert index_due_versions() == CourseVersion.objects.filter(status="published", text_index=None).count()
