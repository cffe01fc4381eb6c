from functools import cache
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from accounts.models import AuditEvent, Person
from accounts.pinfl import hash_pinfl
from accounts.services import pinfl_keys
from accounts.services.people import PersonData, PersonKnown, create_person
from tests.accounts.factories import make_person
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db


@cache
def number(day: int) -> str:
    return make_pinfl(birth=f"1990-05-{day:02}", gender="female")


def write_down(day: int) -> Person:
    return create_person(PersonData(surname="Sinovova", given_name="Nilufar", pinfl=number(day)), by=None)


def change_key(settings: Settings, *, keep_old: bool = True) -> None:
    settings.PINFL_OLD_KEYS = [settings.PINFL_KEY] if keep_old else []
    settings.PINFL_KEY = "a new key"


def rotate() -> str:
    said = StringIO()
    call_command("rotate_pinfl_key", stdout=said)
    return said.getvalue()


def test_everybody_is_found_by_the_new_key_alone(settings: Settings) -> None:
    people = [write_down(day) for day in (1, 2, 3)]
    make_person()
    digits = [person.pinfl.digits for person in people if person.pinfl]
    change_key(settings)
    assert "3 of 3" in rotate()
    settings.PINFL_OLD_KEYS = []
    for person, was in zip(people, digits, strict=True):
        person.refresh_from_db()
        assert person.pinfl
        assert (person.pinfl.digits, person.pinfl_hash) == (was, hash_pinfl(was))
    with pytest.raises(PersonKnown):
        write_down(1)
    assert AuditEvent.objects.get(action="person.pinfl-key-rotated").detail == {"count": 3}


def test_stopped_and_started_again_it_goes_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinfl_keys, "CHUNK", 2)
    people = [write_down(day) for day in range(1, 6)]
    change_key(settings)
    assert next(pinfl_keys.rotate_pinfl_key()) == (2, [])
    first = Person.objects.get(pk=people[0].pk).pinfl_cipher
    assert "3 of 3" in rotate()
    assert Person.objects.get(pk=people[0].pk).pinfl_cipher == first
    assert rotate() == "Every PINFL is stored under the current key.\n"


def test_what_no_key_reads_is_named_and_left(settings: Settings) -> None:
    lost = write_down(1)
    change_key(settings, keep_old=False)
    write_down(2)
    with pytest.raises(CommandError, match=str(lost.uuid)):
        rotate()
    assert Person.objects.get(pk=lost.pk).pinfl_cipher == lost.pinfl_cipher


def test_whoever_was_written_down_twice_meanwhile_is_named(settings: Settings) -> None:
    old = write_down(1)
    change_key(settings)
    twin = write_down(1)
    with pytest.raises(CommandError, match=str(old.uuid)):
        rotate()
    assert Person.objects.get(pk=twin.pk).pinfl_hash == twin.pinfl_hash


@pytest.mark.parametrize("rows", [1, 3])
def test_a_chunk_takes_the_same_queries_for_any_length(
    rows: int, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(1, rows + 1):
        write_down(day)
    change_key(settings)
    with django_assert_num_queries(6):
        next(pinfl_keys.rotate_pinfl_key())
