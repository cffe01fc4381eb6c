"""Whoever lacks what a course asks for is refused through every door, unless an exception is made."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, Person, User
from accounts.services.people import PersonData, create_person
from base.errors import InvalidInput
from courses.models import Course
from enrollment.models import Cohort, Enrollment, PrerequisiteException, Referral
from enrollment.queries.places import Sought, next_places, offers_to, suitable_places
from enrollment.services.completions import mark_certified
from enrollment.services.enrollments import enroll_person, enroll_self
from enrollment.services.merging import merge_ways
from enrollment.services.offers import offer_freed_seats
from enrollment.services.prerequisites import (
    OwnException,
    PrerequisitesLacking,
    check_prerequisites,
    grant_exception,
    revoke_exception,
)
from enrollment.services.referrals import accept_referral, decline_referral, enroll_referral, waitlist_referral
from enrollment.services.requests import approve_request, ask_for_place
from enrollment.services.seats import note_free_seats
from tests.accounts.factories import make_person
from tests.api import ApiClient
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    ask_before,
    make_cohort,
    make_completed,
    make_enrollment,
    make_exception,
    make_household,
    make_open_referral,
    make_resident,
)
from tests.enrollment.tables import codes, counts, csv_of, import_table
from tests.enrollment.test_services_seats import race
from tests.pages import signed_in
from tests.personas import World
from tests.pinfl import make_pinfl

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(world: World) -> Course:
    return make_published_course(provider=world.centre, title={"uz": "Tikuvchilik 1"})


@pytest.fixture
def course(world: World, first: Course) -> Course:
    return ask_before(make_published_course(provider=world.centre, title={"uz": "Tikuvchilik 2"}), first)


@pytest.fixture
def cohort(course: Course) -> Cohort:
    return make_cohort(course=course, open_to_all=True, on_request=True)


def lacks(course: Course, person: Person) -> list[Course]:
    course.refresh_from_db()
    try:
        check_prerequisites(course, person_id=person.pk, organization_id=course.provider_id)
    except PrerequisitesLacking as error:
        return [Course.objects.get(slug=one["slug"]) for one in error.facts["missing"]]
    return []


def test_all_any_and_certificates(first: Course) -> None:
    second, course, person = make_published_course(), make_published_course(), make_person()
    ask_before(course, first, second)
    assert lacks(course, person) == sorted((first, second), key=lambda one: one.slug)
    done = make_completed(person, first)
    assert lacks(course, person) == [second]
    assert not lacks(ask_before(course, first, second, asked="any"), person)
    ask_before(course, first, proof="certified")
    assert lacks(course, person) == [first]
    mark_certified(done, code="A1", issued_on=timezone.localdate())
    assert not lacks(course, person)
    mark_certified(done, code="A1", issued_on=timezone.localdate(), revoked_on=timezone.localdate())
    assert lacks(course, person) == [first]


def test_every_door_refuses(cohort: Cohort, learner: User, in_english: None) -> None:
    person = learner.person
    assert person is not None
    resident = make_resident(person=person)
    doors: list[Any] = [
        lambda: enroll_person(cohort=cohort, person=person, by=None),
        lambda: enroll_self(cohort=cohort, user=learner),
        lambda: ask_for_place(cohort, by=learner),
        lambda: make_open_referral(cohort=cohort, resident=resident),
    ]
    for door in doors:
        with pytest.raises(PrerequisitesLacking, match="“Tikuvchilik 2” is for those who have learned “Tikuvchilik 1”"):
            door()
    assert not Enrollment.objects.exists()
    assert not Referral.objects.exists()
    make_completed(person, cohort.course.prerequisites.get())
    assert enroll_self(cohort=cohort, user=learner)


def test_what_is_asked_for_later_is_asked_at_each_step(world: World, first: Course, learner: User) -> None:
    course = make_published_course(provider=world.centre)
    cohort = make_cohort(course=course, on_request=True)
    request = ask_for_place(cohort, by=learner)
    sent = make_open_referral(cohort=cohort)
    held = accept_referral(make_open_referral(cohort=cohort), cohort=cohort, by=None)
    ask_before(course, first)
    cohort.refresh_from_db()
    for act in (
        lambda: approve_request(request, by=learner),
        lambda: accept_referral(sent, cohort=cohort, by=None),
        lambda: enroll_referral(held, by=None),
    ):
        with pytest.raises(PrerequisitesLacking):
            act()
    assert [Referral.objects.get(pk=one.pk).status for one in (sent, held)] == ["submitted", "accepted"]


def test_freed_seat_passes_over_who_lacks_it(world: World, first: Course) -> None:
    course = make_published_course(provider=world.centre)
    cohort = make_cohort(course=course, seats=1)
    waiting = [waitlist_referral(make_open_referral(cohort=cohort), by=None) for _ in range(3)]
    ask_before(course, first)
    make_completed(waiting[1].person, first)
    note_free_seats(cohort.pk)
    assert offer_freed_seats(cohort) == 1
    statuses = [Referral.objects.get(pk=one.pk).status for one in waiting]
    assert statuses == ["waitlisted", "accepted", "waitlisted"]


def test_places_are_offered_to_whoever_may_come(
    cohort: Cohort, course: Course, first: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    resident, sought = make_resident(), Sought(words="tikuvchilik")
    elsewhere = make_cohort(course=course, organization=make_cohort().organization)
    offers = offers_to(resident, sought)
    assert [place.cohort.course for place in offers.places] == []
    assert offers.waiting == [first]
    assert [(one.course, one.missing) for one in offers.closed] == [(course, [first])]
    make_exception(course=course, organization=cohort.organization, person=resident.person)
    with django_assert_num_queries(6):
        assert [place.cohort for place in offers_to(resident, sought).places] == [cohort]
    make_completed(resident.person, first)
    assert {place.cohort for place in suitable_places(resident, sought)} >= {cohort, elsewhere}


def test_next_places_leave_out_what_is_closed(world: World, cohort: Cohort, course: Course, first: Course) -> None:
    elsewhere = make_cohort(course=course, organization=make_cohort().organization)
    resident = make_resident()
    exception = make_exception(course=course, organization=cohort.organization, person=resident.person)
    referral = make_open_referral(cohort=cohort, resident=resident)
    decline_referral(referral, reason="requirements", by=None)
    assert next_places(referral) == []
    make_completed(resident.person, first)
    assert [place.cohort for place in next_places(referral)] == [elsewhere]
    assert exception.revoked_at is None


def test_an_exception_counts_at_its_provider_until_it_is_taken_back(cohort: Cohort, course: Course) -> None:
    person = make_person()
    with pytest.raises(InvalidInput):
        make_exception(course=course, organization=cohort.organization, person=person, reason=" ")
    one, same = (make_exception(course=course, organization=cohort.organization, person=person) for _ in range(2))
    assert one == same
    with pytest.raises(PrerequisitesLacking):
        make_enrollment(cohort=make_cohort(course=course, organization=make_cohort().organization), person=person)
    for _ in range(2):
        assert revoke_exception(one, by=None).revoked_at
    with pytest.raises(PrerequisitesLacking):
        make_enrollment(cohort=cohort, person=person)
    make_exception(course=course, organization=cohort.organization, person=person)
    assert make_enrollment(cohort=cohort, person=person)
    events = AuditEvent.objects.filter(action__startswith="prerequisite-exception").values_list("action", flat=True)
    assert sorted(events) == [*["prerequisite-exception.granted"] * 2, "prerequisite-exception.revoked"]


def test_two_records_with_exceptions_are_made_one(course: Course, world: World) -> None:
    kept, gone = make_person(), make_person()
    for person in (kept, gone):
        make_exception(course=course, organization=world.centre, person=person)
    other = make_exception(course=course, organization=world.academy, person=gone)
    merge_ways(kept, gone)
    other.refresh_from_db()
    assert other.person == kept
    assert PrerequisiteException.objects.in_force().filter(person=kept).count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_granted_at_once_is_granted_once(course: Course, world: World) -> None:
    person = make_person()
    grant = partial(make_exception, course=course, organization=world.centre, person=person)
    assert race([grant] * 4) == {"done": 4}
    assert PrerequisiteException.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_that_would_close_a_circle_at_once() -> None:
    one, other = make_published_course(), make_published_course()
    saves = [partial(ask_before, one, other), partial(ask_before, other, one)]
    assert race(saves) == {"done": 1, "PrerequisitesInCircle": 1}
    assert Course.prerequisites.through.objects.count() == 1


# --- Programs and tables ----------------------------------------------------------------------
def test_programs_are_told_what_is_missing(
    world: World, cohort: Cohort, first: Course, assistant: User, learner: User
) -> None:
    answer = ApiClient(learner).post("/enrollments", {"cohort": str(cohort.uuid)})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "prerequisites-lacking")
    assert told["missing"] == [{"slug": first.slug, "title": "Tikuvchilik 1"}]
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    body = {"resident": str(resident.uuid), "course": cohort.course.slug, "organization": str(world.centre.uuid)}
    assert ApiClient(assistant).post("/referrals", body).json()["code"] == "prerequisites-lacking"


def test_tables_of_referrals_and_learners(
    world: World, cohort: Cohort, first: Course, assistant: User, centre_manager: User, tmp_path: Path
) -> None:
    residents = [make_resident(household=make_household(mahalla=world.mahalla)) for _ in range(2)]
    for resident in residents:
        Person.objects.filter(pk=resident.person_id).update(external_id=f"P-{resident.pk}")
    make_completed(residents[0].person, first)
    rows = [{"course": cohort.course.slug, "resident": str(one.uuid)} for one in residents]
    answer = import_table("referrals", csv_of(rows), assistant, tmp_path, "--apply")
    assert counts(answer) == (1, 0, 0, 1)
    assert codes(answer) == [(3, "course", "prerequisites-lacking")]
    learner = make_enrollment(cohort=make_cohort(course=first), person=make_person(external_id="P-9")).person
    learners = [{"cohort": cohort.code, "external_id": learner.external_id}]
    answer = import_table("enrollments", csv_of(learners), centre_manager, tmp_path)
    assert [code for _row, _column, code in codes(answer)] == ["prerequisites-lacking"]


# --- Pages --------------------------------------------------------------------------------------
def test_course_page_says_what_comes_before(cohort: Cohort, first: Course, learner: User, in_english: None) -> None:
    page = reverse("enrollment:course_detail", args=[cohort.course.slug])
    client = signed_in(learner)
    text = client.get(page).content.decode()
    assert reverse("enrollment:course_detail", args=[first.slug]) in text
    join = reverse("enrollment:cohort_join", args=[cohort.uuid])
    assert join not in text
    refused = client.post(join, follow=True).content.decode()
    assert f'<a class="link" href="/courses/{first.slug}/">Tikuvchilik 1</a>' in refused
    assert learner.person is not None
    make_completed(learner.person, first)
    text = client.get(page).content.decode()
    assert join in text
    assert "Learned" in text


def test_course_page_asks_no_more_for_many(
    cohort: Cohort, course: Course, first: Course, learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(learner)
    page = reverse("enrollment:course_detail", args=[course.slug])
    client.get(page)
    for required in ([first], [make_published_course() for _ in range(3)]):
        ask_before(course, *required)
        with django_assert_num_queries(14):
            client.get(page)


def test_assistant_sees_why_it_is_not_offered(cohort: Cohort, first: Course, world: World, assistant: User) -> None:
    resident = make_resident(household=make_household(mahalla=world.mahalla))
    page = signed_in(assistant).get(reverse("enrollment:referral_create", args=[resident.uuid]))
    assert f"group:{cohort.uuid}" not in page.content.decode()
    assert f"/courses/{first.slug}/" in page.content.decode()


def test_exception_is_made_for_a_learner_and_by_number(
    cohort: Cohort, first: Course, centre_manager: User, world: World
) -> None:
    client = signed_in(centre_manager)
    address = reverse("enrollment:exception_create", args=[world.centre.uuid, cohort.course.slug])
    known = make_enrollment(cohort=make_cohort(course=first)).person
    search = reverse("enrollment:cohort_enroll", args=[cohort.uuid])
    found = client.get(search, {"q": known.surname}).content.decode()
    assert f"{address}?person={known.uuid}" in found
    assert client.post(f"{address}?person={known.uuid}", {"reason": "Usta"}).status_code == 302
    pinfl = make_pinfl(birth="1990-03-04", gender="female")
    far = create_person(PersonData(surname="Uzoqova", given_name="Lola", pinfl=pinfl), by=None)
    for wrong in ("", "1", "'; --", make_pinfl(birth="1991-03-04", gender="female")):
        assert client.post(address, {"person": wrong, "reason": "Usta"}).status_code == 422
    assert client.post(address, {"person": pinfl, "reason": " "}).status_code == 422
    assert client.post(address, {"person": pinfl, "reason": "Usta"}).status_code == 302
    assert {one.person for one in PrerequisiteException.objects.in_force()} == {known, far}
    for stranger in (make_person().uuid, "x"):
        assert client.get(f"{address}?person={stranger}").status_code == 404
    enrollment = make_enrollment(cohort=cohort, person=known)
    record = client.get(reverse("enrollment:enrollment_detail", args=[enrollment.uuid]))
    assert "Usta" in record.content.decode()


def test_nobody_makes_an_exception_for_oneself(cohort: Cohort, centre_manager: User) -> None:
    assert centre_manager.person
    with pytest.raises(OwnException):
        grant_exception(
            course=cohort.course,
            organization=cohort.organization,
            person=centre_manager.person,
            reason="x",
            by=centre_manager,
        )


def test_list_of_exceptions(
    course: Course, world: World, centre_manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(centre_manager)
    client.get("/exceptions/")
    make_exception(course=course, organization=world.academy, person=make_person())
    for more in (1, 2):
        for _ in range(more):
            make_exception(course=course, organization=world.centre, person=make_person(), by=centre_manager)
        with django_assert_num_queries(9):
            page = client.get("/exceptions/")
    assert len(page.context["page"].items) == 3
    row = page.context["page"].items[0]
    client.post(reverse("enrollment:exception_revoke", args=[row.uuid]))
    row.refresh_from_db()
    assert row.revoked_by == centre_manager


def test_provider_sees_what_a_referred_resident_lacks(world: World, first: Course, centre_manager: User) -> None:
    course = make_published_course(provider=world.centre)
    referral = make_open_referral(cohort=make_cohort(course=course))
    ask_before(course, first)
    client = signed_in(centre_manager)
    page = client.get(reverse("enrollment:referral_detail", args=[referral.uuid])).content.decode()
    address = reverse("enrollment:exception_create", args=[world.centre.uuid, course.slug])
    assert f"{address}?person={referral.person.uuid}" in page
    client.post(f"{address}?person={referral.person.uuid}", {"reason": "Usta"})
    assert accept_referral(referral, cohort=course.cohorts.get(), by=None).status == "accepted"
