from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEvent
from base.errors import InvalidInput
from courses.models import Course, CourseVersion
from courses.services.courses import NotProvider, SlugTaken, retire_course, save_course, save_version
from courses.services.versions import VersionFields, VersionFrozen, new_draft, publish_version, submit_for_review
from tests.accounts.factories import make_organization, make_profession, make_user
from tests.courses.factories import make_course, make_published_course

pytestmark = pytest.mark.django_db


def test_create_course_makes_a_first_draft_and_writes_it_down() -> None:
    author = make_user()
    course = make_course(title={"uz": " Tikuvchilik asoslari ", "ru": "Основы шитья"}, hours=144, by=author)
    version = course.versions.get()
    assert (version.number, version.status, version.hours) == (1, "draft", 144)
    assert course.slug == "tikuvchilik-asoslari"
    assert course.title == {"uz": "Tikuvchilik asoslari", "ru": "Основы шитья"}
    assert "shitya" in course.search_key or "shit" in course.search_key
    event = AuditEvent.objects.get(action="course.created")
    assert (event.actor, event.object_id) == (author, str(course.uuid))


def test_create_course_twice_makes_one() -> None:
    provider = make_organization()
    fields: dict[str, Any] = {"provider": provider, "title": {"uz": "Payvandlash"}}
    assert make_course(**fields) == make_course(**fields)
    assert Course.objects.count() == 1


def test_create_course_of_another_provider_gets_an_address_of_its_own() -> None:
    first, second = make_course(title={"uz": "Payvandlash"}), make_course(title={"uz": "Payvandlash"})
    assert (first.slug, second.slug) == ("payvandlash", "payvandlash-2")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": {}}, "title"),
        ({"title": {"xx": "A"}}, "title"),
        ({"title": {"uz": "A" * 201}}, "title"),
        ({"hours": 0}, "hours"),
        ({"language": "de"}, "language"),
        ({"slug": "Katta Harf"}, "slug"),
        ({"min_grade": Decimal(101)}, "min_grade"),
        ({"min_attendance": Decimal("1.5")}, "min_attendance"),
    ],
)
def test_create_course_refuses_bad_input(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make_course(**fields)
    assert refusal.value.field == field


def test_create_course_refuses_who_does_not_teach_and_a_taken_address() -> None:
    with pytest.raises(NotProvider):
        make_course(provider=make_organization(kind="ministry"))
    make_course(slug="elektron-hujjat")
    with pytest.raises(SlugTaken):
        make_course(slug="elektron-hujjat")


def test_save_course_describes_it_anew_and_is_found_by_the_new_words() -> None:
    course = make_course()
    profession = make_profession()
    for _again in range(2):
        saved = save_course(
            course,
            title={"uz": "Duradgorlik"},
            summary={},
            language="ru",
            profession=profession,
            self_paced=True,
            issuing="confirmed",
            by=None,
        )
    assert saved.search_key == "duradgorlik"
    assert (saved.language, saved.profession, saved.self_paced) == ("ru", profession, True)


def test_save_version_changes_a_draft_only() -> None:
    course = make_published_course()
    published = course.versions.get()
    with pytest.raises(VersionFrozen):
        save_version(published, VersionFields(10), by=None)
    draft = new_draft(course, by=None)
    assert save_version(draft, VersionFields(10, Decimal(60), Decimal("0.8")), by=None).hours == 10


def test_retire_course_leaves_the_catalogue_and_a_new_version_brings_it_back() -> None:
    course = make_published_course()
    assert retire_course(course, by=None).retired_at == retire_course(course, by=None).retired_at
    assert not Course.objects.published().exists()
    assert course.versions.get().status == CourseVersion.Status.RETIRED
    draft = new_draft(course, by=None)
    submit_for_review(draft, by=None)
    publish_version(draft, by=None)
    assert Course.objects.published().get() == course
