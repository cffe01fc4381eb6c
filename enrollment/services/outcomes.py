"""What happened after training: said by a learner, or known to an official."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import InvalidInput
from base.lookup import named
from base.transitions import Transitions, check_move
from enrollment.models import Enrollment, Outcome, OutcomeKind, Wish
from enrollment.services.wishes import move_wish
from enrollment.signals import outcome_changed

Status = Outcome.Status

TRANSITIONS: Transitions = {
    "": frozenset({Status.CLAIMED, Status.CONFIRMED}),
    Status.CLAIMED: frozenset({Status.CONFIRMED, Status.CONTRADICTED}),
    Status.CONFIRMED: frozenset(),
    Status.CONTRADICTED: frozenset(),
}


@transaction.atomic
def record_outcome(
    enrollment: Enrollment,
    *,
    kind: str,
    on: date,
    source: str,
    employer: str = "",
    evidence: str = "",
    by: User,
) -> Outcome:
    """Write down what came of an enrollment; an official's word confirms it, a learner's own is a claim.

    The same kind on the same day again gives the outcome that stands, confirmed if an official says it now.
    Raises InvalidInput.
    """
    kind_row = named(OutcomeKind.objects.valid_on(timezone.localdate()), "kind", code=kind)
    if on > timezone.localdate():
        raise InvalidInput(_("What lies in the future is no outcome yet."), field="on")
    if not source.strip():
        raise InvalidInput(_("Say who said so."), field="source")
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment.pk)
    status = Status.CLAIMED if enrollment.person_id == by.person_id else Status.CONFIRMED
    outcome = Outcome.objects.filter(enrollment=enrollment, kind=kind_row, on=on).first()
    if outcome is None:
        outcome = Outcome(
            person_id=enrollment.person_id,
            enrollment=enrollment,
            kind=kind_row,
            status="",
            on=on,
            source=source,
            employer=employer,
            evidence=evidence,
            recorded_by=by,
        )
        _move(outcome, status, by=by)
    elif outcome.status == Status.CLAIMED and status == Status.CONFIRMED:
        _move(outcome, status, by=by)
    return outcome


@transaction.atomic
def confirm_outcome(outcome: Outcome, *, by: User) -> Outcome:
    """Confirm what a learner said. Raises IllegalMove."""
    return _settle(outcome, Status.CONFIRMED, by=by)


@transaction.atomic
def contradict_outcome(outcome: Outcome, *, by: User) -> Outcome:
    """Say that what a learner said is not so. Raises IllegalMove."""
    return _settle(outcome, Status.CONTRADICTED, by=by)


def _settle(outcome: Outcome, to: str, *, by: User) -> Outcome:
    outcome = Outcome.objects.select_for_update(of=("self",), no_key=True).select_related("kind").get(pk=outcome.pk)
    if outcome.status != to:
        _move(outcome, to, by=by)
    return outcome


def _move(outcome: Outcome, to: str, *, by: User) -> None:
    check_move(TRANSITIONS, outcome.status, to)
    outcome.status = to
    outcome.save()
    audit.record(f"outcome.{to}", outcome, by=by)
    if to == Status.CONFIRMED and outcome.kind.answers_wish:
        wishes = Wish.objects.filter(
            resident__person_id=outcome.person_id, kind=outcome.kind.answers_wish, status=Wish.Status.OPEN
        )
        for wish in wishes:
            move_wish(wish, Wish.Status.ANSWERED, by=by)
    outcome_changed.send(Outcome, outcome_id=outcome.pk)
