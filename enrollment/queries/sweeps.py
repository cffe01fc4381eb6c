"""What the periodic tasks find due."""

from datetime import date

from django.utils import timezone

from enrollment.models import Enrollment, Referral

AT_A_TIME = 1_000


def lapsed_holds() -> list[int]:
    """Ids of accepted referrals whose last day of hold has passed (index referral_lapsing)."""
    rows = Referral.objects.filter(status=Referral.Status.ACCEPTED, hold_until__lt=timezone.localdate())
    return list(rows.order_by("hold_until").values_list("pk", flat=True)[:AT_A_TIME])


def overdue_enrollments(*, ended_before: date) -> list[int]:
    """Ids of active enrollments in cohorts whose last day lies before a day."""
    rows = Enrollment.objects.filter(status=Enrollment.Status.ACTIVE, cohort__ends_on__lt=ended_before)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])
