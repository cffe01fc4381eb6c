"""Figures kept ready: rollups of referrals, wishes and learners, and the completion statistics of each day."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import District, Mahalla, Organization, Person, Region
from courses.models import Course
from enrollment.models import Cohort, HouseholdCategory
from reports.grains import CELL, GRAINS

OF_DISTRICTS = Q(grain__in=[code for code, grain in GRAINS.items() if grain.place == "district"])
OF_REGIONS = Q(grain__in=[code for code, grain in GRAINS.items() if grain.place in ("region", "")])
# A row of figures names what the rows behind it name and keep: a constraint would be checked a million times in vain.
OF_CELL: dict[str, Any] = {
    "on_delete": models.PROTECT,
    "related_name": "+",
    "null": True,
    "db_index": False,
    "db_constraint": False,
}


class Cell(models.Model):
    """One month × the dimensions of its grain (reports.grains); a dimension that the grain lacks is null.

    Null also where a source has no such dimension: wishes name no organization; learners without a referral no place,
    category or gender. A gender that nobody recorded is empty instead.
    """

    grain = models.CharField(max_length=24, choices=[(code, code) for code in GRAINS])
    month = models.DateField(help_text="The first day of the month of submission (wishes: said, learners: enrolled).")
    region = models.ForeignKey(Region, **OF_CELL)
    district = models.ForeignKey(District, **OF_CELL)
    mahalla = models.ForeignKey(Mahalla, **OF_CELL)
    organization = models.ForeignKey(Organization, **OF_CELL)
    course = models.ForeignKey(Course, **OF_CELL)
    category = models.ForeignKey(HouseholdCategory, **OF_CELL)
    gender = models.CharField(max_length=6, choices=Person.Gender.choices, null=True)

    class Meta:
        abstract = True
        # A row stands in the one index by which its grain is read.
        indexes = [
            models.Index(fields=["grain", "region", "month"], name="%(class)s_region", condition=OF_REGIONS),
            models.Index(fields=["grain", "district", "month"], name="%(class)s_district", condition=OF_DISTRICTS),
            models.Index(
                fields=["mahalla", "grain", "month"], name="%(class)s_mahalla", condition=Q(mahalla__isnull=False)
            ),
            models.Index(fields=["month"], name="%(class)s_nowhere", condition=Q(grain=CELL, mahalla=None)),
            models.Index(
                fields=["organization", "month"],
                name="%(class)s_provider",
                condition=Q(grain=CELL, organization__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grain} {self.month}"


class Rollup(Cell):
    """How many came how far; design: "How figures are counted"."""

    wished = models.PositiveIntegerField(db_default=0)
    referred = models.PositiveIntegerField(db_default=0)
    accepted = models.PositiveIntegerField(db_default=0)
    enrolled = models.PositiveIntegerField(db_default=0)
    active = models.PositiveIntegerField(db_default=0)
    completed = models.PositiveIntegerField(db_default=0)
    failed = models.PositiveIntegerField(db_default=0)
    dropped = models.PositiveIntegerField(db_default=0)
    certified = models.PositiveIntegerField(db_default=0)
    employed = models.PositiveIntegerField(db_default=0)


class AnswerDays(Cell):
    """How many referrals were answered after so many whole days: one bar of the histogram of a cell."""

    days = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()


class DueCount(models.Model):
    """Something changed that figures count; written with the change, deleted once it is counted again."""

    class Kind(models.TextChoices):
        REFERRAL = "referral"
        ENROLLMENT = "enrollment"
        OUTCOME = "outcome"
        WISH = "wish"
        COHORT = "cohort"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class RollupState(models.Model):
    """The one row that is held locked while figures are counted; it says when they last were."""

    counted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"counted at {self.counted_at:%Y-%m-%d %H:%M:%S}"


class CompletionStatistics(models.Model):
    """How far the learners of a course, or of one cohort of it, were at the end of a day; frozen in the night after."""

    on = models.DateField()
    course = models.ForeignKey(Course, models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="+", null=True, help_text="Null: the whole course.")
    enrolled = models.PositiveIntegerField()
    active = models.PositiveIntegerField()
    completed = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    dropped = models.PositiveIntegerField()
    certified = models.PositiveIntegerField()
    progress = models.FloatField(help_text="The mean of the learners' progress, 0 to 1.")
    attendance = models.FloatField(help_text="The mean of their attendance shares, 0 to 1.")
    grade = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="The mean of those graded.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "on"], name="completionstatistics_cohort_once"),
            models.UniqueConstraint(
                fields=["course", "on"], condition=Q(cohort=None), name="completionstatistics_course_once"
            ),
        ]
        indexes = [
            models.Index(fields=["on", "-id"], name="completionstatistics_of_day", condition=Q(cohort=None)),
            models.Index(
                fields=["course", "on", "-id"],
                name="completionstatistics_of_groups",
                condition=Q(cohort__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort or self.course} on {self.on}"

    @property
    def progress_percent(self) -> float:
        return self.progress * 100

    @property
    def attendance_percent(self) -> float:
        return self.attendance * 100
