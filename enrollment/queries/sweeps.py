"""What the periodic tasks find due."""

from datetime import date, timedelta

from django.utils import timezone

from enrollment.models import Cohort, Enrollment, Referral

AT_A_TIME = 1_000


def lapsed_holds() -> list[int]:
    """Ids of accepted referrals whose last day of hold has passed (index referral_lapsing)."""
    rows = Referral.objects.filter(status=Referral.Status.ACCEPTED, hold_until__lt=timezone.localdate())
    return list(rows.order_by("hold_until").values_list("pk", flat=True)[:AT_A_TIME])


def overdue_enrollments(*, ended_before: date) -> list[int]:
    """Ids of active enrollments in cohorts whose last day lies before a day."""
    rows = Enrollment.objects.filter(status=Enrollment.Status.ACTIVE, cohort__ends_on__lt=ended_before)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])


def enrollments_to_ask(*, ended_within: timedelta) -> list[Enrollment]:
    """Active enrollments of cohorts that ended in the last days, whose learners can sign in and have not answered."""
    today = timezone.localdate()
    rows = Enrollment.objects.filter(
        status=Enrollment.Status.ACTIVE,
        evaluated_on=None,
        person__user__isnull=False,
        cohort__ends_on__range=(today - ended_within, today - timedelta(days=1)),
        cohort__status=Cohort.Status.PUBLISHED,
    )
    return list(rows.select_related("cohort__course").order_by("pk"))
