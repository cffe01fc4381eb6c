from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import Organization, User
from accounts.services.units import change_unit, close_unit
from enrollment.models import TrainingAssignment, TrainingRule
from enrollment.queries.units import unit_lines
from enrollment.services.mandatory import settle_noted
from tests.accounts.factories import make_employment, make_membership, make_organization
from tests.enrollment.factories import make_rule
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
LIST, NEW = "/staff/units/", "/staff/units/new/"


@pytest.fixture
def unit(world: World) -> Organization:
    return make_organization(kind="hokimiyat", parent=world.hokimiyat, names={"en": "Personnel"})


def path(name: str, unit: Organization) -> str:
    return reverse(f"enrollment:unit_{name}", args=[unit.uuid])


def make_below(parent: Organization, name: str) -> Organization:
    return make_organization(kind="hokimiyat", parent=parent, names={"en": name})


def test_a_level_of_the_tree_counts_who_works_where(staff_manager: User, unit: Organization, world: World) -> None:
    below = make_below(unit, "Archive")
    lowest = make_below(below, "Cellar")
    for place in (lowest, below, unit):
        make_employment(organization=place)
    make_employment(organization=unit, ends_on=timezone.localdate())
    lines = [unit_lines([place])[0] for place in (world.hokimiyat, unit, lowest)]
    assert [(line.people, line.with_units, line.units) for line in lines] == [(0, 3, 1), (1, 3, 1), (1, 1, 0)]
    client = signed_in(staff_manager)
    page = client.get(LIST).content.decode()
    assert "Personnel" in page
    assert "Archive" not in page
    assert f"/staff/?organization={unit.uuid}" in page
    page = client.get(f"{LIST}?under={below.uuid}").content.decode()
    assert page.index("Personnel") < page.index("Archive") < page.index("Cellar")
    assert client.get(f"{LIST}?under={make_organization(kind='ministry').uuid}").status_code == 404
    assert "Personnel" in client.get(f"{LIST}?under=x").content.decode()


def test_a_manager_of_several_organizations_opens_one(staff_manager: User, unit: Organization, world: World) -> None:
    other = make_organization(kind="ministry", names={"en": "Other ministry"})
    make_membership(user=staff_manager, role="staff-manager", place=other)
    make_membership(user=staff_manager, role="staff-manager", place=unit)
    page = signed_in(staff_manager).get(LIST).content.decode()
    assert f"?under={other.uuid}" in page
    assert f"?under={world.hokimiyat.uuid}" in page
    assert "Personnel" not in page


@pytest.mark.parametrize("units", [1, 3])
def test_a_level_takes_as_many_queries_for_one_as_for_three(
    staff_manager: User, world: World, units: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(units):
        make_employment(organization=make_below(world.hokimiyat, f"Unit {number}"))
    client = signed_in(staff_manager)
    with django_assert_num_queries(15):
        client.get(LIST)


def test_a_unit_is_made_once_named_moved_closed_and_opened_again(staff_manager: User, world: World) -> None:
    client = signed_in(staff_manager)
    other = make_below(world.hokimiyat, "Other")
    typed = {"uuid": "0b8e3a4c-5f0d-4c55-9d4a-0d3b1f5f7a11", "names_uz": "Kadrlar", "parent": world.hokimiyat.uuid}
    assert client.get(f"{NEW}?under={other.uuid}").status_code == 200
    for _ in range(2):
        assert client.post(NEW, typed).status_code == 302
    unit = Organization.objects.get(names__uz="Kadrlar")
    client.post(path("edit", unit), {"names_uz": "Kadrlar", "names_ru": "Кадры", "parent": other.uuid})
    unit.refresh_from_db()
    assert (unit.names, unit.parent) == ({"uz": "Kadrlar", "ru": "Кадры"}, other)
    client.post(path("close", unit), {"on": timezone.localdate().isoformat()})
    assert "Kadrlar" not in client.get(f"{LIST}?under={other.uuid}").content.decode().replace("“Kadrlar” is closed", "")
    assert "Kadrlar" in client.get(f"{LIST}?under={other.uuid}&closed=1").content.decode()
    client.post(path("reopen", unit))
    unit.refresh_from_db()
    assert unit.ends_on is None


def test_a_refusal_stands_on_the_page(staff_manager: User, unit: Organization, world: World) -> None:
    client = signed_in(staff_manager)
    make_employment(organization=unit)
    answer = client.post(path("close", unit), {"on": timezone.localdate().isoformat()})
    assert answer.status_code == 422
    assert "Posts held here on that day or later: 1." in answer.content.decode()
    answer = client.post(path("edit", unit), {"parent": world.hokimiyat.uuid})
    assert answer.status_code == 422
    assert "Give this text in at least one language." in answer.content.decode()


def test_nobody_puts_a_unit_below_itself_or_takes_one_from_elsewhere(
    staff_manager: User, unit: Organization, world: World
) -> None:
    client, strange = signed_in(staff_manager), make_organization(kind="ministry")
    for parent in (unit, make_below(unit, "Below"), strange):
        assert client.post(path("edit", unit), {"names_en": "X", "parent": parent.uuid}).status_code == 422
    assert client.get(path("edit", strange)).status_code == 404
    assert client.get(path("edit", world.hokimiyat)).status_code == 403
    assert client.post(path("close", world.hokimiyat), {"on": "2030-01-01"}).status_code == 403


def test_rules_of_those_above_follow_a_move_and_one_that_names_the_unit_holds(
    staff_manager: User, unit: Organization, world: World
) -> None:
    other = make_below(world.hokimiyat, "Other")
    post = make_employment(organization=unit)
    own = make_rule(issuer=world.hokimiyat, employers=[unit])
    above = make_rule(issuer=world.hokimiyat, employers=[other])
    settle_noted()

    def asked() -> set[TrainingRule]:
        rows = TrainingAssignment.objects.filter(person=post.person, status__in=TrainingAssignment.PENDING)
        return {row.rule for row in rows}

    assert asked() == {own}
    change_unit(unit, names=unit.names, parent=other, starts_on=None, by=staff_manager)
    settle_noted()
    assert asked() == {own, above}
    change_unit(unit, names=unit.names, parent=world.hokimiyat, starts_on=None, by=staff_manager)
    settle_noted()
    assert asked() == {own}
    assert str(own.uuid) in signed_in(staff_manager).get(path("edit", unit)).content.decode()


def test_a_closed_unit_is_offered_to_nobody(staff_manager: User, unit: Organization) -> None:
    close_unit(unit, on=timezone.localdate() - timedelta(days=1), by=None)
    page = signed_in(staff_manager).get("/staff/new/").content.decode()
    assert str(unit.uuid) not in page


def test_staff_are_listed_by_unit(staff_manager: User, unit: Organization, world: World) -> None:
    here, there = make_employment(organization=unit), make_employment(organization=world.hokimiyat)
    page = signed_in(staff_manager).get(f"/staff/?organization={unit.uuid}").content.decode()
    assert str(here.uuid) in page
    assert str(there.uuid) not in page
