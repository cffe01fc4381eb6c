from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import ActivationCode, AuditEvent, User
from enrollment.models import Referral, Resident
from enrollment.services.outcomes import record_outcome
from enrollment.services.referrals import decline_referral
from tests.accounts.factories import make_mahalla, make_membership, make_person, make_user
from tests.enrollment.factories import (
    make_category,
    make_household,
    make_open_referral,
    make_referred_enrollment,
    make_resident,
    make_wish,
)
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
LIST = "/residents/"


def resident_of(world: World, surname: str = "Sinovov", **fields: Any) -> Resident:
    person = make_person(surname=surname, given_name="Anvar", patronymic="")
    return make_resident(person=person, household=make_household(mahalla=world.mahalla), **fields)


def names_in(client: Client, url: str = LIST, **query: str) -> set[str]:
    return {row.person.surname for row in client.get(url, query).context["page"].items}


# --- Lists ------------------------------------------------------------------------------------
def test_list_shows_those_of_ones_own_mahalla(assistant: User, counter: User, outsider: User, world: World) -> None:
    resident_of(world, "Bizniki")
    make_resident(household=make_household(mahalla=make_mahalla(district=world.mahalla.district)))
    assert names_in(signed_in(assistant)) == {"Bizniki"}
    assert len(names_in(signed_in(counter))) == 2
    assert names_in(signed_in(outsider)) == set()


@pytest.mark.parametrize("spelling", ["G'ulomov", "гуломов", "GULOMOV anvar", "ğulomov"])
def test_list_finds_a_name_in_any_spelling(assistant: User, world: World, spelling: str) -> None:
    resident_of(world, "Gʻulomov")
    resident_of(world, "Karimov")
    assert names_in(signed_in(assistant), q=spelling) == {"Gʻulomov"}


def test_list_is_filtered_by_category_mahalla_and_wish(counter: User, world: World) -> None:
    wishing, waiting = resident_of(world, "Istagan"), resident_of(world, "Kutgan")
    make_wish(resident=wishing)
    make_wish(resident=waiting)
    make_open_referral(resident=wishing)
    other = make_household(mahalla=make_mahalla(district=world.mahalla.district), category=make_category())
    make_resident(household=other, person=make_person(surname="Boshqa"))
    client = signed_in(counter)
    assert names_in(client, wish="open") == {"Istagan", "Kutgan"}
    assert names_in(client, wish="waiting") == {"Kutgan"}
    assert names_in(client, category=other.category.code) == {"Boshqa"}
    assert names_in(client, mahalla=other.mahalla.code) == {"Boshqa"}
    assert names_in(client, mahalla=world.other_mahalla.code) == {"Istagan", "Kutgan", "Boshqa"}


def test_list_is_paged_by_key(assistant: User, world: World) -> None:
    home = make_household(mahalla=world.mahalla)
    for _n in range(51):
        make_resident(household=home)
    client = signed_in(assistant)
    first = client.get(LIST).context["page"]
    second = client.get(LIST, {"after": first.next}).context["page"]
    assert (len(first.items), len(second.items), second.next) == (50, 1, None)
    assert client.get(LIST, {"after": "nonsense"}).status_code == 404


