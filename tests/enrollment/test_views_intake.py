from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from enrollment.models import Household, HouseholdCategory, Resident, Wish
from tests.accounts.factories import make_mahalla, make_person, make_profession
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_category, make_household, make_resident, make_wish
from tests.pages import signed_in
from tests.personas import World
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db


@pytest.fixture
def household(world: World) -> Household:
    return make_household(mahalla=world.mahalla)


@pytest.fixture
def resident(household: Household) -> Resident:
    return make_resident(household=household)


def typed(**fields: Any) -> dict[str, Any]:
    """What a person types for a resident; all other fields of the form stay empty."""
    empty = dict.fromkeys(("patronymic", "pinfl", "birth_date", "gender", "phone"), "")
    return empty | {"surname": "Sinovova", "given_name": "Nilufar"} | fields


# --- Household --------------------------------------------------------------------------------
def test_household_is_recorded_and_leads_to_its_residents(assistant: User, world: World) -> None:
    category = make_category()
    answer = signed_in(assistant).post(
        reverse("enrollment:household_create"), {"category": category.code, "address": "Bogʻ koʻchasi 1"}
    )
    household = Household.objects.get()
    assert (household.mahalla, household.category) == (world.mahalla, category)
    assert answer.headers["Location"] == reverse("enrollment:resident_create", args=[household.uuid])


