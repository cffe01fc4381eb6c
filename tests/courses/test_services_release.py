from decimal import Decimal

import pytest
from django.utils.translation import override

from base.errors import InvalidInput
from courses.models import CourseVersion, Lesson, Module, ReleaseRule
from courses.services.outline import place_lesson, remove_lesson, remove_module
from courses.services.release import GoesInCircle, ReleaseFields, StillAwaited, save_release
from courses.services.versions import VersionFrozen, copy_module, new_draft
from tests.courses.factories import make_course, make_lesson, make_module, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> CourseVersion:
    """Two modules: a page and a quiz, then a page."""
    version = make_course().versions.get()
    first, second = make_module(version), make_module(version)
    for position, (module, kind) in enumerate(((first, "page"), (first, "quiz"), (second, "page")), start=1):
        make_lesson(module, kind, position=position)
    return version


def lessons(version: CourseVersion) -> list[Lesson]:
    return list(version.lessons.all())


def test_a_rule_is_saved_once_and_taken_away(version: CourseVersion) -> None:
    page, quiz, last = lessons(version)
    fields = ReleaseFields(after=quiz, least_score=Decimal(60), days=2)
    rule = save_release(last, fields, by=None)
    assert rule is not None
    assert rule == save_release(last, fields, by=None)
    with override("en"):
        assert rule.words == f"after “{quiz.name}” with at least 60 of 100; 2 days after learning began"
    assert save_release(last, ReleaseFields(after=page), by=None) == rule
    assert save_release(last, ReleaseFields(), by=None) is None
    assert not ReleaseRule.objects.exists()


def test_what_makes_no_sense_is_refused(version: CourseVersion) -> None:
    page, quiz, last = lessons(version)
    elsewhere = make_lesson(make_module(make_course().versions.get()))
    for fields in (
        ReleaseFields(after=elsewhere),
        ReleaseFields(after=page, least_score=Decimal(60)),
        ReleaseFields(after=quiz, least_score=Decimal(101)),
        ReleaseFields(least_score=Decimal(1)),
        ReleaseFields(days=0),
        ReleaseFields(days=10_000),
    ):
        with pytest.raises(InvalidInput):
            save_release(last, fields, by=None)
    with pytest.raises(InvalidInput):
        save_release(make_lesson(last.module, "on-site"), ReleaseFields(days=1), by=None)


def test_circles_are_refused_also_by_two_steps_and_by_moving(version: CourseVersion) -> None:
    page, quiz, last = lessons(version)
    save_release(last.module, ReleaseFields(after=quiz), by=None)
    with pytest.raises(GoesInCircle):
        save_release(page.module, ReleaseFields(after=last), by=None)
    assert ReleaseRule.objects.count() == 1
    with pytest.raises(GoesInCircle):
        place_lesson(quiz, module=last.module.uuid, after=last.uuid, by=None)
    assert Lesson.objects.get(pk=quiz.pk).module_id == quiz.module_id


def test_what_others_wait_for_is_not_removed(version: CourseVersion) -> None:
    page, quiz, last = lessons(version)
    save_release(last, ReleaseFields(after=quiz), by=None)
    with pytest.raises(StillAwaited, match=last.name):
        remove_lesson(quiz, by=None)
    empty = make_module(version)
    save_release(page, ReleaseFields(after=empty), by=None)
    with pytest.raises(StillAwaited):
        remove_module(empty, by=None)
    remove_lesson(last, by=None)
    remove_lesson(quiz, by=None)


def test_publishing_freezes_it_and_drafts_take_it_along(version: CourseVersion) -> None:
    page, quiz, last = lessons(version)
    Lesson.objects.filter(pk=quiz.pk).update(kind="page", body=page.body)
    save_release(last, ReleaseFields(after=quiz, days=3), by=None)
    save_release(last.module, ReleaseFields(after=page.module), by=None)
    publish(version)
    with pytest.raises(VersionFrozen):
        save_release(last, ReleaseFields(), by=None)
    draft = new_draft(version.course, by=None)
    _page, other_quiz, other = lessons(draft)
    assert (other.release_rule.after_lesson, other.release_rule.days) == (other_quiz, 3)
    assert other.module.release_rule.after_module == other_quiz.module


def test_a_copied_module_waits_only_for_what_came_with_it(version: CourseVersion) -> None:
    page, quiz, last = lessons(version)
    save_release(quiz, ReleaseFields(after=page), by=None)
    save_release(last.module, ReleaseFields(after=quiz, least_score=Decimal(50), days=3), by=None)
    target = make_course(provider=version.course.provider).versions.get()
    first, second = (copy_module(one, target, by=None) for one in Module.objects.filter(version=version))
    copied_page, copied_quiz = first.lessons.all()
    assert copied_quiz.release_rule.after_lesson == copied_page
    assert (second.release_rule.after, second.release_rule.days) == (None, 3)
