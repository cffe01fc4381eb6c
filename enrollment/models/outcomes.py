"""What happened after."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from base.models import Record
from enrollment.models.enrollments import Enrollment
from enrollment.models.lookups import OutcomeKind


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def visible_to(self, user: User) -> Self:
        """Keep those of the enrollments that the user may see."""
        return self.filter(enrollment__in=Enrollment.objects.visible_to(user))


class Outcome(Record):
    """What happened to a learner after training: a job, a business, land …

    Moves (enrollment.services.outcomes.TRANSITIONS): claimed → confirmed | contradicted. What an official records is
    confirmed by that; what a resident says waits for an official.
    """

    class Status(models.TextChoices):
        CLAIMED = "claimed", _("Claimed")
        CONFIRMED = "confirmed", _("Confirmed")
        CONTRADICTED = "contradicted", _("Contradicted")

    person = models.ForeignKey(Person, models.PROTECT, related_name="outcomes")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="outcomes", null=True, blank=True)
    kind = models.ForeignKey(OutcomeKind, models.PROTECT, related_name="outcomes")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.CLAIMED)
    on = models.DateField(help_text="When it began.")
    source = models.CharField(max_length=100, help_text="Who said so.")
    employer = models.CharField(max_length=200, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "kind", "on"], name="outcome_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="outcome_of_person"),
            models.Index(fields=["enrollment", "updated_at", "id"], name="outcome_updated_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.on}"
