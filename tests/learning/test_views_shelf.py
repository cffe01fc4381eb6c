import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Rendition, Video
from enrollment.models import Enrollment, LessonProgress
from learning.models import LessonDate
from learning.queries.player import outline_of
from learning.queries.shelf import LARGEST_FILE, shelf_of
from tests.courses.factories import make_attachment, make_film, make_published_course
from tests.learning.factories import lesson_of, make_learning
from tests.learning.test_views_release import LATER

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment(learner: User) -> Enrollment:
    """Two pages, the second with a film and an attachment, and a quiz."""
    enrollment = make_learning(user=learner, course=make_published_course(("page", "page", "quiz")))
    film = enrollment.cohort.version.lessons.all()[1]
    video = make_film(film)
    Rendition.objects.create(video=video, kind="audio", file=ContentFile(b"m4a", name="a.m4a"), size=3)
    make_attachment(film)
    return enrollment


@pytest.fixture
def browser(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def test_the_list_names_what_goes_with_each_open_lesson(enrollment: Enrollment) -> None:
    first, second = enrollment.cohort.version.lessons.all()[:2]
    attachment = second.attachments.get()
    (part,) = shelf_of(enrollment.cohort.version_id, outline_of(enrollment))
    assert [row.uuid for row in part.rows] == [first.uuid, second.uuid]  # no quiz
    assert [file.path for file in part.rows[1].files] == ["film/audio/", f"attachments/{attachment.uuid}/"]
    second.attachments.update(size=LARGEST_FILE + 1)
    LessonDate.objects.create(cohort=enrollment.cohort, lesson=first, opens_at=LATER)
    (part,) = shelf_of(enrollment.cohort.version_id, outline_of(enrollment))
    (row,) = part.rows
    assert [file.name for file in row.too_large] == [attachment.name]


def test_a_mended_caption_has_another_stamp(enrollment: Enrollment) -> None:
    def stamp() -> str:
        return shelf_of(enrollment.cohort.version_id, outline_of(enrollment))[0].rows[1].stamp

    before = stamp()
    assert before == stamp()
    captions = Video.objects.get().captions
    captions.update(updated_at=LATER)
    assert stamp() != before


def test_keeping_a_page_does_not_open_the_lesson(browser: Client, enrollment: Enrollment) -> None:
    page = reverse("learning:lesson", args=[enrollment.uuid, lesson_of(enrollment, "page").uuid])
    assert browser.get(page, headers={"X-To-Keep": "1"}).status_code == 200
    assert not LessonProgress.objects.exists()
    browser.get(page)
    assert LessonProgress.objects.exists()


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_takes_the_same_queries_however_long(
    browser: Client, learner: User, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enrollment = make_learning(user=learner, course=make_published_course(("page",) * n))
    place = reverse("learning:shelf", args=[enrollment.uuid])
    browser.get(place)
    with django_assert_num_queries(12):
        assert "data-lesson" in browser.get(place).content.decode()
