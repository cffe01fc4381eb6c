import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from courses import rules
from courses.models import Course, CourseVersion, Lesson, Module, Question
from courses.queries import catalogue, outline
from courses.services.courses import retire_course
from tests.accounts.factories import make_organization, make_user
from tests.courses.factories import make_course, make_published_course, make_question

pytestmark = pytest.mark.django_db


def test_catalogue_finds_by_words_in_any_spelling() -> None:
    course = make_published_course(title={"uz": "Oʻt oʻchirish xavfsizligi", "ru": "Пожарная безопасность"})
    make_published_course(title={"uz": "Boshqa kurs"})
    make_course(title={"uz": "Oʻt oʻchirish (qoralama)"})
    for words in ("o't xavfsizligi", "ўт ўчириш", "безопасность", "OT OCHIRISH"):
        assert list(catalogue(q=words)) == [course]


def test_catalogue_by_provider_and_language() -> None:
    course = make_published_course(language="ru")
    make_published_course()
    assert list(catalogue(organization=course.provider.uuid)) == [course]
    assert list(catalogue(language="ru")) == [course]


def test_outline_takes_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    version = make_published_course(kinds=("page", "quiz", "page")).versions.get()
    with django_assert_num_queries(2):
        assert [len(module.lessons.all()) for module in outline(version)] == [3]


@pytest.mark.parametrize("role", ["instructor", "centre-manager", "academy-admin", "staff-manager", None])
def test_the_filter_and_the_rule_say_the_same(role: str | None) -> None:
    own, other = make_organization(), make_organization()
    for provider in (own, other):
        make_published_course(provider=provider)
        make_course(provider=provider)
        retire_course(make_published_course(provider=provider), by=None)
        make_question(provider)
    user = make_user(role=role, place=own if role else None)
    writes = role in ("instructor", "centre-manager", "academy-admin")
    for course in Course.objects.all():
        assert (course in Course.objects.visible_to(user)) == rules.can_view(user, course)
        assert (course in Course.objects.written_by(user)) == rules.can_write(user, course)
        assert rules.can_write(user, course) == (writes and course.provider == own)
        assert rules.can_publish(user, course) == (rules.can_write(user, course) and role != "instructor")
    for version in CourseVersion.objects.all():
        assert (version in CourseVersion.objects.visible_to(user)) == rules.can_view_version(user, version)
    mine = own.pk if writes else None
    assert set(Lesson.objects.visible_to(user)) == set(Lesson.objects.filter(version__course__provider=mine))
    assert set(Module.objects.visible_to(user)) == set(Module.objects.filter(version__course__provider=mine))
    assert set(Question.objects.visible_to(user)) == set(Question.objects.filter(organization=mine))
    assert rules.can_write_at(user, own) == writes
    assert not rules.can_write_at(user, other)
