"""What was exported is sent again unchanged."""

from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Person, User
from base.models import Job
from base.services.jobs import create_job, run_job
from enrollment.models import Resident
from enrollment.services.outcomes import record_outcome
from tests.accounts.factories import make_employment, make_person, make_profession
from tests.courses.factories import make_published_course
from tests.enrollment.factories import (
    make_cohort,
    make_household,
    make_open_referral,
    make_referred_enrollment,
    make_resident,
    make_wish,
)
from tests.enrollment.tables import counts, import_table
from tests.pages import signed_in
from tests.personas import World
from tests.pinfl import make_pinfl


def exported(kind: str, user: User, form: str) -> bytes:
    job = create_job("export", owner=user, params={"kind": kind, "form": form}, enqueue=False)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.error
    with job.result.open() as file:
        content: bytes = file.read()
    return content


@pytest.fixture
def way(world: World, assistant: User) -> Resident:
    """A resident with a wish, an open referral and an outcome, in a household shared with another."""
    home = make_household(mahalla=world.mahalla, address="=Bog, 1")
    resident = make_resident(household=home, person=make_person(phone="+998901234567", birth_date="1990-02-01"))
    make_resident(household=home)
    make_wish(resident=resident, profession=make_profession())
    make_open_referral(resident=resident, cohort=make_cohort(course=make_published_course(provider=world.centre)))
    enrollment = make_referred_enrollment(
        cohort=make_cohort(course=make_published_course(provider=world.centre)), resident=resident
    )
    record_outcome(enrollment, kind="land", on=timezone.localdate(), source="Hokimiyat", by=assistant)
    return resident


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("kind", "rows", "sender"),
    [
        ("residents", 2, "assistant"),
        ("wishes", 1, "assistant"),
        ("referrals", 2, "assistant"),
        ("enrollments", 1, "centre_manager"),
        ("outcomes", 1, "centre_manager"),
    ],
)
def test_an_export_sent_again_changes_nothing(
    request: pytest.FixtureRequest, way: Resident, tmp_path: Path, kind: str, rows: int, sender: str, form: str
) -> None:
    user = request.getfixturevalue(sender)
    content = exported(kind, user, form)

    answer = import_table(kind, content, user, tmp_path, "--apply", name=f"t.{form}")

    assert counts(answer) == (0, 0, rows, 0), answer
    assert AuditEvent.objects.get(action="list.exported").detail == {"kind": kind, "count": rows}


@pytest.mark.parametrize(("kind", "rows"), [("residents", 4), ("wishes", 3), ("referrals", 4)])
def test_namesakes_are_told_apart_by_their_ids(
    world: World, way: Resident, assistant: User, tmp_path: Path, kind: str, rows: int
) -> None:
    """Of two records that may be one person, each stays what it is."""
    cohort = make_cohort(course=make_published_course(provider=world.centre))
    for surname in ("Joʻrayeva", "Жўраева"):
        person = make_person(surname=surname, given_name="Hilola", birth_date="2005-04-18")
        resident = make_resident(household=make_household(mahalla=world.mahalla), person=person)
        make_wish(resident=resident)
        make_open_referral(resident=resident, cohort=cohort)

    answer = import_table(kind, exported(kind, assistant, "csv"), assistant, tmp_path, "--apply")

    assert counts(answer) == (0, 0, rows, 0), answer


def test_what_a_learner_claims_is_not_confirmed_by_the_exported_list(
    way: Resident, centre_manager: User, tmp_path: Path
) -> None:
    enrollment = way.person.enrollments.get()
    claim = record_outcome(
        enrollment, kind="permanent-job", on=timezone.localdate(), source="Oʻzim", by=way.person.user
    )
    content = exported("outcomes", centre_manager, "csv")

    assert counts(import_table("outcomes", content, centre_manager, tmp_path, "--apply")) == (0, 0, 2, 0)
    claim.refresh_from_db()
    assert claim.status == claim.Status.CLAIMED
    confirming = content.replace("Oʻzim".encode(), b"Bandlik markazi")
    assert counts(import_table("outcomes", confirming, centre_manager, tmp_path, "--apply")) == (0, 1, 1, 0)
    claim.refresh_from_db()
    assert claim.status == claim.Status.CONFIRMED


def test_own_staff_sent_again_changes_nothing(world: World, staff_manager: User, tmp_path: Path) -> None:
    make_employment(organization=world.hokimiyat)
    make_employment()
    answer = import_table("civil-servants", exported("civil-servants", staff_manager, "csv"), staff_manager, tmp_path)
    assert counts(answer) == (0, 0, 1, 0), answer


def test_an_export_holds_no_pinfl_and_no_formula(way: Resident, assistant: User) -> None:
    pinfl = make_pinfl(birth="1990-02-01", gender="male")
    Person.objects.filter(pk=way.person_id).update(surname="=1+1", pinfl_cipher="", pinfl_hash="x")
    content = exported("residents", assistant, "csv").decode()
    assert pinfl not in content
    assert "JSHSHIR" not in content
    assert "'=1+1" in content
    assert "+998901234567" in content
    assert ";=" not in content


def test_whoever_asks_for_a_list_finds_it_on_the_page_of_the_job(way: Resident, assistant: User) -> None:
    client = signed_in(assistant)
    page = client.post("/imports/export/residents/", {"form": "csv"})["Location"]
    run_job(Job.objects.get().pk)
    assert "Take the file" in client.get(page).content.decode()
    answer = client.get(f"{page}result/")
    assert "attachment" in answer["Content-Disposition"]
