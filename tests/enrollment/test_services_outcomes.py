from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from base.errors import IllegalMove, InvalidInput
from enrollment.models import Outcome
from enrollment.services.outcomes import confirm_outcome, contradict_outcome, record_outcome
from tests.accounts.factories import make_user
from tests.enrollment.factories import make_enrollment, make_referred_enrollment, make_resident, make_wish

pytestmark = pytest.mark.django_db
record = partial(record_outcome, kind="permanent-job", on=timezone.localdate(), source="Ish beruvchi")


def test_what_an_official_records_is_confirmed_and_written_once() -> None:
    enrollment = make_enrollment()
    for _ in range(2):
        outcome = record(enrollment, employer="Tikuv fabrikasi", by=make_user())
    assert (outcome.status, outcome.person) == ("confirmed", enrollment.person)
    assert Outcome.objects.count() == 1


def test_what_a_learner_says_waits_for_an_official() -> None:
    user = make_user()
    enrollment = make_enrollment(person=user.person)
    outcome = record(enrollment, by=user)
    assert outcome.status == "claimed"
    assert record(enrollment, by=make_user()).status == "confirmed"


def test_claim_is_confirmed_or_contradicted_once() -> None:
    user = make_user()
    outcome = record(make_enrollment(person=user.person), by=user)
    for _ in range(2):
        outcome = contradict_outcome(outcome, by=make_user())
    assert outcome.status == "contradicted"
    with pytest.raises(IllegalMove):
        confirm_outcome(outcome, by=make_user())


def test_confirmed_outcome_answers_the_wishes_of_its_kind() -> None:
    resident = make_resident()
    loan, training = make_wish(resident=resident, kind="loan"), make_wish(resident=resident)
    record_outcome(
        make_referred_enrollment(resident=resident),
        kind="loan",
        on=timezone.localdate(),
        source="Bank",
        by=make_user(),
    )
    loan.refresh_from_db()
    training.refresh_from_db()
    assert (loan.status, training.status) == ("answered", "open")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "wealth"}, "kind"),
        ({"on": timezone.localdate() + timedelta(days=1)}, "on"),
        ({"source": ""}, "source"),
    ],
)
def test_impossible_outcomes_are_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        record(make_enrollment(), **{"by": make_user()} | wrong)  # type: ignore[arg-type]  # mixed values
    assert refusal.value.field == field
