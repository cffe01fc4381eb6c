import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Comment, CourseVersion
from courses.services.outline import remove_lesson, save_lesson
from courses.services.reviews import add_comment
from courses.services.versions import new_draft, submit_for_review
from learning.queries.changes import changes_between
from tests.courses.factories import make_attachment, make_course, make_lesson, make_module, make_published_course
from tests.pages import teach_url as at
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client, centre_manager: User) -> Client:
    client.force_login(centre_manager)
    return client


@pytest.fixture
def version(world: World) -> CourseVersion:
    version = make_course(provider=world.centre).versions.get()
    make_lesson(make_module(version))
    return version


def test_a_reviewer_comments_returns_and_resolves(browser: Client, version: CourseVersion) -> None:
    submit_for_review(version, by=None)
    lesson = version.lessons.get()
    url = at("comments", version.uuid)
    assert browser.post(url, {"text": " "}).status_code == 422
    browser.post(f"{url}?lesson={lesson.uuid}", {"text": "Igna <b>yoʻq</b>"})
    comment = Comment.objects.get()
    assert comment.lesson == lesson
    for page in (url, at("lesson", lesson.uuid)):
        assert "Igna &lt;b&gt;yoʻq&lt;/b&gt;" in browser.get(page).content.decode()
    browser.post(at("version_move", version.uuid, "return"), {"words": "Butun kurs haqida"})
    version.refresh_from_db()
    assert (version.status, version.comments.count()) == ("draft", 2)
    browser.post(at("comment_change", comment.uuid, "resolve"))
    browser.post(at("comment_change", comment.uuid, "reopen"))
    comment.refresh_from_db()
    assert comment.resolved_at is None
    assert browser.post(at("comment_change", comment.uuid, "eat")).status_code == 404
    submit_for_review(version, by=None)
    answer = browser.post(at("version_move", version.uuid, "publish"), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_an_instructor_comments_as_well_and_strangers_see_none(
    client: Client, instructor: User, outsider: User, version: CourseVersion
) -> None:
    comment = add_comment(version, text="x", by=None)
    client.force_login(instructor)
    assert client.post(at("comments", version.uuid), {"text": "y"}).status_code == 302
    client.force_login(outsider)
    assert client.post(at("comments", version.uuid), {"text": "z"}).status_code == 404
    assert client.post(at("comment_change", comment.uuid, "resolve")).status_code == 404


def test_what_changed_is_told_lesson_by_lesson(browser: Client, world: World) -> None:
    course = make_published_course(("page", "page", "quiz"), provider=world.centre)
    old = course.versions.get()
    new = new_draft(course, by=None)
    kept, gone, _quiz = new.lessons.all()
    save_lesson(kept, body={"uz": "<p>Yangi matn</p>", "en": "<p>Text</p>"}, minutes=45, by=None)
    make_attachment(kept)
    remove_lesson(gone, by=None)
    added = make_lesson(new.modules.get(), title={"uz": "Qoʻshimcha"})
    found = changes_between(old, new)
    assert ([one.uuid for one in found.removed], found.added) == ([gone.lineage], [added])
    (changed,) = found.changed
    assert changed.lesson == kept
    assert len(changed.changes) == 3  # text, minutes, attachments
    page = browser.get(at("changes", new.uuid)).content.decode()
    assert "<ins>Yangi matn</ins>" in page or "<ins>Yangi</ins>" in page
    assert "Qoʻshimcha" in page
    assert browser.get(at("changes", new.uuid), {"from": "x"}).status_code == 200
    assert browser.get(at("changes", old.uuid)).status_code == 200


def test_a_fresh_draft_changes_nothing(world: World) -> None:
    course = make_published_course(("page", "quiz"), provider=world.centre)
    assert changes_between(course.versions.get(), new_draft(course, by=None)).is_none


def test_drafts_from_before_lineage_are_paired_by_title(world: World) -> None:
    course = make_published_course(("page",), provider=world.centre)
    old, new = course.versions.get(), new_draft(course, by=None)
    new.lessons.update(lineage=None)
    assert changes_between(old, new).is_none


@pytest.mark.parametrize("count", [1, 3])
def test_changes_take_the_same_queries_however_long(
    world: World, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    course = make_published_course(("page",) * count, provider=world.centre)
    old, new = course.versions.get(), new_draft(course, by=None)
    new.lessons.update(minutes=99)
    with django_assert_num_queries(12):
        assert len(changes_between(old, new).changed) == count


def test_a_module_is_taken_over_from_another_course(browser: Client, version: CourseVersion, world: World) -> None:
    other = make_published_course(("page",), provider=world.centre)
    foreign = make_published_course(("page",))
    module = other.versions.get().modules.get()
    url = at("module_copy", version.uuid)
    page = browser.get(url).content.decode()
    assert str(module.uuid) in page
    assert foreign.name not in page
    browser.post(url, {"module": str(module.uuid)})
    assert version.modules.count() == 2
    for sent in ("", "x", str(foreign.versions.get().modules.get().uuid)):
        assert browser.post(url, {"module": sent}).status_code == 404
    assert version.modules.count() == 2
