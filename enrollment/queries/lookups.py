"""The lists that laws change, and the names of the codes kept on moves."""

from enrollment.models import (
    DeclineReason,
    EvaluationQuestion,
    ExemptionReason,
    Holiday,
    HouseholdCategory,
    OutcomeKind,
    Referral,
    ReferralMove,
    ReportReason,
    WithdrawalReason,
)
from enrollment.models.lookups import Lookup

KINDS: dict[str, type[Lookup]] = {
    "household-categories": HouseholdCategory,
    "decline-reasons": DeclineReason,
    "withdrawal-reasons": WithdrawalReason,
    "outcome-kinds": OutcomeKind,
    "report-reasons": ReportReason,
    "exemption-reasons": ExemptionReason,
    "holidays": Holiday,
    "evaluation-questions": EvaluationQuestion,
}


def reason_names(move: ReferralMove) -> dict[str, str]:
    """The reason of a move in every language it has; its code alone where the list lost it."""
    model = DeclineReason if move.to_status == Referral.Status.DECLINED else WithdrawalReason
    row = model.objects.filter(code=move.reason).first()
    return row.names if row else {"en": move.reason}
