from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import AuditEvent
from base.errors import IllegalMove
from courses.models import Course, CourseVersion, Lesson
from courses.services.outline import add_lesson
from courses.services.versions import (
    TRANSITIONS,
    NotReady,
    VersionFrozen,
    VersionInReview,
    lock_draft,
    move,
    new_draft,
    publish_version,
    return_to_draft,
    submit_for_review,
)
from courses.signals import version_published
from tests.courses.factories import make_course, make_lesson, make_module, make_published_course, make_quiz, publish

pytestmark = pytest.mark.django_db


def ready_version(**fields: Any) -> CourseVersion:
    version = make_course(**fields).versions.get()
    make_quiz(make_module(version))
    return version


@pytest.mark.parametrize("start", CourseVersion.Status.values)
@pytest.mark.parametrize("end", CourseVersion.Status.values)
def test_only_the_moves_of_the_table_are_made(start: str, end: str) -> None:
    version = make_course().versions.get()
    CourseVersion.objects.update(status=start)
    version.refresh_from_db()
    if end in TRANSITIONS[start]:
        move(version, end, by=None)
        assert AuditEvent.objects.filter(action=f"courseversion.{end}", detail={"before": start}).count() == 1
    else:
        with pytest.raises(IllegalMove):
            move(version, end, by=None)
    version.refresh_from_db()
    assert version.status == (end if end in TRANSITIONS[start] else start)


def test_publish_freezes_the_version_and_its_questions(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    told: list[int] = []

    def listen(version_id: int, **kwargs: Any) -> None:
        told.append(version_id)

    version_published.connect(listen)
    version = ready_version()
    with django_capture_on_commit_callbacks(execute=True):
        publish(version)
    version_published.disconnect(listen)
    version.refresh_from_db()
    assert version.status == "published"
    assert version.published_at
    assert Course.objects.get().current_version == version
    assert all(item.pool.exists() for item in version.lessons.get().items.all())
    assert told == [version.pk]


def test_publish_twice_says_it_once(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    version = ready_version()
    first = publish(version)
    with django_capture_on_commit_callbacks() as news:
        second = publish_version(version, by=None)
    assert second.published_at == first.published_at
    assert news == []
    assert AuditEvent.objects.filter(action="courseversion.published").count() == 1


def test_publish_retires_the_version_before() -> None:
    course = make_published_course()
    draft = publish(new_draft(course, by=None))
    assert [version.status for version in course.versions.order_by("number")] == ["retired", "published"]
    course.refresh_from_db()
    assert course.current_version == draft


def test_a_draft_is_not_published_without_review() -> None:
    with pytest.raises(IllegalMove):
        publish_version(ready_version(), by=None)


def test_submit_for_review_twice_and_back() -> None:
    version = ready_version()
    submit_for_review(version, by=None)
    assert submit_for_review(version, by=None).status == "in-review"
    with pytest.raises(VersionInReview):
        lock_draft(version)
    return_to_draft(version, by=None)
    assert return_to_draft(version, by=None).status == "draft"
    assert AuditEvent.objects.filter(action="courseversion.in-review").count() == 1


def test_submit_for_review_says_all_that_is_missing() -> None:
    version = make_course(min_grade=Decimal(60), min_attendance=Decimal("0.8")).versions.get()
    with pytest.raises(NotReady) as refusal:
        submit_for_review(version, by=None)
    assert len(refusal.value.missing) == 3
    module = make_module(version)
    make_lesson(module, "page", body={}, title={"uz": "Boʻsh sahifa"}, required=False)
    from_before = make_lesson(module, "page")
    Lesson.objects.filter(pk=from_before.pk).update(body={"uz": '<p><img src="/a.png"></p>'})
    for kind in ("video", "file", "quiz", "live", "on-site"):
        make_lesson(module, kind, minutes=0)
    with pytest.raises(NotReady) as refusal:
        submit_for_review(version, by=None)
    assert len(refusal.value.missing) == 1 + 7
    assert any("Boʻsh sahifa" in line for line in refusal.value.missing)


def test_a_course_without_a_required_lesson_is_not_ready() -> None:
    version = make_course().versions.get()
    make_lesson(make_module(version), required=False)
    with pytest.raises(NotReady):
        submit_for_review(version, by=None)


def test_new_draft_copies_everything_and_shares_questions() -> None:
    course = make_published_course(kinds=("page", "on-site", "quiz"), min_grade=Decimal(60))
    published = course.versions.get()
    draft = new_draft(course, by=None)
    assert (draft.number, draft.status, draft.min_grade) == (2, "draft", Decimal(60))

    def items(lesson: Lesson) -> list[Any]:
        return list(lesson.items.values_list("question", "position", "points"))

    def content(version: CourseVersion) -> list[Any]:
        return [
            (one.module.title, one.position, one.kind, one.title, one.body, one.minutes, one.weight, items(one))
            for one in version.lessons.select_related("module")
        ]

    assert content(draft) == content(published)
    assert not set(draft.lessons.values_list("uuid")) & set(published.lessons.values_list("uuid"))


def test_new_draft_twice_is_one_draft() -> None:
    course = make_published_course()
    assert new_draft(course, by=None) == new_draft(course, by=None)
    assert course.versions.count() == 2


def test_a_frozen_version_is_not_edited() -> None:
    version = make_published_course().versions.get()
    with pytest.raises(VersionFrozen):
        add_lesson(version.modules.get(), kind="page", title={"uz": "Yangi"}, by=None)
    with pytest.raises(VersionFrozen):
        make_module(version)
