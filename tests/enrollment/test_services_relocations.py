from functools import partial

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent, User
from accounts.services.people import PersonData
from base.errors import IllegalMove, InvalidInput
from base.models import Notice
from enrollment.models import Household, Relocation, Resident
from enrollment.services.relocations import (
    ask_relocation,
    confirm_relocation,
    refuse_relocation,
    withdraw_relocation,
)
from enrollment.services.residents import KnownElsewhere, ResidentKnown, register_resident
from tests.accounts.factories import make_user
from tests.enrollment.factories import (
    make_household,
    make_open_referral,
    make_relocation,
    make_wish,
)
from tests.enrollment.test_services_seats import race
from tests.personas import World
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db
PINFL = make_pinfl(birth="1990-05-04", gender="female")
DATA = PersonData(surname="Sinovova", given_name="Nilufar", pinfl=PINFL)


@pytest.fixture
def here(world: World) -> Household:
    return make_household(mahalla=world.mahalla)


@pytest.fixture
def there(world: World, outsider: User) -> Resident:
    """A resident of the outsider's mahalla."""
    return register_resident(make_household(mahalla=world.other_mahalla), DATA, by=outsider)


def notices(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_asking_twice_is_one_question_and_tells_the_other_assistant_once(
    here: Household, there: Resident, assistant: User, outsider: User
) -> None:
    first, second = (ask_relocation(here, DATA, by=assistant) for _ in range(2))
    assert first == second
    assert (first.status, first.mahalla, first.written_as) == ("asked", there.mahalla, "Sinovova Nilufar")
    assert (notices(outsider), notices(assistant)) == (["relocation-asked"], [])
    assert AuditEvent.objects.filter(action="relocation.asked").count() == 1


def test_confirming_closes_the_old_home_and_opens_the_new_one(
    here: Household, there: Resident, assistant: User, outsider: User
) -> None:
    own = make_user(person=there.person)
    wish, said = make_wish(resident=there), make_wish(resident=there, status="answered")
    referral = make_open_referral(resident=there)
    relocation = ask_relocation(here, DATA, by=assistant)
    for _ in range(2):
        relocation = confirm_relocation(relocation, by=outsider)
    there.refresh_from_db()
    new = Resident.objects.get(person=there.person, ends_on=None)
    assert (new.household, new.mahalla, new.starts_on) == (here, here.mahalla, there.ends_on)
    wish.refresh_from_db()
    assert (wish.resident, wish.mahalla) == (new, there.mahalla)
    for stays in (said, referral):
        stays.refresh_from_db()
        assert stays.resident == there
    assert (relocation.status, relocation.answered_by) == ("confirmed", outsider)
    assert (notices(assistant), notices(own)) == (["relocation-confirmed"], ["resident-relocated"])
    assert AuditEvent.objects.filter(action="resident.relocated").count() == 1
    with pytest.raises(IllegalMove):
        refuse_relocation(relocation, reason="x", by=outsider)


def test_refusing_says_why_and_changes_nothing(
    here: Household, there: Resident, assistant: User, outsider: User
) -> None:
    relocation = ask_relocation(here, DATA, by=assistant)
    for _ in range(2):
        refuse_relocation(relocation, reason="Mehmon", by=outsider)
    assert Resident.objects.get(ends_on=None) == there
    notice = Notice.objects.get(user=assistant)
    assert (notice.kind, notice.params["reason"]) == ("relocation-refused", "Mehmon")
    with pytest.raises(IllegalMove):
        confirm_relocation(relocation, by=outsider)
    assert ask_relocation(here, DATA, by=assistant).status == "asked"


def test_what_is_withdrawn_is_not_confirmed(here: Household, there: Resident, assistant: User, outsider: User) -> None:
    relocation = ask_relocation(here, DATA, by=assistant)
    for _ in range(2):
        assert withdraw_relocation(relocation, by=assistant).status == "withdrawn"
    with pytest.raises(IllegalMove):
        confirm_relocation(relocation, by=outsider)


def test_whoever_works_at_both_homes_moves_the_resident_at_once(world: World, counter: User, assistant: User) -> None:
    old = make_household(mahalla=world.mahalla)
    resident = register_resident(old, DATA, by=assistant)
    new = make_household(mahalla=world.mahalla)
    with pytest.raises(ResidentKnown):
        ask_relocation(old, DATA, by=counter)
    relocation = ask_relocation(new, DATA, by=counter)
    assert (relocation.status, Resident.objects.get(ends_on=None).household) == ("confirmed", new)
    assert notices(assistant) == []
    resident.refresh_from_db()
    assert resident.ends_on is not None


def test_person_at_home_nowhere_with_another_name_is_confirmed_by_a_colleague(
    here: Household, there: Resident, assistant: User, counter: User
) -> None:
    Resident.objects.all().delete()
    other_name = PersonData(surname="Boshqa", given_name="Nilufar", pinfl=PINFL)
    with pytest.raises(KnownElsewhere):
        register_resident(here, other_name, by=assistant)
    relocation = ask_relocation(here, other_name, by=assistant)
    assert (relocation.mahalla, relocation.status, notices(counter)) == (here.mahalla, "asked", ["relocation-asked"])
    confirm_relocation(relocation, by=counter)
    assert Resident.objects.get().household == here


def test_who_is_not_known_cannot_be_asked_for(here: Household, assistant: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ask_relocation(here, DATA, by=assistant)
    assert refusal.value.field == "pinfl"
    assert not Relocation.objects.exists()


def test_other_questions_follow_the_person(there: Resident, outsider: User) -> None:
    first, second = (make_relocation(resident=there) for _ in range(2))
    confirm_relocation(first, by=outsider)
    second.refresh_from_db()
    assert (second.status, second.mahalla) == ("asked", first.household.mahalla)
    confirm_relocation(second, by=make_user())
    assert list(there.person.residencies.order_by("pk").values_list("household", flat=True)) == [
        there.household_id,
        first.household_id,
        second.household_id,
    ]


def test_database_refuses_the_same_question_twice(there: Resident) -> None:
    asked = make_relocation(resident=there)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_relocation(resident=there, household=asked.household)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_move_the_person_once(there: Resident, outsider: User) -> None:
    questions = [make_relocation(resident=there) for _ in range(4)]
    race([partial(confirm_relocation, question, by=outsider) for question in questions * 2])
    assert there.person.residencies.filter(ends_on=None).count() == 1
    assert there.person.residencies.count() == 5
