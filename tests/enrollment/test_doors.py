"""Three doors, one referral: assistant, counter, own application; and the next place after a refusal or a lapse."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from base.errors import IllegalMove
from base.models import Notice
from enrollment.models import Cohort, Referral, Resident
from enrollment.queries.places import Distance, Sought, next_places, offers_to, suitable_places
from enrollment.services.referrals import (
    AlreadyReferred,
    accept_referral,
    decline_referral,
    lapse_referral,
    make_referral,
    send_on,
    submit_referral,
    withdraw_referral,
)
from tests.accounts.factories import make_district, make_organization, make_profession, make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_accepted_referral,
    make_cohort,
    make_household,
    make_open_referral,
    make_resident,
    make_wish,
)
from tests.enrollment.pages import url
from tests.pages import signed_in
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(world: World) -> Cohort:
    return make_cohort(course=make_published_course(provider=world.centre))


@pytest.fixture
def home(world: World, learner: User) -> Resident:
    assert learner.person is not None
    return make_resident(person=learner.person, household=make_household(mahalla=world.mahalla))


def kinds(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("id").values_list("kind", flat=True))


def lapsed(referral: Referral) -> Referral:
    Referral.objects.filter(pk=referral.pk).update(hold_until=timezone.localdate() - timedelta(days=1))
    assert lapse_referral(referral)
    return Referral.objects.get(pk=referral.pk)


# --- Doors ------------------------------------------------------------------------------------
@pytest.mark.parametrize("first", ["assistant", "counter", "self"])
@pytest.mark.parametrize("second", ["assistant", "counter", "self"])
def test_one_open_referral_through_all_doors(cohort: Cohort, home: Resident, first: str, second: str) -> None:
    referral = make_open_referral(cohort=cohort, resident=home, door=first)
    with pytest.raises(AlreadyReferred):
        make_open_referral(cohort=cohort, resident=home, door=second)
    withdraw_referral(referral, reason="mistake", by=None)
    make_open_referral(cohort=cohort, resident=home, door=second)


def test_resident_applies_for_a_group_and_assistant_and_counter_are_told(
    cohort: Cohort, home: Resident, learner: User, assistant: User, counter: User, centre_manager: User, outsider: User
) -> None:
    make_cohort(course=cohort.course, organization=cohort.organization, starts_on=timezone.localdate())
    client = signed_in(learner)
    address = url("course_apply_group", cohort.course.slug, cohort.uuid)
    assert address in client.get(url("course_detail", cohort.course.slug)).content.decode()
    for _ in range(2):
        client.post(address)
    referral = Referral.objects.get()
    assert (referral.status, referral.door, referral.cohort) == ("draft", "self", cohort)
    assert [kinds(user) for user in (assistant, counter)] == [["application-made"]] * 2
    assert kinds(centre_manager) == kinds(outsider) == kinds(learner) == []
    for user in (assistant, counter):
        page = signed_in(user).get("/").content.decode()
        assert "1 own application to confirm" in page
    assert signed_in(centre_manager).get(url("referral_detail", referral.uuid)).status_code == 404


def test_group_of_another_course_or_without_a_seat_is_not_found(cohort: Cohort, home: Resident, learner: User) -> None:
    full = make_cohort(course=cohort.course, seats=1)
    make_accepted_referral(cohort=full)
    for other in (make_cohort(), full):
        assert signed_in(learner).post(url("course_apply_group", cohort.course.slug, other.uuid)).status_code == 404
    assert not Referral.objects.filter(resident=home).exists()


def test_whoever_confirms_follows_the_answer_with_the_resident(
    cohort: Cohort, home: Resident, learner: User, counter: User, centre_manager: User
) -> None:
    referral = make_open_referral(cohort=cohort, resident=home, door="self", by=learner)
    signed_in(counter).post(url("referral_submit", referral.uuid))
    accept_referral(referral, cohort=cohort, by=centre_manager)
    assert kinds(learner) == ["application-confirmed", "referral-accepted"]
    assert kinds(counter) == ["application-made", "referral-accepted"]


def test_application_is_refused_for_a_reason_that_the_resident_reads(
    cohort: Cohort, home: Resident, learner: User, assistant: User
) -> None:
    referral = make_open_referral(cohort=cohort, resident=home, door="self", by=learner)
    client = signed_in(assistant)
    address = url("referral_refuse", referral.uuid)
    assert address in client.get(url("referral_detail", referral.uuid)).content.decode()
    assert client.post(address, {"reason": "nonsense"}).status_code == 422
    client.post(address, {"reason": "mistake", "note": "Ask for welding"})
    assert Referral.objects.get().status == "withdrawn"
    assert kinds(learner) == ["application-refused"]
    page = signed_in(learner).get(url("referral_detail", referral.uuid)).content.decode()
    assert "Ask for welding" in page
    assert signed_in(learner).post(url("course_apply", cohort.course.slug)).status_code == 302
    assert Referral.objects.filter(status="draft").count() == 1


def test_seat_that_is_held_is_not_sent_again() -> None:
    accepted = make_accepted_referral()
    with pytest.raises(IllegalMove):
        submit_referral(accepted, by=make_user())
    assert accepted.seats.get().status == "held"


# --- The next place ---------------------------------------------------------------------------
def test_lapsed_resident_is_sent_on_in_one_step(cohort: Cohort, home: Resident, assistant: User) -> None:
    other = make_cohort(course=cohort.course, organization=make_organization())
    referral = lapsed(make_accepted_referral(cohort=cohort, resident=home))
    assert [place.cohort for place in next_places(referral)] == [other]
    client = signed_in(assistant)
    address = url("referral_again", referral.uuid, other.uuid)
    assert address in client.get(url("referral_detail", referral.uuid)).content.decode()
    for _ in range(2):
        client.post(address)
    new = Referral.objects.exclude(pk=referral.pk).get()
    assert (new.status, new.organization, new.seat_due_at) == ("submitted", other.organization, referral.seat_due_at)
    assert [move.reason for move in referral.moves.filter(to_status="withdrawn")] == ["sent-elsewhere"]


def test_declined_resident_keeps_the_clock_of_the_seat(cohort: Cohort) -> None:
    other = make_cohort(course=cohort.course, organization=make_organization())
    referral = decline_referral(make_open_referral(cohort=cohort), reason="other", by=None)
    Referral.objects.filter(pk=referral.pk).update(seat_due_at=timezone.now())
    referral.refresh_from_db()
    new = send_on(referral, cohort=other, door="assistant", by=make_user())
    assert new.seat_due_at == referral.seat_due_at
    assert Referral.objects.get(pk=referral.pk).status == "declined"


def test_only_a_declined_or_lapsed_referral_is_sent_on(cohort: Cohort) -> None:
    other = make_cohort(course=cohort.course, organization=make_organization())
    for referral in (make_open_referral(cohort=cohort), make_accepted_referral(cohort=cohort)):
        with pytest.raises(IllegalMove):
            send_on(referral, cohort=other, door="assistant", by=make_user())
    assert Referral.objects.count() == 2


# --- Suitable places --------------------------------------------------------------------------
def test_places_are_narrowed_by_language_day_and_distance(world: World, home: Resident) -> None:
    today, district = timezone.localdate(), world.mahalla.district
    course = make_published_course(provider=world.centre)
    kin = make_organization(district=make_district(region=district.region))
    own = make_cohort(course=course, starts_on=today + timedelta(days=9))
    near = make_cohort(course=course, organization=kin, language="ru", starts_on=today + timedelta(days=2))
    far = make_cohort(course=course, organization=make_organization(), starts_on=today + timedelta(days=1))

    def found(**sought: object) -> list[Cohort]:
        return [place.cohort for place in suitable_places(home, Sought(course=course, **sought))]  # type: ignore[arg-type]  # mixed

    assert found() == [own, near, far]
    assert found(language="ru") == [near]
    assert found(starts_by=today + timedelta(days=2)) == [near, far]
    assert found(within=Distance.OWN_REGION) == [own, near]
    assert found(within=Distance.OWN_DISTRICT) == [own]


def test_wish_finds_its_profession_and_waits_where_no_group_is_open(world: World, home: Resident) -> None:
    profession = make_profession()
    taught, untaught = (make_published_course(profession=profession, provider=world.centre) for _ in range(2))
    make_cohort(course=taught)
    make_cohort()
    sought = Sought(profession=profession)
    assert [place.cohort.course for place in suitable_places(home, sought)] == [taught]
    assert offers_to(home, sought).waiting == [untaught]


def test_page_offers_what_is_sought(world: World, home: Resident, cohort: Cohort, assistant: User) -> None:
    wish = make_wish(resident=home, course=cohort.course)
    client, address = signed_in(assistant), url("referral_create", home.uuid)
    far = make_cohort(course=cohort.course, organization=make_organization(), language="ru")

    def offered(**query: str) -> list[str]:
        form = client.get(address, {"wish": str(wish.uuid), **query}).context["form"]
        return [value for value, _label in form.fields["place"].choices]

    assert offered() == [f"group:{cohort.uuid}", f"group:{far.uuid}"]
    assert offered(q="", within="0") == [f"group:{cohort.uuid}"]
    assert offered(q="", language="ru") == [f"group:{far.uuid}"]
    assert offered(q="", within="nonsense", language="xx", starts_by="soon") == offered()
    place = {"place": f"group:{far.uuid}"}
    assert client.post(f"{address}?wish={wish.uuid}&q=&language=ru", place).status_code == 302
    assert Referral.objects.get().wish == wish


def test_own_application_is_made_once_by_many_clicks(cohort: Cohort, home: Resident) -> None:
    draft = make_open_referral(cohort=cohort, resident=home, door="self")
    with pytest.raises(AlreadyReferred):
        make_referral(resident=home, course=cohort.course, organization=cohort.organization, door="self", by=None)
    assert Referral.objects.get() == draft
