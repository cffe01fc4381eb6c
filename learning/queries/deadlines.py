"""When work is due: an extension, else the date of the group, else so many days after the group began."""

from datetime import datetime, time, timedelta
from math import ceil

from django.utils import timezone

from courses.models import AssignmentRules, Lesson
from enrollment.models import Enrollment
from learning.models import DueExtension, LessonDate
from learning.models.submissions import DAY


def due_at_for(enrollment: Enrollment, lesson: Lesson, rules: AssignmentRules) -> datetime | None:
    """When a learner's work is due; None: at no time."""
    if extension := DueExtension.objects.filter(enrollment=enrollment, lesson=lesson).first():
        return extension.due_at
    date = LessonDate.objects.filter(cohort=enrollment.cohort_id, lesson=lesson).first()
    if date and date.due_at:
        return date.due_at
    if rules.due_days is None:
        return None
    begun = enrollment.cohort.starts_on or timezone.localdate(enrollment.enrolled_at)
    return timezone.make_aware(datetime.combine(begun + timedelta(days=rules.due_days), time(23, 59)))


def days_late(handed_in_at: datetime, due_at: datetime | None) -> int:
    """Days begun after it was due."""
    return max(0, ceil((handed_in_at - due_at) / DAY)) if due_at else 0