def test_household_form_sent_twice_makes_one(assistant: User, world: World) -> None:
    body = {"category": make_category().code, "uuid": str(uuid4())}
    client = signed_in(assistant)
    first, second = (client.post(reverse("enrollment:household_create"), body) for _time in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Household.objects.count() == 1


def test_household_form_with_the_id_of_a_hidden_one_is_refused(assistant: User, world: World) -> None:
    hidden = make_household(mahalla=world.other_mahalla)
    body = {"category": hidden.category.code, "uuid": str(hidden.uuid)}
    answer = signed_in(assistant).post(reverse("enrollment:household_create"), body)
    assert answer.status_code == 422
    assert Household.objects.count() == 1


def test_counter_chooses_a_mahalla_of_the_district(counter: User, world: World) -> None:
    second = make_mahalla(district=world.mahalla.district)
    client, category = signed_in(counter), make_category()
    url = reverse("enrollment:household_create")
    assert client.post(url, {"category": category.code}).status_code == 422
    assert client.post(url, {"category": category.code, "mahalla": world.other_mahalla.code}).status_code == 422
    assert client.post(url, {"category": category.code, "mahalla": second.code}).status_code == 302
    assert Household.objects.get().mahalla == second


def test_category_is_changed_with_its_history(assistant: User, household: Household) -> None:
    other = make_category()
    url = reverse("enrollment:household_category", args=[household.uuid])
    client = signed_in(assistant)
    answer = client.post(url, {"category": other.code, "on": "2031-01-01"})
    assert answer.status_code == 422
    assert "The day lies between the last change and today." in answer.content.decode()
    today = household.category_periods.get().starts_on
    assert client.post(url, {"category": other.code, "on": today}).status_code == 302
    page = client.get(reverse("enrollment:household_detail", args=[household.uuid])).content.decode()
    assert other.name in page
    assert household.category.name in page


# --- Resident ---------------------------------------------------------------------------------
def test_resident_needs_no_phone_and_leads_to_the_wish(assistant: User, household: Household) -> None:
    url = reverse("enrollment:resident_create", args=[household.uuid])
    answer = signed_in(assistant).post(url, typed(next="wish"))
    resident = Resident.objects.get()
    assert resident.person.name == "Sinovova Nilufar"
    assert answer.headers["Location"].startswith(reverse("enrollment:wish_create", args=[resident.uuid]))


def test_another_resident_follows_where_asked(assistant: User, household: Household) -> None:
    url = reverse("enrollment:resident_create", args=[household.uuid])
    client = signed_in(assistant)
    answer = client.post(url, typed(another="1"), follow=True)
    assert answer.redirect_chain == [(url, 302)]
    assert "Sinovova Nilufar" in answer.content.decode()


def test_resident_form_sent_twice_makes_one(assistant: User, household: Household) -> None:
    url = reverse("enrollment:resident_create", args=[household.uuid])
    client, body = signed_in(assistant), typed(uuid=str(uuid4()))
    assert [client.post(url, body).status_code for _time in range(2)] == [302, 302]
    assert Resident.objects.count() == 1
    elsewhere = reverse("enrollment:resident_create", args=[make_household(mahalla=household.mahalla).uuid])
    assert client.post(elsewhere, body).status_code == 422


@pytest.mark.parametrize(
    ("pinfl", "says"),
    [
        ("123", "A PINFL has 14 digits; here are 3."),
        ("9" * 14, "A PINFL begins with a digit from 1 to 6."),
        ("3320199" + "0" * 6 + "1", "are no birth date"),
    ],
)
def test_wrong_pinfl_is_said_at_its_field_and_what_was_typed_is_kept(
    assistant: User, household: Household, pinfl: str, says: str
) -> None:
    url = reverse("enrollment:resident_create", args=[household.uuid])
    answer = signed_in(assistant).post(url, typed(pinfl=pinfl))
    assert answer.status_code == 422
    assert says in answer.context["form"].errors["pinfl"][0]
    assert 'value="Sinovova"' in answer.content.decode()
    assert not Resident.objects.exists()


def test_wrong_check_digit_is_saved_with_a_warning(assistant: User, household: Household) -> None:
    pinfl = make_pinfl(birth="1990-05-04", gender="female")
    wrong = pinfl[:-1] + str((int(pinfl[-1]) + 1) % 10)
    url = reverse("enrollment:resident_create", args=[household.uuid])
    answer = signed_in(assistant).post(url, typed(pinfl=wrong, another="1"), follow=True)
    assert "compare the PINFL with the document once more" in answer.content.decode()
    assert Resident.objects.get().person.gender == "female"
    assert wrong not in answer.content.decode()


def test_known_resident_is_led_to_the_record(assistant: User, household: Household) -> None:
    body = typed(pinfl=make_pinfl(birth="1990-05-04", gender="female"))
    client = signed_in(assistant)
    client.post(reverse("enrollment:resident_create", args=[household.uuid]), body)
    second = make_household(mahalla=household.mahalla)
    answer = client.post(reverse("enrollment:resident_create", args=[second.uuid]), body)
    assert answer.status_code == 422
    assert reverse("enrollment:resident_detail", args=[Resident.objects.get().uuid]) in answer.content.decode()


def test_resident_known_elsewhere_is_refused_without_a_link(
    assistant: User, outsider: User, household: Household, world: World
) -> None:
    body = typed(pinfl=make_pinfl(birth="1990-05-04", gender="female"))
    there = make_household(mahalla=world.other_mahalla)
    elsewhere = reverse("enrollment:resident_create", args=[there.uuid])
    assert signed_in(outsider).post(elsewhere, body | {"mahalla": ""}).status_code == 302
    hidden = Resident.objects.get()
    answer = signed_in(assistant).post(reverse("enrollment:resident_create", args=[household.uuid]), body)
    assert answer.status_code == 422
    assert "known elsewhere" in answer.content.decode()
    assert str(hidden.uuid) not in answer.content.decode()


def test_correction_keeps_the_pinfl_where_none_is_typed(assistant: User, household: Household) -> None:
    client = signed_in(assistant)
    pinfl = make_pinfl(birth="1990-05-04", gender="female")
    client.post(reverse("enrollment:resident_create", args=[household.uuid]), typed(pinfl=pinfl))
    resident = Resident.objects.get()
    url = reverse("enrollment:resident_edit", args=[resident.uuid])
    assert pinfl not in client.get(url).content.decode()
    wrong = client.post(url, typed(birth_date="1991-05-04"))
    assert wrong.status_code == 422
    assert "birth_date" in wrong.context["form"].errors
    answer = client.post(url, typed(given_name="Nigora", phone="901234567", birth_date="1990-05-04"))
    assert answer.status_code == 302
    resident.person.refresh_from_db()
    assert (resident.person.given_name, resident.person.phone) == ("Nigora", "+998901234567")
    assert resident.person.pinfl
    assert resident.person.pinfl.digits == pinfl


# --- Wish -------------------------------------------------------------------------------------
def wish(**fields: Any) -> dict[str, Any]:
    return {"kind": "training", "words": "", "course": "", "note": "", "said_on": "2026-01-05"} | fields


def test_wish_with_a_course_is_recorded(assistant: User, resident: Resident) -> None:
    course = make_published_course()
    url = reverse("enrollment:wish_create", args=[resident.uuid])
    answer = signed_in(assistant).post(url, wish(course=course.slug, note="Kechqurun"))
    assert answer.headers["Location"] == reverse("enrollment:resident_detail", args=[resident.uuid])
    recorded = Wish.objects.get()
    assert (recorded.course, recorded.note, recorded.status) == (course, "Kechqurun", "open")


def test_wish_finds_the_trade_by_a_word_in_any_spelling(assistant: User, resident: Resident) -> None:
    one = make_profession(names={"uz": "Gʻisht teruvchi"}, search_key="gisht teruvchi")
    for n in (1, 2):
        make_profession(names={"uz": f"Tikuvchi {n}"}, search_key=f"tikuvchi {n}")
    url, client = reverse("enrollment:wish_create", args=[resident.uuid]), signed_in(assistant)
    assert client.post(url, wish(words="Гишт")).status_code == 302
    assert Wish.objects.get().profession == one

    several = client.post(url, wish(words="tikuvchi"))
    assert several.status_code == 422
    chosen = several.context["form"].fields["profession"].choices[1][0]
    assert client.post(url, wish(words="tikuvchi", profession=chosen)).status_code == 302
    assert Wish.objects.latest("id").profession.code == chosen  # type: ignore[union-attr]  # it is there

    nothing = client.post(url, wish(words="uchuvchi"))
    assert nothing.status_code == 422
    assert "words" in nothing.context["form"].errors


def test_wish_of_the_future_is_refused_at_its_field(assistant: User, resident: Resident) -> None:
    url = reverse("enrollment:wish_create", args=[resident.uuid])
    answer = signed_in(assistant).post(url, wish(said_on="2090-01-01"))
    assert answer.status_code == 422
    assert "said_on" in answer.context["form"].errors


def test_wish_is_withdrawn_and_recorded_again(assistant: User, resident: Resident) -> None:
    said = make_wish(resident=resident)
    client = signed_in(assistant)
    withdraw = reverse("enrollment:wish_withdraw", args=[said.uuid])
    assert [client.post(withdraw).status_code for _time in range(2)] == [302, 302]
    said.refresh_from_db()
    assert said.status == "withdrawn"
    again = reverse("enrollment:wish_repeat", args=[said.uuid])
    assert [client.post(again).status_code for _time in range(2)] == [302, 302]
    assert Wish.objects.filter(status="open").count() == 1


# --- Who may ----------------------------------------------------------------------------------
def test_only_who_writes_there_may_write(
    assistant: User,
    outsider: User,
    auditor: User,
    centre_manager: User,
    resident: Resident,
    household: Household,
) -> None:
    said = make_wish(resident=resident)
    forms = [
        reverse("enrollment:household_category", args=[household.uuid]),
        reverse("enrollment:resident_create", args=[household.uuid]),
        reverse("enrollment:resident_edit", args=[resident.uuid]),
        reverse("enrollment:wish_create", args=[resident.uuid]),
    ]
    posts = [reverse(f"enrollment:wish_{action}", args=[said.uuid]) for action in ("withdraw", "repeat")]
    for user, status in ((assistant, 200), (auditor, 403), (outsider, 404), (centre_manager, 404)):
        client = signed_in(user)
        assert {client.get(url).status_code for url in forms} == {status}
        if status != 200:
            assert {client.post(url).status_code for url in (*forms, *posts)} == {status}
        assert {client.get(url).status_code for url in posts} == {405}
    new = reverse("enrollment:household_create")
    assert signed_in(auditor).get(new).status_code == 403
    assert Client().get(new).headers["Location"].startswith("/accounts/login/")


def test_hostile_input_is_answered(assistant: User, household: Household) -> None:
    client = signed_in(assistant)
    hostile = {"surname": "a\0b", "given_name": "x" * 999, "pinfl": "\0", "birth_date": "9999-99-99", "uuid": "nope"}
    assert client.post(reverse("enrollment:resident_create", args=[household.uuid]), hostile).status_code == 422
    assert client.post(reverse("enrollment:household_create"), {"category": "\0", "uuid": "1"}).status_code == 422
    assert client.get(f"/residents/{uuid4()}/").status_code == 404
    assert client.get("/residents/1/").status_code == 404


def test_moved_person_is_taken_in_again(assistant: User, household: Household) -> None:
    pinfl = make_pinfl(birth="1990-05-04", gender="female")
    client, url = signed_in(assistant), reverse("enrollment:resident_create", args=[household.uuid])
    client.post(url, typed(pinfl=pinfl))
    gone = Resident.objects.get()
    gone.ends_on = gone.starts_on
    gone.save(update_fields=["ends_on"])
    assert client.post(url, typed(pinfl=pinfl)).status_code == 302
    assert Resident.objects.filter(person=gone.person).count() == 2
    assert make_person().residencies.count() == 0
    assert HouseholdCategory.objects.exists()
