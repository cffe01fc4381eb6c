import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from enrollment.models import Household, Relocation, Resident, Wish
from tests.enrollment.factories import make_household, make_relocation, make_resident, make_wish
from tests.enrollment.pages import url, words
from tests.pages import signed_in
from tests.personas import World
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db
TYPED = {
    "surname": "Sinovova",
    "given_name": "Nilufar",
    "patronymic": "",
    "pinfl": make_pinfl(birth="1990-05-04", gender="female"),
    "birth_date": "",
    "gender": "",
    "phone": "",
}


@pytest.fixture
def here(world: World) -> Household:
    return make_household(mahalla=world.mahalla)


@pytest.fixture
def there(world: World, outsider: User) -> Resident:
    """A resident of the outsider's mahalla, written down there with a patronymic and a phone."""
    home = make_household(mahalla=world.other_mahalla, address="Yashirin koʻcha 7")
    typed = TYPED | {"patronymic": "Alisherovna", "phone": "+998901112233"}
    signed_in(outsider).post(url("resident_create", home.uuid), typed)
    return Resident.objects.get()


def ask(user: User, household: Household) -> Relocation:
    client, page = signed_in(user), url("resident_create", household.uuid)
    assert "Ask for the move" in words(client.post(page, TYPED))
    answer = client.post(page, TYPED | {"relocate": "1"})
    relocation = Relocation.objects.get()
    assert answer.headers["Location"] == url("relocation_detail", relocation.uuid)
    return relocation


def test_person_known_elsewhere_is_asked_for_and_moves_once_confirmed(
    here: Household, there: Resident, assistant: User, outsider: User
) -> None:
    make_wish(resident=there)
    relocation = ask(assistant, here)
    record = url("relocation_detail", relocation.uuid)
    other = signed_in(outsider)
    assert "1 move to confirm" in words(other.get("/"))
    assert url("resident_detail", there.uuid) in words(other.get(record))
    other.post(url("relocation_confirm", relocation.uuid))
    moved = Resident.objects.get(ends_on=None)
    asker = signed_in(assistant)
    assert url("resident_detail", moved.uuid) in words(asker.get(record))
    assert "Alisherovna" in words(asker.get(url("resident_detail", moved.uuid)))
    assert asker.get(url("resident_detail", there.uuid)).status_code == 404
    asker.post(url("wish_withdraw", Wish.objects.get().uuid))
    assert Wish.objects.get().status == "withdrawn"


def test_asker_learns_nothing_before_it_is_confirmed(
    world: World, here: Household, there: Resident, assistant: User, counter: User
) -> None:
    relocation = ask(assistant, here)
    secrets = ["Alisherovna", "901112233", "Yashirin", world.other_mahalla.name, str(there.uuid), "outsider"]
    for user in (assistant, counter):
        for page in (url("relocation_list"), url("relocation_detail", relocation.uuid), "/"):
            shown = words(signed_in(user).get(page))
            assert not [secret for secret in secrets if secret in shown], page
        for act in ("relocation_confirm", "relocation_refuse"):
            assert signed_in(user).post(url(act, relocation.uuid), {"reason": "x"}).status_code == 403
    assert Relocation.objects.get().status == "asked"


def test_old_home_keeps_the_record_to_read_and_no_more(
    here: Household, there: Resident, assistant: User, outsider: User
) -> None:
    relocation = ask(assistant, here)
    client = signed_in(outsider)
    client.post(url("relocation_confirm", relocation.uuid))
    page = words(client.get(url("resident_detail", there.uuid)))
    assert "Does not live here any more" in page
    assert "901112233" not in page
    for act in ("resident_edit", "wish_create", "activation_create"):
        assert client.post(url(act, there.uuid), TYPED).status_code == 403


def test_refusal_needs_a_reason_and_is_read_by_whoever_asked(
    here: Household, there: Resident, assistant: User, outsider: User
) -> None:
    relocation = ask(assistant, here)
    refuse = url("relocation_refuse", relocation.uuid)
    assert signed_in(outsider).get(refuse).status_code == 200
    assert signed_in(outsider).post(refuse, {"reason": ""}).status_code == 422
    signed_in(outsider).post(refuse, {"reason": "Mehmonga kelgan"})
    assert "Mehmonga kelgan" in words(signed_in(assistant).get(url("relocation_detail", relocation.uuid)))
    again = signed_in(outsider).post(url("relocation_confirm", relocation.uuid), follow=True)
    assert "This cannot become" in words(again)


def test_asker_takes_the_question_back(here: Household, there: Resident, assistant: User, outsider: User) -> None:
    relocation = ask(assistant, here)
    withdraw = url("relocation_withdraw", relocation.uuid)
    assert signed_in(outsider).post(withdraw).status_code == 403
    for _ in range(2):
        signed_in(assistant).post(withdraw)
    assert Relocation.objects.get().status == "withdrawn"
    assert "move to confirm" not in words(signed_in(outsider).get("/"))


def test_resident_of_the_own_mahalla_moves_to_another_home_at_once(
    world: World, here: Household, assistant: User
) -> None:
    client, second = signed_in(assistant), make_household(mahalla=world.mahalla)
    client.post(url("resident_create", here.uuid), TYPED)
    assert "Move to this household" not in words(client.post(url("resident_create", here.uuid), TYPED))
    assert "Move to this household" in words(client.post(url("resident_create", second.uuid), TYPED))
    client.post(url("resident_create", second.uuid), TYPED | {"relocate": "1"})
    assert Resident.objects.get(ends_on=None).household == second


@pytest.mark.parametrize("pinfl", ["", "123", make_pinfl(birth="1991-01-01", gender="male")])
def test_nobody_is_found_by_trying(here: Household, there: Resident, assistant: User, pinfl: str) -> None:
    typed = TYPED | {"pinfl": pinfl, "relocate": "1"}
    assert signed_in(assistant).post(url("resident_create", here.uuid), typed).status_code == 422
    assert not Relocation.objects.exists()


def test_reading_is_audited(here: Household, there: Resident, assistant: User) -> None:
    ask(assistant, here)
    signed_in(assistant).get(url("relocation_detail", Relocation.objects.get().uuid))
    assert AuditEvent.objects.filter(action="relocation.read", actor=assistant).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_for_any_length(
    rows: int, world: World, here: Household, assistant: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make_relocation(household=here)
        make_relocation(resident=make_resident(household=here))
    client = signed_in(assistant)
    assert len(client.get(url("relocation_list"), {"status": "asked"}).context["page"].items) == rows * 2
    with django_assert_num_queries(6):
        client.get(url("relocation_list"))
