import pytest

from accounts.models import AuditEvent, Person, User
from enrollment.models import Household, HouseholdCategory, Resident, Wish
from tests.accounts.factories import make_person, make_profession
from tests.api import ApiClient
from tests.enrollment.factories import make_category, make_household, make_resident
from tests.personas import World
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db


@pytest.fixture
def category(db: None) -> HouseholdCategory:
    return make_category()


@pytest.fixture
def household(world: World) -> Household:
    return make_household(mahalla=world.mahalla)


def resident_body(household: Household, **fields: object) -> dict[str, object]:
    return {"household": str(household.uuid), "surname": "Sinovova", "given_name": "Nilufar"} | fields


def test_assistant_records_a_household_of_own_mahalla(
    assistant: User, world: World, category: HouseholdCategory
) -> None:
    body = {"mahalla": world.mahalla.code, "category": category.code, "address": "Bogʻ koʻchasi 1"}
    answer = ApiClient(assistant).post("/households", body)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(Household.objects.get().uuid),
        "mahalla": {"code": world.mahalla.code, "name": world.mahalla.name},
        "category": {"code": category.code, "name": category.name},
        "address": "Bogʻ koʻchasi 1",
        "external_id": None,
    }
    assert Household.objects.get().category_periods.get().category == category


def test_household_elsewhere_is_refused_at_its_field(
    assistant: User, world: World, category: HouseholdCategory
) -> None:
    body = {"mahalla": world.other_mahalla.code, "category": category.code}
    answer = ApiClient(assistant).post("/households", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "mahalla"
    assert not Household.objects.exists()


def test_roles_without_intake_are_refused(
    centre_manager: User, auditor: User, learner: User, world: World, category: HouseholdCategory
) -> None:
    body = {"mahalla": world.mahalla.code, "category": category.code}
    for user in (centre_manager, auditor, learner):
        assert ApiClient(user).post("/households", body).status_code == 403


def test_household_known_names_its_id_to_who_may_see_it(
    assistant: User, outsider: User, world: World, category: HouseholdCategory
) -> None:
    household = make_household(mahalla=world.mahalla, external_id="X-1")
    body = {"category": category.code, "external_id": "X-1"}
    answer = ApiClient(assistant).post("/households", body | {"mahalla": world.mahalla.code})
    assert (answer.status_code, answer.json()["id"]) == (409, str(household.uuid))
    answer = ApiClient(outsider).post("/households", body | {"mahalla": world.other_mahalla.code})
    assert answer.status_code == 409
    assert str(household.uuid) not in answer.content.decode()


def test_resident_is_recorded_with_masked_pinfl(assistant: User, household: Household) -> None:
    pinfl = make_pinfl(birth="1995-03-14", gender="female")
    answer = ApiClient(assistant).post("/residents", resident_body(household, pinfl=pinfl, phone="90 123 45 67"))
    assert answer.status_code == 201
    body = answer.json()
    assert body["birth_date"] == "1995-03-14"
    assert body["gender"] == "female"
    assert body["phone"] == "+998901234567"
    assert body["warnings"] == []
    assert pinfl not in answer.content.decode()
    assert body["pinfl_masked"].startswith(pinfl[0])
    person = Person.objects.get(pinfl_hash__isnull=False)
    assert pinfl not in person.pinfl_cipher
    assert pinfl not in str(list(AuditEvent.objects.values()))


def test_wrong_check_digit_is_only_a_warning(assistant: User, household: Household) -> None:
    good = make_pinfl(birth="1995-03-14", gender="female")
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    answer = ApiClient(assistant).post("/residents", resident_body(household, pinfl=wrong))
    assert answer.status_code == 201
    assert [warning["field"] for warning in answer.json()["warnings"]] == ["pinfl"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pinfl", "1234"),
        ("pinfl", "5.01E+13"),
        ("pinfl", "93013995000000"),
        ("surname", " "),
        ("phone", "call me"),
        ("birth_date", "2999-01-01"),
        ("gender", "other"),
    ],
)
def test_bad_field_is_named_and_nothing_is_written(
    assistant: User, household: Household, field: str, value: str
) -> None:
    answer = ApiClient(assistant).post("/residents", resident_body(household, **{field: value}))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert not Resident.objects.exists()


