"""Wherever people are looked for by name, each way of writing it finds them."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person, User
from accounts.models.people import called
from accounts.services.people import PersonData, create_person
from tests.accounts.factories import make_employment, make_person, make_token
from tests.certificates.factories import make_credential
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_household, make_open_referral, make_resident
from tests.personas import World

pytestmark = pytest.mark.django_db
SPELLINGS = ("Jo'rayeva", "joʻraeva", "Jörayeva", "ЖЎРАЕВА", "Şahnoza Jorayeva", "Жўраева Шаҳноза")


@pytest.fixture
def person() -> Person:
    data = PersonData(surname="Joʻrayeva", given_name="Shahnoza", patronymic="Ali qizi", birth_date=date(1990, 3, 4))
    return create_person(data, by=None)


@pytest.mark.parametrize("words", [*SPELLINGS, "ali shah jo", "j a q"])
def test_words_in_any_order_and_spelling_find(person: Person, words: str) -> None:
    make_person(surname="Joʻraboyev", given_name="Shavkat")
    assert Person.objects.filter(called(words)).get() == person


def test_two_letters_are_the_beginning_of_a_name(person: Person) -> None:
    assert not Person.objects.filter(called("ra")).exists()
    assert Person.objects.filter(called("rayeva")).exists()


def test_pages_find_each_spelling(
    client: Client,
    world: World,
    person: Person,
    assistant: User,
    centre_manager: User,
    staff_manager: User,
    platform_admin: User,
) -> None:
    course = make_published_course(provider=world.centre)
    cohort = make_cohort(course=course)
    resident = make_resident(household=make_household(mahalla=world.mahalla), person=person)
    make_open_referral(resident=resident, cohort=cohort)
    make_credential(cohort=make_cohort(course=course), person=person)
    make_employment(person=person, organization=world.hokimiyat)
    pages = {
        reverse("enrollment:resident_list"): assistant,
        reverse("enrollment:referral_list"): centre_manager,
        reverse("enrollment:staff_list"): staff_manager,
        reverse("enrollment:cohort_enroll", args=[cohort.uuid]): centre_manager,
        reverse("certificates:issued_list"): centre_manager,
        reverse("admin:accounts_user_changelist"): platform_admin,
    }
    lost: list[tuple[str, str]] = []
    for page, user in pages.items():
        client.force_login(user)
        answers = {words: client.get(page, {"q": words}).content.decode() for words in SPELLINGS}
        lost += [(page, words) for words, answer in answers.items() if person.name not in answer]
        assert person.name not in client.get(page, {"q": "Boshqa"}).content.decode()
    assert lost == []


def test_the_interface_finds_each_spelling(
    client: Client, world: World, person: Person, assistant: User, staff_manager: User
) -> None:
    make_resident(household=make_household(mahalla=world.mahalla), person=person)
    make_employment(person=person, organization=world.hokimiyat)
    for path, user in (("residents", assistant), ("people", staff_manager)):
        headers = {"Authorization": f"Bearer {make_token(user)}"}
        for words in SPELLINGS:
            found = client.get(f"/api/v1/{path}", {"q": words}, headers=headers).json()["items"]
            assert len(found) == 1, (path, words)
