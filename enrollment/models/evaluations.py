"""What learners say of a cohort at its end, without names."""

import uuid

from django.db import models

from accounts.models.territory import DatedQuerySet
from enrollment.models.cohorts import Cohort
from enrollment.models.lookups import Lookup


class EvaluationQuestion(Lookup):
    """A sentence with which learners agree from 1 (not at all) to 5 (fully)."""

    objects = DatedQuerySet["EvaluationQuestion"].as_manager()

    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]


class Evaluation(models.Model):
    """What one learner said of a cohort.

    It carries no name, no time and no number in sequence, so that nobody can tell whose it is; that somebody has
    answered is written on the enrollment alone (`evaluated_on`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="evaluations")
    ratings = models.JSONField(help_text="From 1 to 5, by the code of the question.")
    text = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return f"of {self.cohort_id}"
