"""What follows from news of the apps below."""

from datetime import timedelta
from typing import Any

from django.dispatch import receiver

from courses.signals import captions_changed
from enrollment.models import Cohort
from enrollment.signals import cohort_copied
from learning.services.release import copy_dates
from learning.services.search import index_film


@receiver(captions_changed)
def search_captions(video_id: int, **kwargs: Any) -> None:
    """What a film says is found, or found no more, at once."""
    index_film(video_id)


@receiver(cohort_copied)
def copy_dates_along(cohort: Cohort, source: Cohort, shift: timedelta, **kwargs: Any) -> None:
    """The copy of a group has its dates of lessons and times of quizzes so much later."""
    copy_dates(source, cohort, shift=shift)
