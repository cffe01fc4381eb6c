from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from enrollment.models import Cohort, Referral
from enrollment.services.referrals import accept_referral, decline_referral, waitlist_referral
from tests.accounts.factories import make_organization, make_profession
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_cohort,
    make_enrollment,
    make_household,
    make_open_referral,
    make_resident,
    make_wish,
)
from tests.enrollment.pages import words
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db
LIST = "/referrals/"


@pytest.fixture
def cohort(world: World) -> Cohort:
    return make_cohort(course=make_published_course(provider=world.centre, profession=make_profession()))


def referral_to(cohort: Cohort, world: World, **fields: Any) -> Referral:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    return make_open_referral(cohort=cohort, resident=resident, **fields)


@pytest.fixture
def referral(world: World, cohort: Cohort, assistant: User) -> Referral:
    return referral_to(cohort, world, by=assistant)


def url(name: str, *args: Any) -> str:
    return reverse(f"enrollment:referral_{name}", args=args)


# --- List -------------------------------------------------------------------------------------
def test_each_sees_the_referrals_one_works_with(
    referral: Referral, assistant: User, centre_manager: User, supervisor: User, auditor: User, outsider: User
) -> None:
    for user in (assistant, centre_manager, supervisor, auditor):
        assert [line.uuid for line in signed_in(user).get(LIST).context["lines"]] == [referral.uuid]
    assert signed_in(outsider).get(LIST).context["lines"] == []


def test_roles_without_referrals_get_no_list(learner: User, instructor: User, platform_admin: User) -> None:
    for user in (learner, instructor):
        assert signed_in(user).get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_own_referral_leads_back_to_no_list(world: World, cohort: Cohort, learner: User, assistant: User) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla), person=learner.person)
    own = make_open_referral(cohort=cohort, resident=resident, by=assistant)
    for user, leads in ((learner, False), (assistant, True)):
        page = signed_in(user).get(url("detail", own.uuid))
        assert page.status_code == 200
        assert (f'href="{LIST}"' in page.content.decode().partition("<main")[2]) is leads


