"""Households, who lives in them, and what they wish."""

from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Mahalla, Membership, Person, Profession, User
from base.models import Record
from courses.models import Course
from enrollment.models.lookups import HouseholdCategory

HOLDING = (Membership.Role.ASSISTANT, Membership.Role.COUNTER, Membership.Role.AUDITOR)
"""Who sees what is written down in a territory."""
RowInMahalla = TypeVar("RowInMahalla", "Household", "Resident", "Wish")


class InMahallaQuerySet(models.QuerySet[RowInMahalla]):
    """Rows that belong to a mahalla: seen by who works for it, at the counter of its district, or audits it."""

    def visible_to(self, user: User) -> Self:
        return self.filter(user.standing.in_territory(*HOLDING))


class Household(Record):
    """A home in a mahalla, with a category that has a history."""

    mahalla = models.ForeignKey(Mahalla, models.PROTECT, related_name="households")
    category = models.ForeignKey(HouseholdCategory, models.PROTECT, related_name="households")
    address = models.CharField(max_length=300, blank=True)
    external_id = models.CharField(max_length=100, unique=True, null=True, blank=True)

    objects = InMahallaQuerySet["Household"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["mahalla", "-id"], name="household_of_mahalla"),
            models.Index(fields=["mahalla", "address"], name="household_at_address"),
            models.Index(fields=["updated_at", "id"], name="household_updated_at"),
        ]

    def __str__(self) -> str:
        return self.address or str(self.uuid)


class HouseholdCategoryPeriod(models.Model):
    """A household stood in a category from a day until a day."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="category_periods")
    category = models.ForeignKey(HouseholdCategory, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["household"], condition=Q(ends_on=None), name="categoryperiod_one_current")
        ]

    def __str__(self) -> str:
        return f"{self.category} from {self.starts_on}"


class Resident(Record):
    """A person lives in a household, from a day until a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="residencies")
    household = models.ForeignKey(Household, models.PROTECT, related_name="residents")
    mahalla = models.ForeignKey(Mahalla, models.PROTECT, related_name="residents", help_text="The household's.")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")

    objects = InMahallaQuerySet["Resident"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["mahalla", "-id"], name="resident_of_mahalla"),
            models.Index(fields=["updated_at", "id"], name="resident_updated_at"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ends_on=None), name="resident_one_home"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="resident_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.person.name


class Wish(Record):
    """ "This resident wants this profession or help", said on a day.

    Moves (enrollment.services.wishes.TRANSITIONS): open ⇄ answered, open → withdrawn.
    """

    class Kind(models.TextChoices):
        TRAINING = "training", _("Training")
        ENTREPRENEURSHIP = "entrepreneurship", _("Own business")
        SUBSIDY = "subsidy", _("Subsidy")
        LOAN = "loan", _("Loan")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="wishes")
    mahalla = models.ForeignKey(Mahalla, models.PROTECT, related_name="wishes", help_text="Frozen: where it was said.")
    category = models.ForeignKey(HouseholdCategory, models.PROTECT, related_name="+", help_text="Frozen likewise.")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    profession = models.ForeignKey(Profession, models.PROTECT, related_name="wishes", null=True, blank=True)
    course = models.ForeignKey(Course, models.PROTECT, related_name="wishes", null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    said_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = InMahallaQuerySet["Wish"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["mahalla", "-id"], name="wish_of_mahalla"),
            models.Index(fields=["said_on"], name="wish_said_on"),
            models.Index(
                fields=["mahalla", "profession"],
                name="wish_open_for_training",
                condition=Q(status="open", kind="training"),
            ),
            models.Index(fields=["updated_at", "id"], name="wish_updated_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.said_on}"
