"""Look-up tables that platform admins edit."""

from django.contrib import admin

from accounts.admin import AuditedAdmin
from enrollment.models import DeclineReason, ExemptionReason, Holiday, HouseholdCategory, OutcomeKind, WithdrawalReason


@admin.register(HouseholdCategory, DeclineReason, WithdrawalReason, OutcomeKind, ExemptionReason, Holiday)
class LookupAdmin(AuditedAdmin):
    """Dated rows: what no longer holds gets an end, and is never deleted."""

    list_display = ("code", "name", "valid_from", "valid_until")
    search_fields = ("code",)
