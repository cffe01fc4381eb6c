"""Look-up tables that platform admins edit."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Model

from accounts.admin import AuditedAdmin
from enrollment import tasks
from enrollment.models import (
    DeclineReason,
    EvaluationQuestion,
    ExemptionReason,
    Holiday,
    HouseholdCategory,
    OutcomeKind,
    ReportReason,
    TimeLimit,
    WaitingWeight,
    WithdrawalReason,
)


@admin.register(
    HouseholdCategory,
    DeclineReason,
    WithdrawalReason,
    OutcomeKind,
    ExemptionReason,
    ReportReason,
    Holiday,
    EvaluationQuestion,
)
class LookupAdmin(AuditedAdmin):
    """Dated rows: what no longer holds gets an end, and is never deleted."""

    list_display: tuple[str, ...] = ("code", "name", "valid_from", "valid_until")
    search_fields = ("code",)


@admin.register(WaitingWeight)
class WaitingWeightAdmin(LookupAdmin):
    """What brings somebody forward on a waiting list; every list is put in order again after a change."""

    list_display = ("code", "name", "days", "at_most", "valid_from", "valid_until")

    def save_model(self, request: Any, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(tasks.rank_waiting.delay)


@admin.register(TimeLimit)
class TimeLimitAdmin(LookupAdmin):
    """The limits of the two clocks, by course; they hold for referrals made while they are in force."""

    list_display = ("code", "course", "answer_days", "seat_days", "valid_from", "valid_until")
