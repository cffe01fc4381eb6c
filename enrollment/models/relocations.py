"""Asking for a person who is known elsewhere."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Mahalla, Person, User
from base.models import Record
from enrollment.models.households import HOLDING, Household


class RelocationQuerySet(models.QuerySet["Relocation"]):
    def visible_to(self, user: User) -> Self:
        """Keep those of both sides: where the person is to live, and where the answer is given."""
        return self.filter(
            user.standing.in_territory(*HOLDING) | user.standing.in_territory(*HOLDING, path="household__mahalla")
        )


class Relocation(Record):
    """An official asks that a person who is known elsewhere be written down as a resident of a household here.

    Moves (enrollment.services.relocations.TRANSITIONS): asked → confirmed | refused | withdrawn. Whoever asked reads
    only what they wrote themselves, until it is confirmed.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked for")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    person = models.ForeignKey(Person, models.PROTECT, related_name="relocations")
    written_as = models.CharField(max_length=320, help_text="The name as whoever asked wrote it.")
    household = models.ForeignKey(Household, models.PROTECT, related_name="relocations", help_text="Where to.")
    mahalla = models.ForeignKey(
        Mahalla,
        models.PROTECT,
        related_name="relocations",
        help_text="Whose assistant or counter answers: that of the home, or of the household where there is no home.",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was refused.")

    objects = RelocationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["mahalla", "-id"], name="relocation_of_mahalla"),
            models.Index(fields=["household", "-id"], name="relocation_of_household"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "household"], condition=Q(status="asked"), name="relocation_asked_once"
            )
        ]

    def __str__(self) -> str:
        return self.written_as
