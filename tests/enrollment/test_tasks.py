from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.models import Cohort, Enrollment, Referral
from enrollment.tasks import fail_overdue_enrollments, lapse_holds
from tests.enrollment.factories import make_accepted_referral, make_cohort, make_enrollment

pytestmark = pytest.mark.django_db


def test_sweep_lets_lapsed_holds_go_and_others_stay() -> None:
    cohort = make_cohort()
    lapsed, held = (make_accepted_referral(cohort=cohort) for _ in range(2))
    Referral.objects.filter(pk=lapsed.pk).update(hold_until=timezone.localdate() - timedelta(days=1))
    assert lapse_holds() == 1
    assert lapse_holds() == 0
    assert Referral.objects.get(pk=lapsed.pk).status == "lapsed"
    assert Referral.objects.get(pk=held.pk).status == "accepted"


def test_sweep_fails_who_did_not_finish_in_time() -> None:
    overdue, in_time = make_enrollment(), make_enrollment()
    today = timezone.localdate()
    for enrollment, days in ((overdue, 15), (in_time, 14)):
        ended = today - timedelta(days=days)
        Cohort.objects.filter(pk=enrollment.cohort_id).update(starts_on=ended, ends_on=ended)
    assert fail_overdue_enrollments() == 1
    assert fail_overdue_enrollments() == 0
    assert Enrollment.objects.get(pk=overdue.pk).status == "failed"
    assert Enrollment.objects.get(pk=in_time.pk).status == "active"
