"""Tables of wishes and referrals; whoever is new is written down with them."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import AuditEvent, User
from courses.models import Course
from enrollment.models import DeclineReason, Referral, ReferralMove, Resident, Wish
from enrollment.services.referrals import decline_referral, make_referral
from reports.models import DueCount
from tests.accounts.factories import make_profession
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_household, make_resident
from tests.enrollment.tables import codes, counts, csv_of, import_table
from tests.personas import World


@pytest.fixture
def course(world: World) -> Course:
    return make_published_course(provider=world.centre)


def line(n: int, **fields: Any) -> dict[str, Any]:
    """A row about somebody new."""
    who = {"surname": f"Sinovov{n}", "given_name": "Anvar", "birth_date": f"{n:02}.02.1990", "category": "poor"}
    return who | {"address": f"Bog, {n}"} | fields


def test_a_referral_stands_as_if_it_had_been_made_one_by_one(
    world: World, assistant: User, course: Course, tmp_path: Path
) -> None:
    made = make_referral(
        resident=make_resident(household=make_household(mahalla=world.mahalla)),
        course=course,
        organization=world.centre,
        by=assistant,
    )
    cohort = make_cohort(course=course, code="G-77")
    rows = [line(1, course=course.slug, cohort="g-77", note="Keladi"), line(2, course=course.title["uz"])]

    answer = import_table("referrals", csv_of(rows), assistant, tmp_path, "--apply")

    assert counts(answer) == (2, 0, 0, 0), answer
    sent = Referral.objects.exclude(pk=made.pk).order_by("pk")
    assert [(one.status, one.door, one.organization) for one in sent] == [("submitted", "assistant", world.centre)] * 2
    assert (sent[0].cohort, sent[0].note) == (cohort, "Keladi")
    for one in sent:
        assert (one.made_by, one.mahalla, one.gender) == (assistant, world.mahalla, one.person.gender)
        assert one.category == one.resident.household.category
        assert one.submitted_at
        assert made.submitted_at
        assert one.seat_due_at - one.submitted_at == made.seat_due_at - made.submitted_at  # type: ignore[operator]  # set
        assert one.due_at - one.submitted_at == made.due_at - made.submitted_at  # type: ignore[operator]  # both set
    moves = ReferralMove.objects.order_by().values_list("from_status", "to_status", "by", "reason", "note").distinct()
    assert [*moves] == [("", "submitted", assistant.pk, "", "")]
    assert AuditEvent.objects.filter(action="referral.submitted").count() == 3
    assert set(DueCount.objects.filter(kind="referral").values_list("object_id", flat=True)) == {
        made.pk,
        *(o.pk for o in sent),
    }


def test_the_same_referrals_twice_change_nothing_even_once_they_were_answered(
    assistant: User, course: Course, tmp_path: Path
) -> None:
    rows = [line(n, course=course.slug) for n in range(1, 4)]
    import_table("referrals", csv_of(rows), assistant, tmp_path, "--apply")
    first = Referral.objects.order_by("pk")[0]
    decline_referral(first, reason=DeclineReason.objects.values_list("code", flat=True)[0], by=None)

    assert counts(import_table("referrals", csv_of(rows), assistant, tmp_path, "--apply")) == (0, 0, 3, 0)

    again = [rows[0] | {"again": "ha"}]
    assert counts(import_table("referrals", csv_of(again), assistant, tmp_path, "--apply")) == (1, 0, 0, 0)
    assert counts(import_table("referrals", csv_of(again), assistant, tmp_path, "--apply")) == (0, 0, 1, 0)
    assert Referral.objects.filter(person=first.person).count() == 2


def test_two_rows_of_one_person_make_one_resident_and_each_course_one_referral(
    world: World, assistant: User, course: Course, tmp_path: Path
) -> None:
    other = make_published_course(provider=world.other_centre)
    rows = [line(1, course=course.slug), line(1, course=other.slug), line(1, course=course.slug)]
    rows += [line(1, course=other.slug, phone="901234567")]

    answer = import_table("referrals", csv_of(rows), assistant, tmp_path, "--apply")

    assert codes(answer) == [(4, "", "twice-in-file"), (5, "", "differs-in-file")]
    assert Resident.objects.count() == 1
    assert Referral.objects.count() == 2


def test_what_a_referral_may_not_be_is_told_at_its_column(
    world: World, assistant: User, course: Course, tmp_path: Path
) -> None:
    import_table("referrals", csv_of([line(1, course=course.slug)]), assistant, tmp_path, "--apply")
    group = make_cohort(course=make_published_course(provider=world.centre), code="G-1")
    rows = [
        line(1, course=course.slug, organization=world.other_centre.code),
        line(2, course="nothing"),
        line(3, course=course.slug, cohort=group.code),
        line(4, course=course.slug, cohort="none"),
        line(5),
    ]

    answer = import_table("referrals", csv_of(rows), assistant, tmp_path)

    assert codes(answer) == [
        (2, "course", "already-referred"),
        (3, "course", "unknown"),
        (4, "cohort", "invalid"),
        (5, "cohort", "unknown"),
        (6, "course", "required"),
    ]


def test_wishes_are_recorded_once_for_each_day(assistant: User, course: Course, tmp_path: Path) -> None:
    trade = make_profession(names={"uz": "Tikuvchi", "ru": "Швея"})
    rows = [
        line(1, kind="training", profession="швея", said_on="2026-01-05"),
        line(1, kind="training", profession="швея", said_on="2026-02-05"),
        line(2, kind="Subsidiya", note="Tikuv mashinasi"),
    ]

    assert counts(import_table("wishes", csv_of(rows), assistant, tmp_path, "--apply")) == (3, 0, 0, 0)
    assert counts(import_table("wishes", csv_of(rows), assistant, tmp_path, "--apply")) == (0, 0, 3, 0)

    wish = Wish.objects.get(said_on="2026-01-05")
    assert (wish.profession, wish.recorded_by, wish.status) == (trade, assistant, "open")
    assert (wish.mahalla, wish.category) == (wish.resident.mahalla, wish.resident.household.category)
    assert Wish.objects.get(kind="subsidy").note == "Tikuv mashinasi"
    assert AuditEvent.objects.filter(action="wish.recorded").count() == 3
