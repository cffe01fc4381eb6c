"""Possible duplicates: found when somebody is written down or at night, and decided once."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, Mahalla, Person, PersonMerge, User
from accounts.services.people import PersonData
from base.errors import IllegalMove, InvalidInput
from enrollment.models import PossibleDuplicate, Resident
from enrollment.services.duplicates import (
    find_duplicates,
    look_again,
    merge_pair,
    note_duplicates,
    part_pair,
    tell_apart,
)
from enrollment.services.residents import correct_resident, register_resident
from tests.accounts.factories import make_district, make_mahalla, make_person, make_user
from tests.enrollment.factories import make_household, make_resident
from tests.enrollment.test_services_seats import race
from tests.personas import World
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db
BORN = date(1990, 3, 4)


def person_data(**fields: Any) -> PersonData:
    some: dict[str, Any] = {"surname": "Joʻrayev", "given_name": "Sherzod", "birth_date": BORN}
    return PersonData(**some | fields)


def settle(mahalla: Mahalla, **fields: Any) -> Resident:
    """A resident of whom no form took notice, as after an import."""
    some: dict[str, Any] = {"surname": "Joʻrayev", "given_name": "Sherzod", "patronymic": "Ali oʻgʻli"}
    person = make_person(**some | {"birth_date": BORN} | fields)
    return make_resident(household=make_household(mahalla=mahalla), person=person)


def make_pair(mahalla: Mahalla | None = None) -> PossibleDuplicate:
    mahalla = mahalla or make_mahalla()
    settle(mahalla)
    settle(mahalla)
    find_duplicates()
    return PossibleDuplicate.objects.latest("pk")


def test_writing_a_neighbour_down_again_is_noticed(assistant: User, world: World) -> None:
    home = make_household(mahalla=world.mahalla)
    one = register_resident(home, person_data(), by=assistant)
    other = register_resident(home, person_data(surname="Жураев", given_name="Шерзод"), by=assistant)
    pair = PossibleDuplicate.objects.get()
    assert (pair.first, pair.second, pair.status) == (one.person, other.person, "open")
    assert (pair.mahalla, pair.district) == (world.mahalla, world.mahalla.district)


def test_a_correction_that_makes_two_alike_is_noticed(assistant: User, world: World) -> None:
    one = register_resident(make_household(mahalla=world.mahalla), person_data(), by=assistant)
    other = register_resident(one.household, person_data(given_name="Sherali"), by=assistant)
    assert not PossibleDuplicate.objects.exists()
    correct_resident(other, person_data(), by=assistant)
    assert PossibleDuplicate.objects.get().second == other.person


def test_two_pinfls_or_two_days_are_two_people() -> None:
    mahalla = make_mahalla()
    settle(mahalla, pinfl_hash="a")
    settle(mahalla, pinfl_hash="b")
    settle(mahalla, birth_date=date(1991, 3, 4), pinfl_hash="c")
    find_duplicates()
    assert not PossibleDuplicate.objects.exists()


def test_who_live_apart_are_paired_by_the_whole_name_alone() -> None:
    near, far = make_mahalla(), make_mahalla()
    next_door = make_mahalla(district=near.district)
    settle(near)
    settle(next_door)
    settle(far)
    settle(make_mahalla(), patronymic="Vali oʻgʻli")
    find_duplicates()
    pairs = PossibleDuplicate.objects.order_by("pk")
    region = near.district.region_id
    places = [(pair.mahalla_id, pair.district_id, pair.region_id) for pair in pairs]
    assert places == [(None, near.district_id, region), (None, None, None), (None, None, None)]


def test_a_pair_goes_on_to_whoever_decides_it_after_a_move() -> None:
    pair = make_pair()
    elsewhere = make_household(mahalla=make_mahalla(district=pair.district))
    Resident.objects.filter(person=pair.second).update(household=elsewhere, mahalla=elsewhere.mahalla)
    note_duplicates([pair.first.match_key])
    pair.refresh_from_db()
    assert pair.mahalla is None
    assert pair.district == elsewhere.mahalla.district


def test_a_thousand_of_one_name_make_no_million_pairs(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    home = make_household()
    people = [make_person(surname="Bir", given_name="Xil", birth_date=BORN) for _ in range(20)]
    Resident.objects.bulk_create(
        Resident(person=person, household=home, mahalla=home.mahalla, starts_on=BORN) for person in people
    )
    with django_assert_num_queries(3):
        note_duplicates([people[0].match_key])
    assert PossibleDuplicate.objects.count() < 3 * 20


def test_the_night_finds_nothing_twice() -> None:
    pair = make_pair()
    find_duplicates()
    assert PossibleDuplicate.objects.get() == pair


def test_that_they_are_two_people_is_remembered() -> None:
    pair, clerk = make_pair(), make_user()
    tell_apart(pair, by=clerk)
    tell_apart(pair, by=clerk)
    find_duplicates()
    pair.refresh_from_db()
    assert (pair.status, pair.decided_by) == ("different", clerk)
    assert AuditEvent.objects.filter(action="duplicate.different").count() == 1
    with pytest.raises(IllegalMove):
        merge_pair(pair, kept=pair.first, by=clerk)
    assert look_again(pair, by=clerk).status == "open"


def test_merging_a_pair_and_undoing_it() -> None:
    pair, clerk = make_pair(), make_user()
    merged = merge_pair(pair, kept=pair.second, by=clerk)
    assert merged.merge
    assert (merged.status, merged.merge.gone, merged.merge.by) == ("merged", pair.first, clerk)
    assert merge_pair(pair, kept=pair.first, by=clerk).merge == merged.merge
    with pytest.raises(IllegalMove):
        tell_apart(pair, by=clerk)
    opened = part_pair(pair, by=clerk)
    assert opened.status == part_pair(pair, by=clerk).status == "open"
    assert not Person.objects.exclude(merged_into=None).exists()


def test_who_is_kept_is_one_of_the_two() -> None:
    pair = make_pair()
    with pytest.raises(InvalidInput):
        merge_pair(pair, kept=make_person(), by=make_user())


def test_what_was_merged_is_not_to_decide_any_more() -> None:
    mahalla = make_mahalla()
    for _ in range(3):
        settle(mahalla)
    find_duplicates()
    pairs = PossibleDuplicate.objects.order_by("pk")
    merge_pair(pairs[0], kept=pairs[0].first, by=make_user())
    left = PossibleDuplicate.objects.to_decide().get()
    assert {left.first, left.second}.isdisjoint({pairs[0].second})


@pytest.mark.parametrize("where", ["mahalla", "district", "region", "republic"])
def test_who_decides_and_who_sees(where: str, request: pytest.FixtureRequest, world: World) -> None:
    mahalla = world.mahalla
    second = {
        "mahalla": mahalla,
        "district": make_mahalla(district=mahalla.district),
        "region": make_mahalla(district=make_district(region=mahalla.district.region)),
        "republic": make_mahalla(),
    }[where]
    settle(mahalla)
    settle(second)
    find_duplicates()
    deciders = {
        "mahalla": {"assistant", "counter"},
        "district": {"counter"},
        "region": {"supervisor", "platform_admin"},
        "republic": {"platform_admin"},
    }[where]
    seers = deciders | ({"auditor"} if where != "republic" else set())
    names = ["assistant", "counter", "supervisor", "auditor", "platform_admin", "outsider", "centre_manager", "learner"]
    users = {name: request.getfixturevalue(name) for name in names}
    rows = PossibleDuplicate.objects
    assert {name for name, user in users.items() if rows.decided_by(user).exists()} == deciders
    assert {name for name, user in users.items() if rows.visible_to(user).exists()} == seers


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_merge_at_once_make_one_merge() -> None:
    pair, clerk = make_pair(), make_user()
    calls = [partial(merge_pair, pair, kept=kept, by=clerk) for kept in (pair.first, pair.second)] * 5
    assert race([*calls, partial(find_duplicates)]) == {"done": 11}
    assert PersonMerge.objects.count() == 1
    pair.refresh_from_db()
    assert pair.status == "merged"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_neighbour_written_down_at_once_is_one_person_or_a_pair() -> None:
    home, clerk = make_household(), make_user(role="supervisor")
    pinfl = make_pinfl(birth="1990-03-04", gender="male")
    data = person_data(pinfl=pinfl)
    ends = race([partial(register_resident, home, data, by=clerk)] * 6)
    assert ends["done"] == 1
    assert Person.objects.exclude(pinfl_hash=None).count() == 1
