"""Tables of civil servants, learners of groups and outcomes: written by the services of one row each."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Employment, Membership, Person, User
from accounts.services.employments import appoint
from enrollment.models import Enrollment, Outcome, Seat
from tests.accounts.factories import make_employment, make_membership, make_organization, make_person
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_accepted_referral, make_cohort, make_enrollment, make_referred_enrollment
from tests.enrollment.tables import codes, counts, csv_of, import_table
from tests.personas import World
from tests.pinfl import make_pinfl


def servant(n: int, **fields: Any) -> dict[str, Any]:
    who = {"surname": f"Xizmatov{n}", "given_name": "Anvar", "birth_date": f"{n:02}.03.1985"}
    return {"post": "Bosh mutaxassis", "starts_on": "01.02.2025"} | who | fields


def test_civil_servants_are_appointed_once_and_get_a_way_to_sign_in(
    world: World, staff_manager: User, tmp_path: Path
) -> None:
    pinfl = make_pinfl(birth="1985-03-02", gender="male")
    rows = [servant(1), servant(2, pinfl=pinfl, birth_date=""), servant(3, external_id="T-3")]
    assert counts(import_table("civil-servants", csv_of(rows), staff_manager, tmp_path)) == (3, 0, 0, 0)
    assert not Employment.objects.filter(organization=world.hokimiyat, post="Bosh mutaxassis").exists()

    for expected in ((3, 0, 0, 0), (0, 0, 3, 0)):
        answer = import_table("civil-servants", csv_of(rows), staff_manager, tmp_path, "--apply")
        assert counts(answer) == expected, answer

    employments = Employment.objects.filter(organization=world.hokimiyat, person__surname__startswith="Xizmatov")
    assert {(row.post, str(row.starts_on)) for row in employments} == {("Bosh mutaxassis", "2025-02-01")}
    assert User.objects.filter(person__surname__startswith="Xizmatov").count() == 3


def test_another_post_is_a_transfer_and_another_employer_is_not_the_senders(
    world: World, staff_manager: User, tmp_path: Path
) -> None:
    import_table("civil-servants", csv_of([servant(1)]), staff_manager, tmp_path, "--apply")
    person = Person.objects.get(surname="Xizmatov1")
    other = make_organization(kind="ministry")
    rows = [
        servant(1, post="Boʻlim boshligʻi", starts_on="01.03.2026"),
        servant(2, organization=other.code),
        servant(3, starts_on="01.03.2126"),
        {"post": "Mutaxassis", "surname": "Kimdir"},
    ]

    answer = import_table("civil-servants", csv_of(rows), staff_manager, tmp_path, "--apply")

    assert counts(answer) == (0, 1, 0, 3)
    assert [(row, column) for row, column, _code in codes(answer)] == [(3, "organization"), (4, "starts_on"), (5, "")]
    posts = person.employments.order_by("starts_on").values_list("post", "ends_on")
    assert [post for post, _ends in posts] == ["Bosh mutaxassis", "Boʻlim boshligʻi"]
    assert posts[0][1] == person.employments.get(ends_on=None).starts_on


def test_learners_are_let_in_as_long_as_seats_are_free(world: World, centre_manager: User, tmp_path: Path) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.centre), seats=3, code="G-9")
    held = make_accepted_referral(cohort=cohort)
    known = [make_enrollment(cohort=make_cohort(course=make_published_course(provider=world.centre))) for _ in range(3)]
    stranger = make_person()
    rows: list[dict[str, Any]] = [
        {"cohort": "g-9", "person": str(person.uuid)}
        for person in (held.person, *(one.person for one in known), stranger)
    ]
    rows += [{"cohort": "nothing", "person": str(stranger.uuid)}, rows[0]]

    dry = import_table("enrollments", csv_of(rows), centre_manager, tmp_path)
    assert cohort.enrollments.count() == 0
    answer = import_table("enrollments", csv_of(rows), centre_manager, tmp_path, "--apply")

    expected = [
        (5, "cohort", "cohort-full"),
        (6, "", "unknown-person"),
        (7, "cohort", "unknown"),
        (8, "", "twice-in-file"),
    ]
    assert codes(dry) == codes(answer) == expected
    assert counts(answer) == (3, 0, 0, 4)
    held.refresh_from_db()
    assert held.status == "enrolled"
    assert Seat.objects.filter(cohort=cohort, status="taken").count() == 3
    again = import_table("enrollments", csv_of(rows[:3]), centre_manager, tmp_path, "--apply")
    assert counts(again) == (0, 0, 3, 0)


def test_a_staff_manager_lets_own_staff_in_alone(world: World, staff_manager: User, tmp_path: Path) -> None:
    cohort = make_cohort(course=make_published_course(provider=world.academy), code="A-1")
    own = make_employment(person=make_person(birth_date="1990-01-02"), organization=world.hokimiyat).person
    other = make_employment().person
    rows = [
        {"cohort": "A-1", "surname": own.surname, "given_name": own.given_name, "birth_date": "02.01.1990"},
        {"cohort": "A-1", "person": str(other.uuid)},
    ]

    answer = import_table("enrollments", csv_of(rows), staff_manager, tmp_path, "--apply")

    assert counts(answer) == (1, 0, 0, 1), answer
    assert Enrollment.objects.get(cohort=cohort).person == own


def test_outcomes_are_recorded_by_who_may_judge_them(
    world: World, centre_manager: User, assistant: User, tmp_path: Path
) -> None:
    enrollment = make_referred_enrollment(cohort=make_cohort(course=make_published_course(provider=world.centre)))
    person, today = enrollment.person, timezone.localdate()
    row = {
        "kind": "permanent-job",
        "on": f"{today:%d.%m.%Y}",
        "person": str(person.uuid),
        "source": "Korxona",
        "employer": "Tikuv",
    }
    rows = [row, row | {"kind": "nothing"}, row | {"on": "01.01.2126"}, row | {"course": "unknown"}]

    answer = import_table("outcomes", csv_of(rows), centre_manager, tmp_path, "--apply")

    assert codes(answer) == [(3, "kind", "unknown"), (4, "on", "date"), (5, "course", "unknown")]
    outcome = Outcome.objects.get()
    assert (outcome.status, outcome.employer, outcome.recorded_by) == ("confirmed", "Tikuv", centre_manager)
    assert counts(import_table("outcomes", csv_of([row]), centre_manager, tmp_path, "--apply")) == (0, 0, 1, 0)
    assert codes(import_table("outcomes", csv_of([row]), assistant, tmp_path)) == [(2, "", "unknown-person")]


def test_who_is_staff_manager_twice_says_where(world: World, staff_manager: User, tmp_path: Path) -> None:
    second = make_organization(kind="agency")
    make_membership(user=staff_manager, role=Membership.Role.STAFF_MANAGER, place=second)
    rows = [servant(1), servant(2, organization=second.names["uz"])]

    answer = import_table("civil-servants", csv_of(rows), staff_manager, tmp_path, "--apply")

    assert codes(answer) == [(2, "organization", "required")]
    assert Employment.objects.get(organization=second).person.surname == "Xizmatov2"


@pytest.mark.usefixtures("world")
def test_a_number_of_somebody_of_another_name_is_refused(world: World, staff_manager: User, tmp_path: Path) -> None:
    person = make_person(external_id="T-1")
    appoint(person=person, organization=world.hokimiyat, post="Mutaxassis", starts_on=timezone.localdate(), by=None)

    row = servant(1, external_id="T-1", given_name="Boshqa")
    assert codes(import_table("civil-servants", csv_of([row]), staff_manager, tmp_path)) == [
        (2, "surname", "name-differs")
    ]
