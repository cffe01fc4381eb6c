"""Finding people again: certainly by PINFL or external id, possibly by name, birth date and mahalla."""

from datetime import date
from typing import Any

import pytest
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person
from accounts.services.people import PersonData, create_person, find_person
from enrollment.models import Resident
from enrollment.queries.matching import Found, Match, Wanted, match
from tests.accounts.factories import make_mahalla, make_person
from tests.enrollment.factories import make_household, make_resident
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db
BORN = date(1990, 3, 4)


def person_data(**fields: Any) -> PersonData:
    some: dict[str, Any] = {"surname": "Joʻrayev", "given_name": "Sherzod", "birth_date": BORN}
    return PersonData(**some | fields)


def neighbour(**fields: Any) -> Resident:
    return make_resident(person=create_person(person_data(**fields), by=None))


def wanted(mahalla_id: int | None = None, **fields: Any) -> Wanted:
    return Wanted.of(person_data(**fields).to_fields(), mahalla_id=mahalla_id)


@pytest.mark.parametrize(
    ("surname", "given_name"),
    [
        ("Jo'rayev", "Sherzod"),
        ("Jo`raev", "SHERZOD"),
        ("Jörayev", "Şerzod"),
        ("Жўраев", "Шерзод"),
        ("Жураев", "Шерзод"),
        ("Djuraev", "Sherzod"),
    ],
)
def test_each_spelling_of_a_neighbours_name_is_possibly_the_neighbour(surname: str, given_name: str) -> None:
    known = neighbour()
    [found] = match([wanted(known.mahalla_id, surname=surname, given_name=given_name, patronymic="Anvarovich")])
    assert found == Match(Found.POSSIBLE, by="match_key", possible=(known.person_id,))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Өразбаев", "Orazbaev"), ("Қалмуратов", "Калмуратов"), ("Gʻulomov", "Гуломов"), ("Nókisbaev", "Нөкисбаев")],
)
def test_karakalpak_and_russian_spellings_match(one: str, other: str) -> None:
    known = neighbour(surname=one)
    assert match([wanted(known.mahalla_id, surname=other)])[0].possible == (known.person_id,)


def test_another_day_mahalla_or_name_is_somebody_new() -> None:
    known = neighbour()
    rows = [
        wanted(known.mahalla_id, birth_date=date(1990, 4, 3)),
        wanted(make_mahalla().pk),
        wanted(None),
        wanted(known.mahalla_id, given_name="Sherali"),
        wanted(known.mahalla_id, birth_date=None),
    ]
    assert match(rows) == [Match(Found.NEW)] * 5


def test_who_moved_out_of_the_mahalla_is_not_found_there() -> None:
    known = neighbour()
    Resident.objects.filter(pk=known.pk).update(ends_on=F("starts_on"))
    assert match([wanted(known.mahalla_id)]) == [Match(Found.NEW)]


def test_pinfl_comes_before_external_id_before_name() -> None:
    pinfl = make_pinfl(birth="1990-03-04", gender="male")
    by_pinfl, by_name = neighbour(pinfl=pinfl), neighbour()
    by_id = neighbour(external_id="X-1", given_name="Bekzod")
    rows = [
        wanted(by_name.mahalla_id, pinfl=pinfl),
        wanted(by_name.mahalla_id, external_id="X-1"),
        wanted(by_name.mahalla_id, external_id="X-2"),
    ]
    home: dict[str, Any] = {"resident_id": by_pinfl.pk, "mahalla_id": by_pinfl.mahalla_id}
    assert match(rows) == [
        Match(Found.KNOWN, by="pinfl_hash", person_id=by_pinfl.person_id, **home),
        Match(
            Found.KNOWN,
            by="external_id",
            person_id=by_id.person_id,
            resident_id=by_id.pk,
            mahalla_id=by_id.mahalla_id,
        ),
        Match(Found.POSSIBLE, by="match_key", possible=(by_name.person_id,)),
    ]


def test_two_pinfls_are_two_people() -> None:
    known = neighbour(pinfl=make_pinfl(birth="1990-03-04", gender="male"))
    assert match([wanted(known.mahalla_id, pinfl=make_pinfl(birth="1990-03-04", gender="male"))]) == [Match(Found.NEW)]


def test_papers_that_name_two_people_contradict_each_other() -> None:
    pinfl, other = make_pinfl(birth="1990-03-04", gender="male"), make_pinfl(birth="1990-03-04", gender="male")
    one = neighbour(pinfl=pinfl)
    neighbour(pinfl=other, external_id="X-1")
    found = match(
        [
            wanted(pinfl=pinfl, external_id="X-1"),
            wanted(pinfl=make_pinfl(birth="1990-03-04", gender="male"), external_id="X-1"),
        ]
    )
    assert [row.found for row in found] == [Found.CONTRADICTORY] * 2
    assert found[0].person_id == one.person_id


def test_a_merged_record_stands_for_the_one_that_was_kept() -> None:
    kept, gone = make_person(), make_person(external_id="X-1", birth_date=BORN)
    Person.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert match([wanted(external_id="X-1")])[0].person_id == kept.pk
    assert find_person({"external_id": "X-1"}) == kept


@pytest.mark.parametrize("n", [1, 300])
def test_many_are_found_in_four_queries(n: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    home = make_household()
    people = [make_person(external_id=f"X-{i}", birth_date=BORN) for i in range(n)]
    Resident.objects.bulk_create(
        Resident(person=person, household=home, mahalla=home.mahalla, starts_on=BORN) for person in people
    )
    rows = [
        wanted(home.mahalla_id, external_id=f"X-{i}", pinfl=make_pinfl(birth="1990-03-04", gender="male"))
        for i in range(n)
    ]
    rows += [wanted(home.mahalla_id, surname=person.surname, given_name=person.given_name) for person in people]
    with django_assert_num_queries(4):
        found = match(rows)
    assert [row.person_id or row.possible[0] for row in found] == [person.pk for person in people] * 2


def test_nobody_costs_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert match([]) == []
