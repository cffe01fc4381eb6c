"""Where learners were before: the history of moves between cohorts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enrollment.models.cohorts import Cohort
from enrollment.models.enrollments import Enrollment


class CohortTransfer(models.Model):
    """An enrollment went from one cohort to another of the same course version, with all that was reached."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="transfers")
    from_cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="+")
    to_cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(from_cohort=F("to_cohort")), name="cohorttransfer_to_another")
        ]

    def __str__(self) -> str:
        return f"{self.from_cohort_id} → {self.to_cohort_id}"
