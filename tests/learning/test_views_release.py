from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import CourseVersion, Lesson, ReleaseRule
from enrollment.models import Enrollment, LessonProgress
from enrollment.services.progress import complete_lesson
from learning.models import Attempt, DueExtension, LessonDate
from tests.courses.factories import make_attachment, make_film, make_lesson, make_module, make_published_course
from tests.learning.factories import lesson_of, make_learning
from tests.personas import World

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=3)


@pytest.fixture
def enrollment(learner: User, world: World) -> Enrollment:
    """A page, a film, a file and a quiz."""
    enrollment = make_learning(
        user=learner, course=make_published_course(("page", "page", "page", "quiz"), provider=world.centre)
    )
    lessons = enrollment.cohort.version.lessons
    for lesson, kind in zip(lessons.all()[1:3], ("video", "file"), strict=True):
        lessons.filter(pk=lesson.pk).update(kind=kind)
    return enrollment


@pytest.fixture
def reader(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def address(name: str, enrollment: Enrollment, lesson: Lesson, *more: object) -> str:
    return reverse(f"learning:{name}", args=[enrollment.uuid, lesson.uuid, *more])


def close(enrollment: Enrollment) -> Lesson:
    """Everything opens after the page; the film, the file and an attachment are there."""
    page = lesson_of(enrollment, "page")
    for lesson in enrollment.cohort.version.lessons.exclude(pk=page.pk):
        ReleaseRule.objects.create(version=lesson.version, lesson=lesson, after_lesson=page)
    return page


def test_a_locked_lesson_says_why_and_no_way_leads_in(reader: Client, enrollment: Enrollment) -> None:
    page = close(enrollment)
    film, file, quiz = (lesson_of(enrollment, kind) for kind in ("video", "file", "quiz"))
    make_film(film)
    file.file.save("a.pdf", ContentFile(b"%PDF"))
    attached = make_attachment(file)
    shown = reader.get(address("lesson", enrollment, file), headers={"Accept-Language": "en"}).content.decode()
    assert f"This opens once “{page.name}” is done." in shown
    assert str(file.file.name) not in shown
    ways = (
        address("lesson_file", enrollment, file),
        address("lesson_attachment", enrollment, file, attached.uuid),
        address("lesson_film", enrollment, film, "poster"),
        address("lesson_captions", enrollment, film, "uz"),
    )
    assert [reader.get(way).status_code for way in ways] == [403] * 4
    for name in ("lesson_complete", "lesson_position"):
        assert reader.post(address(name, enrollment, film), {"seconds": 5}).status_code == 403
    assert reader.post(address("attempt_start", enrollment, quiz)).status_code == 403
    assert not Attempt.objects.exists()
    assert not LessonProgress.objects.exclude(lesson=page).exists()
    complete_lesson(enrollment, page)
    assert reader.get(ways[0]).status_code == 200
    assert reader.post(address("attempt_start", enrollment, quiz)).status_code == 302


def test_what_was_done_stays_open_and_a_completed_course_too(reader: Client, enrollment: Enrollment) -> None:
    film = lesson_of(enrollment, "video")
    complete_lesson(enrollment, film)
    close(enrollment)
    assert "lesson_locked.html" not in _templates(reader, address("lesson", enrollment, film))
    file = address("lesson", enrollment, lesson_of(enrollment, "file"))
    assert "learning/lesson_locked.html" in _templates(reader, file)
    Enrollment.objects.update(status=Enrollment.Status.COMPLETED)
    assert "learning/lesson_locked.html" not in _templates(reader, file)


def _templates(client: Client, url: str) -> list[str]:
    return [template.name or "" for template in client.get(url).templates]


def test_the_player_and_the_home_page_say_what_is_due(reader: Client, enrollment: Enrollment) -> None:
    page = lesson_of(enrollment, "page")
    dates = LessonDate.objects.create(cohort=enrollment.cohort, lesson=page, due_at=LATER)
    places = (address("lesson", enrollment, page), "/learn/", "/")
    english = {"Accept-Language": "en"}
    for place in places:
        assert "Due on" in reader.get(place, headers=english).content.decode()
    dates.due_at = timezone.now() - timedelta(days=1)
    dates.save()
    for place in places:
        assert "Overdue since" in reader.get(place, headers=english).content.decode()
    DueExtension.objects.create(enrollment=enrollment, lesson=page, due_at=LATER, reason="x")
    assert "Due on" in reader.get("/learn/", headers=english).content.decode()
    complete_lesson(enrollment, page)
    assert "Due on" not in reader.get("/learn/", headers=english).content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_rules_and_dates_take_the_same_queries_however_many(
    reader: Client, learner: User, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enrollment = make_learning(user=learner, course=make_published_course((*("page",) * n, "quiz")))
    page, quiz = close(enrollment), lesson_of(enrollment, "quiz")
    ReleaseRule.objects.filter(lesson=quiz).update(least_score=50)
    for lesson in enrollment.cohort.version.lessons.all():
        LessonDate.objects.create(cohort=enrollment.cohort, lesson=lesson, due_at=LATER)
    reader.get(address("lesson", enrollment, page))
    with django_assert_num_queries(18):  # beside the 16 of a lesson: extensions, scores
        reader.get(address("lesson", enrollment, page))


def test_authors_say_what_comes_before(browser: Client, version: CourseVersion) -> None:
    module = make_module(version)
    page, quiz = make_lesson(module), make_lesson(module, "quiz")
    place = reverse("learning:teach_lesson_release", args=[quiz.uuid])
    assert page.name in browser.get(place).content.decode()
    assert browser.post(place, {"after": page.uuid, "days": "2"}).status_code == 302
    circle = reverse("learning:teach_lesson_release", args=[page.uuid])
    refused = browser.post(circle, {"after": quiz.uuid}, headers={"Accept-Language": "en"})
    assert refused.status_code == 422
    assert "in a circle" in refused.content.decode()
    for wrong in ({"after": "x"}, {"after": quiz.uuid, "least_score": "-1"}, {"days": "x"}):
        assert browser.post(circle, wrong).status_code == 422
    outline = browser.get(reverse("learning:teach_version", args=[version.uuid]), headers={"Accept-Language": "en"})
    assert f"after “{page.name}”; 2 days after learning began" in outline.content.decode()
    whole = reverse("learning:teach_module_release", args=[make_module(version).uuid])
    assert browser.post(whole, {"after": module.uuid}).status_code == 302


@pytest.mark.parametrize("n", [1, 3])
def test_instructors_date_the_lessons_of_their_group(
    browser: Client, world: World, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enrollment = make_learning(course=make_published_course(("page",) * n, provider=world.centre))
    group, lesson = enrollment.cohort, enrollment.cohort.version.lessons.all()[0]
    place = reverse("learning:teach_lesson_dates", args=[group.uuid, lesson.uuid])
    assert browser.post(place, {"opens_at": "2027-01-02T09:00", "due_at": "2027-01-01T09:00"}).status_code == 422
    assert browser.post(place, {"due_at": "2027-01-02T09:00"}).status_code == 302
    all_dates = reverse("learning:teach_group_dates", args=[group.uuid])
    assert browser.post(all_dates, {"days": "x"}).status_code == 422
    assert browser.post(all_dates, {"days": "1"}).status_code == 302
    with django_assert_num_queries(9):
        assert "03.01.2027 09:00" in browser.get(all_dates).content.decode()


def test_instructors_give_one_learner_longer(browser: Client, enrollment: Enrollment) -> None:
    page = lesson_of(enrollment, "page")
    place = reverse("learning:teach_due_extension", args=[enrollment.uuid])
    assert browser.get(place).status_code == 200
    LessonDate.objects.create(cohort=enrollment.cohort, lesson=page, due_at=LATER)
    sent = {"lesson": page.uuid, "due_at": "2027-01-02T09:00", "reason": "Kasal"}
    assert browser.post(place, sent | {"reason": ""}).status_code == 422
    assert browser.post(place, sent).status_code == 302
    assert "Kasal" in browser.get(place).content.decode()
