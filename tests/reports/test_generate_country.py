"""The synthetic country holds together: its rows obey every rule, and its figures are right."""

from collections import Counter
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import Employment, Person, Region, User
from certificates.models import Credential, IssuerCounter
from certificates.queries import completions_to_issue, credentials_without_pdf
from certificates.services.wording import freeze_words
from enrollment.models import Cohort, Enrollment, Household, Referral, Resident, Seat, Wish
from enrollment.queries import sweeps
from enrollment.services.completions import overdue_day
from enrollment.services.enrollments import TRANSITIONS as ENROLLMENT_MOVES
from enrollment.services.figures import count_again
from enrollment.services.referral_moves import TRANSITIONS as REFERRAL_MOVES
from reports.services.checking import check_figures
from tests.accounts.factories import make_district, make_mahalla, make_person, make_region
from tests.enrollment.tables import import_table

pytestmark = pytest.mark.django_db


def make_territory() -> None:
    for _ in range(3):
        region = make_region()
        for _ in range(2):
            district = make_district(region=region)
            for _ in range(2):
                make_mahalla(district=district)


def generate(**options: Any) -> str:
    out = StringIO()
    call_command("generate_country", referrals=options.pop("referrals", 900), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def country(db: None) -> None:
    make_territory()
    generate()


@pytest.mark.usefixtures("country")
def test_the_country_obeys_every_rule() -> None:
    """One generation serves many questions: it takes seconds."""
    connection.check_constraints()
    assert Referral.objects.count() == 900
    assert set(Referral.objects.values_list("status", flat=True)) == set(Referral.Status.values)
    assert set(Enrollment.objects.values_list("status", flat=True)) == set(Enrollment.Status.values)
    assert check_figures() == []

    # Nobody in it is real, and all say so.
    assert not Person.objects.exclude(external_id__startswith="synthetic-").exists()
    assert not Household.objects.exclude(external_id__startswith="synthetic-").exists()
    assert not Person.objects.exclude(pinfl_hash=None).exists()

    # Nothing is left over for the sweeps to do.
    assert not completions_to_issue().exists()
    assert not credentials_without_pdf().exists()
    assert not list(sweeps.lapsed_holds())
    assert not list(sweeps.overdue_enrollments(ended_before=overdue_day()))

    _check_moves()
    _check_seats()
    _check_figures_of_learners()
    _check_posts()
    _check_certificates()


def _check_moves() -> None:
    """Each row's moves are legal, join each other, go forward in time and end in its state."""
    ways: list[tuple[Any, Any]] = [(Referral, REFERRAL_MOVES), (Enrollment, ENROLLMENT_MOVES)]
    for model, transitions in ways:
        for row in model.objects.prefetch_related("moves"):
            moves = list(row.moves.all())
            if not moves:
                assert row.status == "draft"
                continue
            assert moves[0].from_status == ""
            assert moves[-1].to_status == row.status
            assert all(move.to_status in transitions[move.from_status] for move in moves)
            assert all(a.to_status == b.from_status and a.at <= b.at for a, b in pairwise(moves))
            assert moves[-1].at < timezone.now()


def _check_seats() -> None:
    crowded = Cohort.objects.annotate(n=Count("seat_rows", filter=Q(seat_rows__status__in=Seat.OCCUPIED)))
    assert not crowded.filter(n__gt=F("seats")).exists()
    held = Referral.objects.filter(status="accepted")
    assert held.exists()
    assert held.filter(seats__status="held").count() == held.count()
    assert not Enrollment.objects.filter(~Q(status="withdrawn"), referral__isnull=False).exclude(seats__status="taken")


def _check_figures_of_learners() -> None:
    for enrollment in Enrollment.objects.select_related("cohort__version"):
        before = enrollment.progress, enrollment.attendance, enrollment.grade
        figures = count_again(enrollment)
        assert before == pytest.approx((enrollment.progress, enrollment.attendance, enrollment.grade))
        assert figures.is_met == (enrollment.status == "completed")


def _check_posts() -> None:
    kept = Enrollment.objects.exclude(status="withdrawn").values("person")
    posts = Employment.objects.filter(person__external_id__startswith="synthetic-")
    assert set(posts.filter(has_learned=True)) == set(posts.filter(person__in=kept)) != set()


def _check_certificates() -> None:
    numbers: dict[tuple[int, int], list[int]] = {}
    for credential in Credential.objects.order_by("issued_on", "pk"):
        numbers.setdefault((credential.issuer_id, credential.year), []).append(credential.sequence)
    assert all(given == list(range(1, len(given) + 1)) for given in numbers.values())
    counters = {(row.organization_id, row.year): row.last_number for row in IssuerCounter.objects.all()}
    assert counters == {key: given[-1] for key, given in numbers.items()}
    assert Credential.objects.count() == Enrollment.objects.filter(status="completed").count()
    credential = Credential.objects.select_related("completion").latest("pk")
    words = credential.words
    assert words == freeze_words(
        credential.completion, code=credential.code, number=credential.number, issued_on=credential.issued_on
    )


def fingerprint() -> Counter[tuple[Any, ...]]:
    rows = Referral.objects.values_list("uuid", "status", "person__surname", "submitted_at", "mahalla__code")
    return Counter(rows)


def test_the_same_seed_makes_the_same_country() -> None:
    seen = []
    make_territory()
    for seed in (5, 5, 6):
        with transaction.atomic():
            generate(referrals=60, seed=seed, until=date(2026, 11, 1))
            seen.append(fingerprint())
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def test_real_people_are_protected() -> None:
    make_territory()
    make_person()
    with pytest.raises(CommandError, match="may be real"):
        generate()
    assert not Referral.objects.exists()
    generate(referrals=5, force=True)
    assert Referral.objects.count() == 5


def test_it_refuses_a_second_time_and_without_territory() -> None:
    with pytest.raises(CommandError, match="load_territory"):
        generate()
    make_territory()
    generate(referrals=5)
    with pytest.raises(CommandError, match="already"):
        generate(referrals=5)
    with pytest.raises(CommandError, match="At least one"):
        generate(referrals=0)
    assert Region.objects.count() == 3


def rows_to_import() -> list[list[tuple[Any, ...]]]:
    """What an import can make of residents, wishes and referrals; the rest is what became of them."""
    home = ("household__external_id", "household__address", "household__category__code", "mahalla__code")
    names = ("surname", "given_name", "patronymic", "search_key", "match_key", "birth_date", "gender", "external_id")
    person = [f"person__{name}" for name in names]
    wish = ("resident__person__external_id", "kind", "profession__code", "course__slug", "said_on")
    referral = ("person__external_id", "resident__household__external_id", "course__slug", "organization__code")
    return [
        [*Resident.objects.order_by("person__external_id").values_list(*person, *home)],
        sorted(map(str, Wish.objects.values_list(*wish, "mahalla__code", "category__code"))),
        sorted(map(str, Referral.objects.values_list(*referral, "mahalla__code", "category__code", "gender"))),
    ]


def test_its_spreadsheets_imported_into_an_empty_database_make_the_same_people(tmp_path: Path) -> None:
    make_territory()
    with transaction.atomic():
        out = generate(referrals=60, spreadsheets=tmp_path)
        generated = rows_to_import()
        transaction.set_rollback(True)
    assert [len(rows) for rows in generated][::2] == [60 + 9, 60]
    assert not Person.objects.exists()

    assert "synthetic-counter" in generate(referrals=60, without_people=True)
    sender = User.objects.get(username="synthetic-counter")
    for kind in ("residents", "wishes", "referrals"):
        assert f"{kind}-1.xlsx" in out
        content = (tmp_path / f"{kind}-1.xlsx").read_bytes()
        answer = import_table(kind, content, sender, tmp_path, "--apply", name="t.xlsx")
        assert answer["wrong"] == 0, answer
    assert rows_to_import() == generated
