"""What follows from news of the apps below."""

from datetime import timedelta
from typing import Any

from django.dispatch import receiver

from enrollment.models import Cohort
from enrollment.signals import cohort_copied
from learning.services.release import copy_dates


@receiver(cohort_copied)
def copy_dates_along(cohort: Cohort, source: Cohort, shift: timedelta, **kwargs: Any) -> None:
    """The copy of a group has its dates of lessons and times of quizzes so much later."""
    copy_dates(source, cohort, shift=shift)
