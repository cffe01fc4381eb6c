"""What is wanted and what is offered, kept by occupation and place."""

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import District, Profession, Region


class Supply(models.Model):
    """How much training in one occupation (null: in none that is named) is wanted and offered in one place now.

    A row of the level `district` is counted from the rows themselves, one of a region or the republic is the sum of
    those; in each of them `lacking` is worked out anew, since seats in one district serve the next one too. With
    `is_total` it sums up all occupations of its place.
    """

    class Level(models.TextChoices):
        DISTRICT = "district"
        REGION = "region"
        REPUBLIC = "republic"

    level = models.CharField(max_length=8, choices=Level.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", null=True, db_index=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", null=True, db_index=False)
    profession = models.ForeignKey(Profession, models.PROTECT, related_name="+", null=True, db_index=False)
    is_total = models.BooleanField(default=False)
    wishes = models.PositiveIntegerField(default=0, help_text="Open wishes for training.")
    waiting = models.PositiveIntegerField(default=0, help_text="Referrals on waiting lists.")
    seatless = models.PositiveIntegerField(
        default=0,
        help_text="Open wishes without a seat held, and referrals without a seat that name no open wish.",
    )
    free = models.PositiveIntegerField(default=0, help_text="Free seats of groups that take learners.")
    planned = models.PositiveIntegerField(default=0, help_text="Seats of groups that are not published yet.")
    unlimited = models.PositiveIntegerField(default=0, help_text="Such groups without a limit of seats.")
    lacking = models.PositiveIntegerField(default=0, help_text="Those without a seat, less seats free and planned.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "level",
                *(Coalesce(f"{name}_id", 0) for name in ("region", "district", "profession")),
                "is_total",
                name="supply_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["level", "region", "-lacking", "-seatless", "-id"],
                name="supply_of_region",
                condition=models.Q(is_total=False),
            ),
            models.Index(
                fields=["district", "-lacking", "-seatless", "-id"],
                name="supply_of_district",
                condition=models.Q(is_total=False, district__isnull=False),
            ),
            models.Index(fields=["profession", "level"], name="supply_of_profession"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.district_id or self.region_id or ''} {self.profession_id or ''}"


class SupplyDue(models.Model):
    """What a district wants or offers has changed; deleted once it is counted again."""

    district = models.OneToOneField(District, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.district_id}"
