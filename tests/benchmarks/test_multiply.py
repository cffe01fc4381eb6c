import pytest

from accounts.models import Person
from benchmarks.listing.multiply import multiply
from tests.accounts.factories import make_person


@pytest.mark.postgres
@pytest.mark.django_db
def test_copies_are_like_the_row_but_for_what_is_told() -> None:
    person = make_person(surname="Sinovov")
    multiply(person, 3, surname="surname || n")
    rows = Person.objects.order_by("pk")
    assert [row.surname for row in rows] == ["Sinovov", "Sinovov1", "Sinovov2", "Sinovov3"]
    assert {row.given_name for row in rows} == {person.given_name}
    assert len({row.uuid for row in rows}) == 4
    assert make_person().pk > rows[3].pk - 1
