"""Names of the coded reasons kept on moves."""

from enrollment.models import DeclineReason, Referral, ReferralMove, WithdrawalReason


def reason_names(move: ReferralMove) -> dict[str, str]:
    """The reason of a move in every language it has; its code alone where the list lost it."""
    model = DeclineReason if move.to_status == Referral.Status.DECLINED else WithdrawalReason
    row = model.objects.filter(code=move.reason).first()
    return row.names if row else {"en": move.reason}