def test_pinfl_that_contradicts_the_birth_date_is_refused(assistant: User, household: Household) -> None:
    pinfl = make_pinfl(birth="1995-03-14", gender="female")
    answer = ApiClient(assistant).post("/residents", resident_body(household, pinfl=pinfl, birth_date="1996-03-14"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "birth_date"


def test_same_person_again_is_409_with_id_here_and_without_elsewhere(
    assistant: User, outsider: User, household: Household, world: World
) -> None:
    body = resident_body(household, pinfl=make_pinfl(birth="1995-03-14", gender="female"), external_id="R-1")
    first = ApiClient(assistant).post("/residents", body).json()["id"]
    again = ApiClient(assistant).post("/residents", body)
    assert (again.status_code, again.json()["id"]) == (409, first)
    elsewhere = make_household(mahalla=world.other_mahalla)
    for known_by in ("pinfl", "external_id"):
        other = resident_body(elsewhere, **{known_by: body[known_by]})
        answer = ApiClient(outsider).post("/residents", other)
        assert (answer.status_code, answer.json()["code"]) == (409, "known-elsewhere")
        assert first not in answer.content.decode()
    assert Resident.objects.count() == 1


def test_known_civil_servant_becomes_a_resident_on_the_same_person(assistant: User, household: Household) -> None:
    person = make_person(external_id="P-1", surname="Sinovova", given_name="Nilufar", patronymic="")
    answer = ApiClient(assistant).post("/residents", resident_body(household, external_id="P-1"))
    assert answer.status_code == 201
    assert answer.json()["person"] == str(person.uuid)


def test_patch_changes_what_is_named_and_nothing_else(assistant: User, household: Household) -> None:
    pinfl = make_pinfl(birth="1995-03-14", gender="female")
    client = ApiClient(assistant)
    made = client.post("/residents", resident_body(household, pinfl=pinfl, phone="901234567")).json()
    changed = client.patch(f"/residents/{made['id']}", {"patronymic": "Anvar qizi"}).json()
    assert changed == made | {"patronymic": "Anvar qizi"}


def test_stranger_sees_404_auditor_reads_but_changes_nothing(
    outsider: User, auditor: User, household: Household
) -> None:
    resident = make_resident(household=household)
    assert ApiClient(outsider).get(f"/residents/{resident.uuid}").status_code == 404
    assert ApiClient(auditor).get(f"/residents/{resident.uuid}").status_code == 200
    assert ApiClient(auditor).patch(f"/residents/{resident.uuid}", {"phone": ""}).status_code == 403


def test_reading_is_audited_one_row_a_record_and_one_a_list(assistant: User, household: Household) -> None:
    resident = make_resident(household=household)
    client = ApiClient(assistant)
    client.get(f"/residents/{resident.uuid}")
    client.get("/residents", q="nilu")
    read = AuditEvent.objects.filter(actor=assistant, action__startswith="resident.").order_by("id")
    events = read.values_list("action", "detail")
    assert [action for action, _ in events] == ["resident.read", "resident.listed"]
    assert events[1][1]["count"] == 0


def test_list_is_found_by_any_spelling(assistant: User, household: Household) -> None:
    ApiClient(assistant).post("/residents", resident_body(household, surname="Gʻulomova", given_name="Shahnoza"))
    for spelling in ("g'ulomova", "Ғуломова", "shahnoza", "Şahnoza", "Шаҳноза"):
        found = ApiClient(assistant).get("/residents", q=spelling).json()["items"]
        assert len(found) == 1, spelling


@pytest.mark.parametrize("n", [1, 3])
def test_resident_list_takes_the_same_queries_for_any_length(
    assistant: User, household: Household, n: int, django_assert_num_queries: object
) -> None:
    for _ in range(n):
        make_resident(household=household)
    client = ApiClient(assistant)
    client.get("/residents")
    with django_assert_num_queries(6):  # type: ignore[operator]  # a fixture of pytest-django without a type
        assert len(client.get("/residents").json()["items"]) == n


def test_wish_is_recorded_once(assistant: User, household: Household) -> None:
    resident = make_resident(household=household)
    profession = make_profession()
    body = {"resident": str(resident.uuid), "kind": "training", "profession": profession.code, "said_on": "2026-11-01"}
    first = ApiClient(assistant).post("/wishes", body)
    again = ApiClient(assistant).post("/wishes", body)
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["status"] == "open"
    assert first.json()["profession"] == {"code": profession.code, "name": profession.name}
    assert Wish.objects.count() == 1


def test_wish_of_the_future_is_refused(assistant: User, household: Household) -> None:
    resident = make_resident(household=household)
    body = {"resident": str(resident.uuid), "kind": "loan", "said_on": "2999-01-01"}
    assert ApiClient(assistant).post("/wishes", body).json()["errors"][0]["field"] == "said_on"


def test_idempotency_key_gives_the_first_answer_again(
    assistant: User, world: World, category: HouseholdCategory
) -> None:
    body = {"mahalla": world.mahalla.code, "category": category.code}
    client = ApiClient(assistant)
    first = client.post("/households", body, key="k1")
    assert client.post("/households", body, key="k1").content == first.content
    assert client.post("/households", body | {"address": "x"}, key="k1").status_code == 422
    assert Household.objects.count() == 1
    assert client.post("/households", body, key="k2").json()["id"] != first.json()["id"]
