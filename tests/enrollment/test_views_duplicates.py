"""The pages on which two records are compared, merged and told apart."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, Person, PersonMerge, User
from accounts.services.merging import merge_people
from enrollment.models import PossibleDuplicate, Resident
from tests.accounts.factories import make_person, make_token
from tests.enrollment.factories import make_duplicate, make_household, make_open_referral, make_resident, make_wish
from tests.personas import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def resident(world: World) -> Resident:
    person = make_person(surname="Joʻrayev", given_name="Sherzod", patronymic="", birth_date=date(1990, 3, 4))
    return make_resident(household=make_household(mahalla=world.mahalla, address="Bogʻ koʻchasi, 1"), person=person)


@pytest.fixture
def pair(resident: Resident) -> PossibleDuplicate:
    return make_duplicate(resident=resident)


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def address(pair: PossibleDuplicate, name: str = "detail") -> str:
    return reverse(f"enrollment:duplicate_{name}", args=[pair.uuid])


def test_every_difference_is_shown(
    client: Client, assistant: User, pair: PossibleDuplicate, resident: Resident
) -> None:
    Person.objects.filter(pk=pair.second_id).update(surname="Жураев", phone="+998901234567")
    make_wish(resident=resident, kind="loan")
    referral = make_open_referral(resident=Resident.objects.get(person=pair.second))
    page = signed_in(client, assistant).get(address(pair)).content.decode()
    for text in ("Жураев", "+998901234567", "Bogʻ koʻchasi, 1", "Loan", referral.organization.name):
        assert text in page
    assert page.count('class="differs"') == 2
    assert page.index("Surname") < page.index("differs</") < page.index("only in one") < page.index("Wishes")
    assert AuditEvent.objects.filter(action="duplicate.read", object_id=str(pair.uuid)).count() == 1


def test_merging_and_undoing_on_the_page(client: Client, assistant: User, pair: PossibleDuplicate) -> None:
    signed_in(client, assistant)
    done = client.post(address(pair, "merge"), {"kept": str(pair.second.uuid)}, follow=True).content.decode()
    assert "The two records are one now" in done
    assert f"the record of {pair.second.name} stays" in done
    assert PersonMerge.objects.get().gone == pair.first
    undone = client.post(address(pair, "undo"), follow=True).content.decode()
    assert "They are two records again" in undone
    assert not Person.objects.exclude(merged_into=None).exists()


def test_after_thirty_days_no_undo_is_offered(client: Client, assistant: User, pair: PossibleDuplicate) -> None:
    signed_in(client, assistant).post(address(pair, "merge"), {"kept": str(pair.first.uuid)})
    PersonMerge.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert address(pair, "undo") not in client.get(address(pair)).content.decode()
    assert "30 days" in client.post(address(pair, "undo"), follow=True).content.decode()


@pytest.mark.parametrize("kept", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_one_of_the_two_has_to_be_chosen(client: Client, assistant: User, pair: PossibleDuplicate, kept: str) -> None:
    answer = signed_in(client, assistant).post(address(pair, "merge"), {"kept": kept})
    assert answer.status_code == 422
    assert not PersonMerge.objects.exists()


def test_what_stands_against_a_merge_is_said(client: Client, assistant: User, pair: PossibleDuplicate) -> None:
    Person.objects.filter(pk=pair.first_id).update(pinfl_hash="a")
    Person.objects.filter(pk=pair.second_id).update(pinfl_hash="b")
    page = signed_in(client, assistant).post(address(pair, "merge"), {"kept": str(pair.first.uuid)}, follow=True)
    assert "so they are two people" in page.content.decode()


def test_two_people_leave_the_list_and_can_be_looked_at_again(
    client: Client, assistant: User, pair: PossibleDuplicate
) -> None:
    signed_in(client, assistant).post(address(pair, "apart"))
    where = reverse("enrollment:duplicate_list")
    assert address(pair) not in client.get(where).content.decode()
    assert address(pair) in client.get(f"{where}?status=different").content.decode()
    client.post(address(pair, "again"))
    assert address(pair) in client.get(where).content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(
    client: Client, assistant: User, world: World, n: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(n):
        person = make_person(birth_date=date(1990, 3, 4))
        make_duplicate(resident=make_resident(household=make_household(mahalla=world.mahalla), person=person))
    signed_in(client, assistant).get("/about/")
    with django_assert_num_queries(9):
        page = client.get(reverse("enrollment:duplicate_list")).content.decode()
    assert page.count('class="card-title"') == n


def test_the_form_and_the_interface_warn_of_a_namesake(client: Client, assistant: User, resident: Resident) -> None:
    home = make_household(mahalla=resident.mahalla)
    form = {"surname": "Жураев", "given_name": "Шерзод", "birth_date": "1990-03-04"}
    page = signed_in(client, assistant).post(reverse("enrollment:resident_create", args=[home.uuid]), form, follow=True)
    assert "Another record has the same name" in page.content.decode()
    assert address(PossibleDuplicate.objects.get()) in page.content.decode()
    answer = client.post(
        "/api/v1/residents",
        form | {"household": str(home.uuid)},
        content_type="application/json",
        headers={"Authorization": f"Bearer {make_token(assistant)}", "Accept-Language": "en"},
    )
    assert answer.status_code == 201
    assert [warning["code"] for warning in answer.json()["warnings"]] == ["possible-duplicate"]


def test_a_closed_record_leads_to_the_one_of_today(
    client: Client, assistant: User, pair: PossibleDuplicate, resident: Resident
) -> None:
    merge_people(kept=pair.second, gone=pair.first, by=assistant)
    page = signed_in(client, assistant).get(reverse("enrollment:resident_detail", args=[resident.uuid]))
    now = Resident.objects.get(person=pair.second, ends_on=None)
    assert reverse("enrollment:resident_detail", args=[now.uuid]) in page.content.decode()


def test_the_home_page_asks_for_a_decision(client: Client, assistant: User, pair: PossibleDuplicate) -> None:
    page = signed_in(client, assistant).get("/").content.decode()
    assert "may be written down twice" in page
    assert address(pair) in page
