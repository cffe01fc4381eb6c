"""Figures kept ready: rollups of referrals, wishes and learners."""

from django.db import models

from accounts.models import Mahalla, Organization, Person
from courses.models import Course
from enrollment.models import HouseholdCategory


class Rollup(models.Model):
    """How many came how far: one month × mahalla × organization × course × category × gender.

    Wishes have no organization; learners without a referral have no mahalla, category or gender.
    `days_to_answer` counts answers by whole days waited: `{"0": 3, "1": 7}`.
    """

    month = models.DateField(help_text="The first day of the month of submission.")
    mahalla = models.ForeignKey(Mahalla, models.PROTECT, related_name="+", null=True)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", null=True)
    course = models.ForeignKey(Course, models.PROTECT, related_name="+", null=True)
    category = models.ForeignKey(HouseholdCategory, models.PROTECT, related_name="+", null=True)
    gender = models.CharField(max_length=6, choices=Person.Gender.choices, blank=True)
    wished = models.PositiveIntegerField(default=0)
    referred = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    enrolled = models.PositiveIntegerField(default=0)
    active = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    dropped = models.PositiveIntegerField(default=0)
    certified = models.PositiveIntegerField(default=0)
    employed = models.PositiveIntegerField(default=0)
    days_to_answer = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.month} {self.mahalla_id} {self.organization_id} {self.course_id}"
