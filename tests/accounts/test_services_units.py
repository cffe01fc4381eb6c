from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Employment, Organization
from accounts.services.employments import UnitClosed, appoint, end_employment, transfer
from accounts.services.units import NotAUnit, UnitInUse, change_unit, close_unit, create_unit, reopen_unit
from base.errors import DomainError, InvalidInput
from tests.accounts.factories import make_employment, make_organization, make_person
from tests.enrollment.test_services_seats import race

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


@pytest.fixture
def ministry() -> Organization:
    return make_organization(kind="ministry", code="MIN")


def make_unit(parent: Organization, name: str = "Boʻlim") -> Organization:
    return create_unit(parent=parent, names={"uz": name}, by=None)


def change(unit: Organization, parent: Organization, name: str = "Boʻlim") -> Organization:
    return change_unit(unit, names={"uz": name}, parent=parent, starts_on=None, by=None)


def test_a_unit_is_like_the_one_above_and_has_a_code_of_its_own(ministry: Organization) -> None:
    uuid = uuid4()
    made = [create_unit(parent=ministry, names={"uz": "Kadrlar", "ru": "Кадры"}, uuid=uuid, by=None) for _ in range(2)]
    other = make_unit(ministry)
    assert made[0] == made[1]
    assert [(row.kind, row.code) for row in (made[0], other)] == [("ministry", "MIN-1"), ("ministry", "MIN-2")]
    assert "kadrlar" in made[0].search_key
    assert AuditEvent.objects.filter(action="unit.made").count() == 2


def test_a_unit_needs_a_name_and_an_employer_above(ministry: Organization) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make_unit(ministry, " ")
    assert refusal.value.field == "names"
    with pytest.raises(InvalidInput):
        make_unit(make_organization())


def test_a_unit_moves_with_what_is_below_it_and_never_below_itself(ministry: Organization) -> None:
    one, two = make_unit(ministry), make_unit(ministry)
    below = make_unit(one)
    for parent in (one, below):
        with pytest.raises(InvalidInput) as refusal:
            change(one, parent)
        assert refusal.value.field == "parent"
    change(one, two)
    change(one, two)  # nothing more
    assert Organization.objects.with_units([two.pk]) == {one.pk, two.pk, below.pk}
    assert AuditEvent.objects.filter(action="unit.changed").count() == 1


def test_what_stands_on_top_is_not_kept_here(ministry: Organization) -> None:
    with pytest.raises(NotAUnit):
        change(ministry, make_unit(ministry))
    with pytest.raises(NotAUnit):
        close_unit(ministry, on=today(), by=None)


def test_a_unit_closes_once_nobody_works_there(ministry: Organization) -> None:
    unit = make_unit(ministry)
    post = make_employment(organization=unit)
    with pytest.raises(UnitInUse) as refusal:
        close_unit(unit, on=today(), by=None)
    assert "1" in str(refusal.value)
    end_employment(post, on=today(), by=None)
    closed = [close_unit(unit, on=today(), by=None) for _ in range(2)][1]
    assert closed.is_closed
    with pytest.raises(UnitClosed):
        close_unit(unit, on=today() + DAY, by=None)
    with pytest.raises(UnitClosed):
        make_unit(unit)
    with pytest.raises(UnitClosed):
        change(make_unit(ministry), unit)


def test_a_unit_is_closed_after_those_below_it(ministry: Organization) -> None:
    unit = make_unit(ministry)
    below = make_unit(unit, "Sektor")
    with pytest.raises(UnitInUse, match="Sektor"):
        close_unit(unit, on=today(), by=None)
    close_unit(below, on=today(), by=None)
    close_unit(unit, on=today(), by=None)
    with pytest.raises(UnitClosed):
        reopen_unit(below, by=None)
    reopen_unit(unit, by=None)
    assert reopen_unit(below, by=None).ends_on is None


@pytest.mark.parametrize("days", [-1, 3000])
def test_a_unit_closes_after_it_begins_and_not_in_the_far_future(ministry: Organization, days: int) -> None:
    unit = create_unit(parent=ministry, names={"uz": "B"}, starts_on=today(), by=None)
    with pytest.raises(InvalidInput) as refusal:
        close_unit(unit, on=today() + days * DAY, by=None)
    assert refusal.value.field == "on"


def test_nobody_is_appointed_to_a_unit_that_is_not_there(ministry: Organization) -> None:
    unit = create_unit(parent=ministry, names={"uz": "B"}, starts_on=today(), by=None)
    close_unit(unit, on=today() + 10 * DAY, by=None)
    post = make_employment(organization=ministry)
    for day in (today() - DAY, today() + 10 * DAY):
        with pytest.raises(UnitClosed):
            appoint(person=make_person(), organization=unit, post="X", starts_on=day, by=None)
        with pytest.raises(UnitClosed):
            transfer(post, on=day, post="X", organization=unit, by=None)
    assert transfer(post, on=today(), post="X", organization=unit, by=None).organization == unit


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_units_put_below_each_other_at_once_make_no_circle() -> None:
    ministry = make_organization(kind="ministry")
    one, two = make_unit(ministry), make_unit(ministry)
    found = race([partial(change, one, two), partial(change, two, one)])
    assert found == {"done": 1, "InvalidInput": 1}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nobody_is_appointed_to_a_unit_while_it_closes() -> None:
    unit = make_unit(make_organization(kind="ministry"))
    people = [make_person() for _ in range(5)]

    def enter(number: int) -> Employment:
        return appoint(person=people[number], organization=unit, post="X", starts_on=today(), by=None)

    race([*(partial(enter, number) for number in range(5)), partial(close_unit, unit, on=today(), by=None)])
    unit.refresh_from_db()
    held = Employment.objects.filter(organization=unit).count()
    assert (held == 0) if unit.ends_on else held > 0
    assert issubclass(UnitInUse, DomainError)