def test_list_is_filtered(referral: Referral, cohort: Cohort, world: World, centre_manager: User) -> None:
    waiting = waitlist_referral(referral_to(cohort, world), by=None)
    client = signed_in(centre_manager)

    def shown(**query: str) -> list[Referral]:
        return [Referral.objects.get(uuid=line.uuid) for line in client.get(LIST, query).context["lines"]]

    assert shown() == [waiting, referral]
    assert shown(status="waitlisted") == [waiting]
    assert shown(course=cohort.course.slug) == [waiting, referral]
    assert shown(q=referral.person.surname) == [referral]
    assert shown(status="nonsense", course="nonsense") == [waiting, referral]
    assert client.get(LIST, {"after": "nonsense"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_for_any_length(
    rows: int, cohort: Cohort, world: World, centre_manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        referral_to(cohort, world)
    client = signed_in(centre_manager)
    client.get(LIST)
    with django_assert_num_queries(8):
        client.get(LIST)


# --- Record -----------------------------------------------------------------------------------
def test_centre_accepts_into_a_group_and_enrols(referral: Referral, cohort: Cohort, centre_manager: User) -> None:
    client = signed_in(centre_manager)
    page = client.get(url("detail", referral.uuid))
    assert "Accept and hold the seat until" in words(page)
    client.post(url("accept", referral.uuid), {"cohort": cohort.uuid})
    referral.refresh_from_db()
    assert (referral.status, referral.cohort) == ("accepted", cohort)
    client.post(url("enroll", referral.uuid))
    referral.refresh_from_db()
    assert referral.status == "enrolled"
    assert "Open the learning record" in words(client.get(url("detail", referral.uuid)))


def test_full_group_is_said_in_words(referral: Referral, cohort: Cohort, centre_manager: User) -> None:
    client = signed_in(centre_manager)
    for _ in range(3):
        make_enrollment(cohort=cohort)
    assert "No group of this course has a free seat now." in words(client.get(url("detail", referral.uuid)))
    answer = client.post(url("accept", referral.uuid), {"cohort": cohort.uuid}, follow=True)
    assert "Choose a group that has a free seat." in words(answer)
    client.post(url("waitlist", referral.uuid))
    assert "Place 1 of 1 on the waiting list" in words(client.get(url("detail", referral.uuid)))


def test_declining_asks_for_the_reason(referral: Referral, centre_manager: User) -> None:
    client = signed_in(centre_manager)
    ask = url("decline", referral.uuid)
    assert client.get(ask).status_code == 200
    assert client.post(ask, {"reason": "nonsense"}).status_code == 422
    client.post(ask, {"reason": "no-seats", "note": "Kuzda"})
    referral.refresh_from_db()
    assert referral.status == "declined"
    again = client.post(url("waitlist", referral.uuid), follow=True)
    assert "This cannot become" in words(again)


def test_whoever_has_answered_is_led_to_the_next_that_waits(
    referral: Referral, cohort: Cohort, world: World, centre_manager: User, assistant: User
) -> None:
    later, client = referral_to(cohort, world), signed_in(centre_manager)
    assert client.get(url("detail", referral.uuid)).context["next_to_answer"] is None
    answer = client.post(url("accept", referral.uuid), {"cohort": cohort.uuid})
    assert answer.headers["Location"] == url("detail", referral.uuid) + "#next"
    page = client.get(url("detail", referral.uuid))
    assert f'id="next" href="{url("detail", later.uuid)}#answer"' in words(page)
    assert signed_in(assistant).get(url("detail", referral.uuid)).context["next_to_answer"] is None
    answer = client.post(url("decline", later.uuid), {"reason": "no-seats"})
    assert answer.headers["Location"] == url("detail", later.uuid) + "#next"
    assert client.get(url("detail", later.uuid)).context["next_to_answer"] is None


def test_declined_resident_goes_to_the_next_place_in_one_step(
    referral: Referral, cohort: Cohort, assistant: User
) -> None:
    other = make_cohort(course=make_published_course(profession=cohort.course.profession))
    decline_referral(referral, reason="no-seats", by=None)
    client = signed_in(assistant)
    page = client.get(url("detail", referral.uuid))
    assert [place.cohort for place in page.context["next_places"]] == [other]
    client.post(url("again", referral.uuid, other.uuid))
    new = Referral.objects.get(course=other.course)
    assert (new.status, new.person, new.made_by, new.door) == ("submitted", referral.person, assistant, "assistant")


def test_assistant_takes_back_and_sends_again(referral: Referral, cohort: Cohort, assistant: User) -> None:
    client = signed_in(assistant)
    client.post(url("withdraw", referral.uuid), {"reason": "mistake"})
    referral.refresh_from_db()
    assert referral.status == "withdrawn"
    draft = make_open_referral(cohort=cohort, resident=referral.resident, door="self")
    client.post(url("submit", draft.uuid))
    draft.refresh_from_db()
    assert draft.status == "submitted"


def test_nobody_answers_or_sends_for_others(
    referral: Referral, assistant: User, centre_manager: User, supervisor: User, outsider: User
) -> None:
    answers, sends = ("accept", "decline", "waitlist", "enroll"), ("withdraw", "submit")
    for user, denied in ((assistant, answers), (centre_manager, sends), (supervisor, answers + sends)):
        client = signed_in(user)
        for name in denied:
            assert client.post(url(name, referral.uuid)).status_code == 403, (user, name)
    client = signed_in(outsider)
    for name in (*answers, *sends):
        assert client.post(url(name, referral.uuid)).status_code == 404
    assert client.get(url("detail", referral.uuid)).status_code == 404


def test_reading_is_audited(referral: Referral, assistant: User) -> None:
    client = signed_in(assistant)
    client.get(LIST, {"status": "submitted"})
    client.get(url("detail", referral.uuid))
    listed, read = AuditEvent.objects.filter(actor=assistant).exclude(action="referral.submitted").order_by("id")
    assert (listed.action, listed.detail) == ("referral.listed", {"filter": {"status": "submitted"}, "count": 1})
    assert (read.action, read.object_id) == ("referral.read", str(referral.uuid))


# --- Sending ----------------------------------------------------------------------------------
def test_resident_is_sent_for_a_wish(world: World, cohort: Cohort, assistant: User) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    wish = make_wish(resident=resident, profession=cohort.course.profession)
    make_cohort()
    client = signed_in(assistant)
    page = client.get(url("create", resident.uuid), {"wish": str(wish.uuid)})
    (choice, label), *others = page.context["form"].fields["place"].choices
    assert not others
    assert "seats free: 3" in label
    answer = client.post(f"{url('create', resident.uuid)}?wish={wish.uuid}", {"place": choice, "note": "Kechki guruh"})
    referral = Referral.objects.get()
    assert answer.headers["Location"] == url("detail", referral.uuid)
    assert (referral.cohort, referral.wish, referral.note) == (cohort, wish, "Kechki guruh")


def test_course_without_a_group_is_offered_too(world: World, assistant: User) -> None:
    course = make_published_course(provider=make_organization(), title={"uz": "Payvandlash asoslari"})
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    client = signed_in(assistant)
    page = client.get(url("create", resident.uuid), {"q": "payvand"})
    ((choice, label),) = page.context["form"].fields["place"].choices
    assert "No group is open now" in label
    client.post(f"{url('create', resident.uuid)}?q=payvand", {"place": choice})
    assert Referral.objects.get().course == course
    assert client.get(url("create", resident.uuid), {"q": "tikuv"}).context["offers"].places == []


def test_sending_twice_is_refused_in_words(world: World, cohort: Cohort, referral: Referral, assistant: User) -> None:
    client = signed_in(assistant)
    answer = client.post(url("create", referral.resident.uuid), {"place": f"group:{cohort.uuid}"})
    assert answer.status_code == 422
    assert "open referral for this course" in words(answer)
    assert client.post(url("create", referral.resident.uuid), {"place": "nonsense"}).status_code == 422


def test_only_officials_of_the_mahalla_send(
    world: World, referral: Referral, auditor: User, outsider: User, centre_manager: User
) -> None:
    ask = url("create", referral.resident.uuid)
    assert signed_in(auditor).get(ask).status_code == 403
    for user in (outsider, centre_manager):
        assert signed_in(user).get(ask).status_code == 404


def test_lapse_and_acceptance_are_shown_with_their_days(referral: Referral, cohort: Cohort, assistant: User) -> None:
    client = signed_in(assistant)
    assert "The provider answers by" in words(client.get(url("detail", referral.uuid)))
    accepted = accept_referral(referral, cohort=cohort, by=None)
    page = words(client.get(url("detail", referral.uuid)))
    assert f"holds a seat until {accepted.hold_until:%d.%m.%Y}" in page
