import pytest

from base.errors import InvalidInput
from base.models import Notice
from courses.models import Comment, CourseVersion
from courses.services.outline import remove_lesson
from courses.services.reviews import LONGEST, add_comment, reopen_comment, resolve_comment
from courses.services.versions import (
    CommentsOpen,
    ForeignModule,
    VersionFrozen,
    copy_module,
    new_draft,
    publish_version,
    return_to_draft,
    submit_for_review,
)
from tests.accounts.factories import make_user
from tests.courses.factories import (
    make_attachment,
    make_course,
    make_lesson,
    make_module,
    make_published_course,
    make_quiz,
    publish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> CourseVersion:
    version = make_course().versions.get()
    make_lesson(make_module(version))
    return version


def test_a_version_with_an_open_comment_is_not_published(version: CourseVersion) -> None:
    comment = add_comment(version, text=" Igna? ", lesson=version.lessons.get(), by=None)
    assert add_comment(version, text="Igna?", lesson=version.lessons.get(), by=None) == comment
    submit_for_review(version, by=None)
    with pytest.raises(CommentsOpen):
        publish_version(version, by=None)
    reviewer = make_user()
    resolved = resolve_comment(comment, by=reviewer).resolved_at
    assert resolve_comment(comment, by=None).resolved_at == resolved
    assert reopen_comment(comment, by=reviewer).resolved_by is None
    with pytest.raises(CommentsOpen):
        publish_version(version, by=None)
    resolve_comment(comment, by=reviewer)
    publish_version(version, by=None)
    with pytest.raises(VersionFrozen):
        reopen_comment(comment, by=None)
    with pytest.raises(VersionFrozen):
        add_comment(version, text="x", by=None)


@pytest.mark.parametrize("text", ["", "  ", "\0", "x" * (LONGEST + 1)])
def test_a_comment_says_something(version: CourseVersion, text: str) -> None:
    with pytest.raises(InvalidInput):
        add_comment(version, text=text, by=None)


def test_a_lesson_that_goes_takes_its_comments_along(version: CourseVersion) -> None:
    add_comment(version, text="x", lesson=version.lessons.get(), by=None)
    remove_lesson(version.lessons.get(), by=None)
    assert not Comment.objects.exists()


def test_whoever_handed_it_in_is_told_what_became_of_it(version: CourseVersion) -> None:
    author, reviewer = make_user(), make_user()
    for _ in range(2):
        submit_for_review(version, by=author)
        return_to_draft(version, by=reviewer, words=" Igna yoʻq ")
        return_to_draft(version, by=reviewer, words="Ikkinchi marta")
    assert list(Comment.objects.values_list("text", flat=True)) == ["Igna yoʻq", "Igna yoʻq"]
    for comment in Comment.objects.all():
        resolve_comment(comment, by=author)
    submit_for_review(version, by=author)
    publish_version(version, by=reviewer)
    told = Notice.objects.filter(user=author).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["version-returned", "version-returned", "version-published"]


def test_ones_own_publishing_is_no_news(version: CourseVersion) -> None:
    author = make_user()
    submit_for_review(version, by=author)
    publish_version(version, by=author)
    assert not Notice.objects.exists()


def test_a_module_is_copied_with_all_that_is_in_it() -> None:
    course = make_course()
    module = make_module(course.versions.get(), title={"uz": "Xavfsizlik"})
    make_attachment(make_lesson(module))
    make_quiz(module, kinds=("single",))
    publish(course.versions.get())
    target = make_course(provider=course.provider).versions.get()
    make_lesson(make_module(target))
    copy = copy_module(module, target, by=None)
    assert copy_module(module, target, by=None) == copy
    assert [lesson.position for lesson in target.lessons.all()] == [1, 2, 3]
    page, quiz = copy.lessons.all()
    assert (copy.title, page.attachments.count(), quiz.items.count()) == ({"uz": "Xavfsizlik"}, 1, 1)
    assert list(module.lessons.values_list("uuid", flat=True)) == [page.lineage, quiz.lineage]
    assert quiz.items.get().question == module.lessons.all()[1].items.get().question
    publish(target)
    with pytest.raises(VersionFrozen):
        copy_module(module, target, by=None)


def test_a_module_of_another_organization_is_not_copied(version: CourseVersion) -> None:
    with pytest.raises(ForeignModule):
        copy_module(make_module(make_course().versions.get()), version, by=None)


def test_copies_of_copies_know_the_first_one() -> None:
    course = make_published_course(("page",))
    first = course.versions.get().lessons.get()
    second = new_draft(course, by=None)
    publish(second)
    third = new_draft(course, by=None)
    assert third.lessons.get().lineage == second.lessons.get().lineage == first.uuid
