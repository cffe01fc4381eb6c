from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Employment, Organization, PostCategory
from accounts.services.employments import (
    AlreadyEmployed,
    EmploymentEnded,
    appoint,
    category_of,
    correct_employment,
    end_employment,
    load_post_categories,
    transfer,
)
from accounts.signals import employment_changed
from base.errors import InvalidInput
from tests.accounts.factories import make_organization, make_person, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def office(db: None) -> Organization:
    return make_organization(kind="agency")


@pytest.fixture
def employment(office: Organization) -> Employment:
    return appoint(person=make_person(), organization=office, post="Bosh mutaxassis", starts_on=DAY, by=None)


def test_appointing_tells_and_audits_once(office: Organization) -> None:
    person, heard = make_person(), []

    def hear(person_id: int, **_: Any) -> None:
        heard.append(person_id)

    employment_changed.connect(hear)
    try:
        first, second = (
            appoint(person=person, organization=office, post="Boʻlim  boshlig'i", starts_on=DAY, by=None)
            for _ in range(2)
        )
    finally:
        employment_changed.disconnect(hear)
    assert first == second
    assert first.post == "Boʻlim boshligʻi"
    assert first.category == PostCategory.objects.get(code="unit-head")
    assert heard == [person.pk]
    assert AuditEvent.objects.filter(action="employment.appointed", object_id=str(first.uuid)).count() == 1


def test_two_posts_at_one_employer_are_refused(employment: Employment) -> None:
    person, office = employment.person, employment.organization
    with pytest.raises(AlreadyEmployed):
        appoint(person=person, organization=office, post="Inspektor", starts_on=DAY, by=None)
    end_employment(employment, on=DAY + timedelta(days=30), by=None)
    with pytest.raises(AlreadyEmployed):
        appoint(person=person, organization=office, post="Inspektor", starts_on=DAY + timedelta(days=29), by=None)
    again = appoint(person=person, organization=office, post="Inspektor", starts_on=DAY + timedelta(days=30), by=None)
    assert list(person.employments.order_by("starts_on")) == [employment, again]
    assert appoint(
        person=person, organization=make_organization(kind="ministry"), post="Inspektor", starts_on=DAY, by=None
    )


def test_a_transfer_ends_one_post_and_begins_the_next(employment: Employment) -> None:
    other = make_organization(kind="ministry")
    on = date(2026, 6, 1)
    first, second = (transfer(employment, on=on, post="Boʻlim boshligʻi", organization=other, by=None) for _ in "12")
    employment.refresh_from_db()
    assert employment.ends_on == first.starts_on == on
    assert first == second
    assert first.organization == other
    with pytest.raises(EmploymentEnded):
        transfer(employment, on=on + timedelta(days=1), post="Inspektor", by=None)
    within = transfer(first, on=on + timedelta(days=9), post="Boshqarma boshligʻi", by=None)
    assert within.organization == other
    with pytest.raises(InvalidInput):
        transfer(within, on=within.starts_on, post="Inspektor", by=None)
    assert Employment.objects.filter(person=employment.person).count() == 3


def test_a_refused_transfer_ends_nothing(employment: Employment) -> None:
    other = make_organization(kind="ministry")
    appoint(person=employment.person, organization=other, post="Maslahatchi", starts_on=DAY, by=None)
    with pytest.raises(AlreadyEmployed):
        transfer(employment, on=date(2026, 6, 1), post="Inspektor", organization=other, by=None)
    employment.refresh_from_db()
    assert employment.ends_on is None


def test_ending(employment: Employment) -> None:
    with pytest.raises(InvalidInput):
        end_employment(employment, on=DAY - timedelta(days=1), by=None)
    on = date(2026, 9, 1)
    assert end_employment(employment, on=on, by=None).ends_on == on
    assert end_employment(employment, on=on, by=None).ends_on == on
    with pytest.raises(EmploymentEnded):
        end_employment(employment, on=on + timedelta(days=1), by=None)


def test_correcting_names_what_was_mended(employment: Employment) -> None:
    by = make_user()
    mended = correct_employment(employment, post="Rahbar", starts_on=DAY, by=by)
    assert mended.category == PostCategory.objects.get(code="leader")
    event = AuditEvent.objects.get(action="employment.corrected")
    assert event.detail == {"fields": ["post", "category"]}
    correct_employment(employment, post="Rahbar", starts_on=DAY, by=by)
    assert AuditEvent.objects.filter(action="employment.corrected").count() == 1


@pytest.mark.parametrize("post", ["", "  ", "x" * 201])
def test_a_post_needs_a_name(office: Organization, post: str) -> None:
    with pytest.raises(InvalidInput):
        appoint(person=make_person(), organization=office, post=post, starts_on=DAY, by=None)


@pytest.mark.parametrize("days", [-40_000, 400])
def test_days_far_away_are_refused(office: Organization, days: int) -> None:
    day = timezone.localdate() + timedelta(days=days)
    with pytest.raises(InvalidInput):
        appoint(person=make_person(), organization=office, post="Inspektor", starts_on=day, by=None)


@pytest.mark.parametrize(
    ("post", "code"),
    [
        ("Vazir oʻrinbosari", "leader"),
        ("Vazirlik bosh mutaxassisi", "chief-specialist"),
        ("Бўлим бошлиғи", "unit-head"),
        ("Главный специалист отдела кадров", "chief-specialist"),
        ("Mahalladagi hokim yordamchisi", "specialist"),
        ("Haydovchi", "support"),
        ("Astronavt", None),
    ],
)
def test_a_post_falls_into_a_category_by_its_words(post: str, code: str | None) -> None:
    assert getattr(category_of(post), "code", None) == code


def test_categories_are_loaded_once() -> None:
    assert load_post_categories() == 0


def test_a_staff_manager_reaches_the_units_below(office: Organization) -> None:
    below = make_organization(kind="agency", parent=make_organization(kind="agency", parent=office))
    manager = make_user(role="staff-manager", place=office)
    assert manager.standing.at(below.pk, "staff-manager")
    assert not make_user(role="staff-manager", place=below).standing.at(office.pk, "staff-manager")
    assert Organization.objects.with_parents([below.pk]) == {below.pk, below.parent_id, office.pk}


def test_other_roles_do_not_reach_below(office: Organization) -> None:
    below = make_organization(kind="academy", parent=make_organization(kind="academy"))
    admin = make_user(role="academy-admin", place=below.parent)
    assert not admin.standing.at(below.pk, "academy-admin")
