"""The territory by its state codes: republic, region, district, mahalla."""

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from base.languages import LocalizedField, localized

DatedRow = TypeVar("DatedRow", bound="Dated")


class DatedQuerySet(models.QuerySet[DatedRow]):
    def valid_on(self, day: date) -> Self:
        """Keep the rows that are in force on `day`."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gt=day))


class Dated(models.Model):
    """A row of a list that changes with time: what left the list stays readable, and is no longer offered.

    In force from `valid_from` (null: always was) up to, not including, `valid_until` (null: no end).
    """

    code = models.CharField(max_length=40, unique=True)
    names = LocalizedField()
    search_key = models.CharField(max_length=400, blank=True, editable=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return localized(self.names)


class Region(Dated):
    """One of the 14 regions, by its SOATO code of 4 digits."""

    iso_code = models.CharField(max_length=5, blank=True, help_text="ISO 3166-2, such as UZ-SA.")

    objects = DatedQuerySet["Region"].as_manager()

    class Meta:
        ordering = ["code"]


class District(Dated):
    """A district or a city of regional rank, by its SOATO code of 7 digits."""

    class Kind(models.TextChoices):
        DISTRICT = "district"
        CITY = "city"

    region = models.ForeignKey(Region, models.PROTECT, related_name="districts")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    objects = DatedQuerySet["District"].as_manager()

    class Meta:
        ordering = ["code"]


class Mahalla(Dated):
    """A mahalla, by its MFY code of 8 characters; names repeat, so it is always shown with its district."""

    class Match(models.TextChoices):
        HIGH = "high"
        MEDIUM = "medium"
        LOW = "low"

    district = models.ForeignKey(District, models.PROTECT, related_name="mahallas")
    district_match = models.CharField(
        max_length=6,
        choices=Match.choices,
        help_text="How surely the list's mahalla belongs to this district.",
    )

    objects = DatedQuerySet["Mahalla"].as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["district", "search_key"], name="mahalla_search")]

    @property
    def places(self) -> dict[str, int]:
        """Itself, its district and its region, as rows keep them that are listed by all three."""
        return {"mahalla_id": self.pk, "district_id": self.district_id, "region_id": self.district.region_id}

    @property
    def full_name(self) -> str:
        """Region › district › mahalla."""
        return f"{self.district.region.name} › {self.district.name} › {self.name}"
