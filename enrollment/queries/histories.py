"""What happened to a referral, an enrollment or a mandatory course, in words for a time line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from base.templatetags.marks import STATES
from enrollment.models import (
    DeclineReason,
    EnrollmentMove,
    ExemptionReason,
    Referral,
    ReferralMove,
    TrainingAssignmentMove,
    WithdrawalReason,
)

Move = ReferralMove | EnrollmentMove | TrainingAssignmentMove


@dataclass(frozen=True)
class Event:
    """One entry of components/timeline.html."""

    at: datetime
    title: str
    by: str
    text: str
    tone: str
    icon: str


class Reasons:
    """Names of coded reasons, read once for many moves and only if one of them has a reason."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, str]] = {}

    def name(self, move: Move) -> str:
        """The reason of a move in the reader's language; its code alone where the list lost it."""
        if not move.reason:
            return ""
        model = (
            ExemptionReason
            if isinstance(move, TrainingAssignmentMove)
            else DeclineReason
            if move.to_status == Referral.Status.DECLINED
            else WithdrawalReason
        )
        if model.__name__ not in self._names:
            self._names[model.__name__] = {row.code: row.name for row in model.objects.all()}
        return self._names[model.__name__].get(move.reason, move.reason)


def events_of(moves: Sequence[Move], reasons: Reasons) -> list[Event]:
    """The moves of one row, the latest first, each with who made it (`by__person` read with it) and why."""
    return [
        Event(
            at=move.at,
            title=str(move.get_to_status_display()),
            by=move.by.name if move.by else "",
            text=". ".join(part for part in (reasons.name(move), move.note) if part),
            tone=STATES.get(move.to_status, ("neutral", "circle-dot"))[0],
            icon=STATES.get(move.to_status, ("neutral", "circle-dot"))[1],
        )
        for move in sorted(moves, key=lambda move: move.pk, reverse=True)
    ]