def test_reading_is_audited(assistant: User, world: World) -> None:
    resident = resident_of(world)
    client = signed_in(assistant)
    client.get(LIST, {"q": "sinov"})
    client.get(reverse("enrollment:resident_detail", args=[resident.uuid]))
    client.get(reverse("enrollment:household_detail", args=[resident.household.uuid]))
    listed, read, home = AuditEvent.objects.filter(actor=assistant).order_by("id")
    assert (listed.action, listed.detail) == ("resident.listed", {"filter": {"q": "sinov"}, "count": 1})
    assert (read.action, read.object_id) == ("resident.read", str(resident.uuid))
    assert home.action == "household.read"


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_any_number_of_rows(
    assistant: User, world: World, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(rows):
        resident = resident_of(world)
        make_wish(resident=resident)
        make_open_referral(resident=resident)
    client = signed_in(assistant)
    with django_assert_num_queries(13):
        client.get(LIST)
    with django_assert_num_queries(11):
        client.get("/households/")


def test_household_list_finds_empty_ones(assistant: User, world: World) -> None:
    resident_of(world)
    make_household(mahalla=world.mahalla, address="Boʻsh uy")
    page = signed_in(assistant).get("/households/", {"residents": "none"}).context["page"]
    assert [row.address for row in page.items] == ["Boʻsh uy"]


def test_roles_without_residents_get_no_list(
    centre_manager: User, supervisor: User, learner: User, auditor: User
) -> None:
    for url in (LIST, "/households/"):
        for user in (centre_manager, supervisor, learner):
            assert signed_in(user).get(url).status_code == 403
        assert signed_in(auditor).get(url).status_code == 200
        assert Client().get(url).status_code == 302


def test_hostile_filters_are_left_out(assistant: User, world: World) -> None:
    resident_of(world, "Bizniki")
    query = {"q": "\0", "mahalla": "'--", "category": "x" * 500, "wish": "never"}
    assert names_in(signed_in(assistant), **query) == {"Bizniki"}


# --- Record -----------------------------------------------------------------------------------
def test_record_tells_the_whole_way(assistant: User, world: World) -> None:
    resident = resident_of(world)
    make_wish(resident=resident, note="Kechqurun oʻqisam")
    declined = make_open_referral(resident=resident)
    decline_referral(declined, reason="other", note="Guruh yoʻq", by=None)
    enrollment = make_referred_enrollment(resident=resident)
    record_outcome(
        enrollment, kind="permanent-job", on=enrollment.enrolled_at.date(), source="Ish beruvchi", by=assistant
    )
    page = signed_in(assistant).get(reverse("enrollment:resident_detail", args=[resident.uuid])).content.decode()
    for words in ("Kechqurun oʻqisam", "Declined", "Guruh yoʻq", "Enrolled", resident.household.category.name):
        assert words in page
    assert page.count("components/") == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_record_costs_the_same_for_any_number_of_rows(
    assistant: User, world: World, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    resident = resident_of(world)
    for _n in range(rows):
        make_wish(resident=resident)
        make_referred_enrollment(resident=resident)
        make_resident(household=resident.household)
    client = signed_in(assistant)
    with django_assert_num_queries(17):
        client.get(reverse("enrollment:resident_detail", args=[resident.uuid]))


def test_record_is_hidden_from_whom_it_does_not_concern(
    assistant: User, counter: User, auditor: User, outsider: User, centre_manager: User, world: World
) -> None:
    url = reverse("enrollment:resident_detail", args=[resident_of(world).uuid])
    for user, status in ((assistant, 200), (counter, 200), (auditor, 200), (outsider, 404), (centre_manager, 404)):
        assert signed_in(user).get(url).status_code == status
    assert signed_in(assistant).get(f"/residents/{uuid4()}/").status_code == 404
    page = signed_in(auditor).get(url).content.decode()
    assert reverse("enrollment:wish_create", args=[url.split("/")[2]]) not in page


# --- Activation code --------------------------------------------------------------------------
@pytest.fixture
def enrolled(world: World) -> Resident:
    """A resident with a user that has no password yet."""
    return make_referred_enrollment(resident=resident_of(world)).referral.resident  # type: ignore[union-attr]  # it is there


def test_code_is_shown_once_and_kept_by_no_cache(assistant: User, enrolled: Resident) -> None:
    client = signed_in(assistant)
    answer = client.post(reverse("enrollment:activation_create", args=[enrolled.uuid]))
    code = answer.context["code"]
    assert code in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    page = client.get(reverse("enrollment:resident_detail", args=[enrolled.uuid])).content.decode()
    assert code not in page


def test_resident_with_a_password_needs_a_second_person(assistant: User, counter: User, enrolled: Resident) -> None:
    user = enrolled.person.user
    user.set_password("malaka-test")
    user.save()
    record = reverse("enrollment:resident_detail", args=[enrolled.uuid])
    approve = reverse("enrollment:activation_approve", args=[enrolled.uuid])
    first, second = signed_in(assistant), signed_in(counter)

    first.post(reverse("enrollment:activation_create", args=[enrolled.uuid]))
    assert approve not in first.get(record).content.decode()
    assert "a second person" in first.post(approve, follow=True).content.decode().lower()
    assert not ActivationCode.objects.exclude(code_hash="").exists()

    assert approve in second.get(record).content.decode()
    assert second.post(approve).context["code"]
    assert "No request for a code waits" in second.post(approve, follow=True).content.decode()
    assert ActivationCode.objects.get().approved_by == counter


def test_no_code_for_staff_nor_without_a_user_nor_by_others(
    assistant: User, auditor: User, outsider: User, world: World, enrolled: Resident
) -> None:
    without_user = resident_of(world)
    staff = resident_of(world)
    make_membership(user=make_user(person=staff.person), role="instructor", place=world.centre)
    for resident in (without_user, staff):
        for action in ("create", "approve"):
            url = reverse(f"enrollment:activation_{action}", args=[resident.uuid])
            assert signed_in(assistant).post(url).status_code == 403
    url = reverse("enrollment:activation_create", args=[enrolled.uuid])
    assert signed_in(auditor).post(url).status_code == 403
    assert signed_in(outsider).post(url).status_code == 404
    assert signed_in(assistant).get(url).status_code == 405
    assert Referral.objects.get().status == "enrolled"
