"""A district's training plan for a season: its road map."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Membership, Organization, Profession, User
from base.models import Record
from courses.models import Course
from enrollment.models.cohorts import ANSWERING

OVERSEEING = (Membership.Role.SUPERVISOR, Membership.Role.AUDITOR)
YEARS = [MinValueValidator(2020), MaxValueValidator(2100)]


def _overseen(user: User, path: str) -> Q:
    """Rows whose district, at `path`, the user looks over."""
    standing = user.standing
    if not standing.republic.isdisjoint(OVERSEEING):
        return ~Q(pk__in=[])
    districts, regions = standing.districts(*OVERSEEING), standing.regions(*OVERSEEING)
    return Q(**{f"{path}__in": districts}) | Q(**{f"{path}__region__in": regions})


class TrainingPlanQuerySet(models.QuerySet["TrainingPlan"]):
    def visible_to(self, user: User) -> Self:
        """Keep those of the user's territory, and, once agreed, those with a line of the user or of own provider."""
        lines = PlanLine.objects.filter(_of_own(user)).values("plan")
        return self.filter(_overseen(user, "district") | Q(pk__in=lines) & ~Q(status=TrainingPlan.Status.DRAFT))


class TrainingPlan(Record):
    """What a district sets out to teach in half a year: lines with a target, an owner and a day.

    Moves (reports.services.plans.TRANSITIONS): draft → agreed → closed. Lines of an agreed plan change with a reason
    alone; closing writes down what they reached.
    """

    class Season(models.TextChoices):
        FIRST = "first", _("January to June")
        SECOND = "second", _("July to December")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        AGREED = "agreed", _("Agreed")
        CLOSED = "closed", _("Closed")

    district = models.ForeignKey(District, models.PROTECT, related_name="training_plans")
    year = models.PositiveSmallIntegerField(validators=YEARS)
    season = models.CharField(max_length=6, choices=Season.choices)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.DRAFT)

    objects = TrainingPlanQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "year", "season"], name="trainingplan_once")]
        indexes = [models.Index(fields=["-year", "-season", "-id"], name="trainingplan_latest")]

    def __str__(self) -> str:
        return f"{self.district_id} {self.year} {self.season}"

    @property
    def starts_on(self) -> date:
        return date(self.year, 1 if self.season == self.Season.FIRST else 7, 1)

    @property
    def ends_on(self) -> date:
        """The last day."""
        return date(self.year, 6, 30) if self.season == self.Season.FIRST else date(self.year, 12, 31)

    @property
    def day_after(self) -> date:
        return self.ends_on + timedelta(days=1)


class PlanMove(models.Model):
    """A plan went from one state to another; append-only."""

    plan = models.ForeignKey(TrainingPlan, models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=6, blank=True)
    to_status = models.CharField(max_length=6, choices=TrainingPlan.Status.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


def _of_own(user: User) -> Q:
    return Q(owner=user) | Q(organization__in=user.standing.organizations(*ANSWERING))


class PlanLineQuerySet(models.QuerySet["PlanLine"]):
    def visible_to(self, user: User) -> Self:
        """Keep those of plans of the user's territory, and, once agreed, those of the user or the user's provider."""
        agreed = ~Q(plan__status=TrainingPlan.Status.DRAFT)
        return self.filter(_overseen(user, "plan__district") | _of_own(user) & agreed)


class PlanLine(Record):
    """So many residents are to be taught an occupation by a day, and somebody answers for it.

    Without a course or provider it is any that leads there. The figures that it reached stand here once the plan is
    closed, and are counted until then.
    """

    plan = models.ForeignKey(TrainingPlan, models.PROTECT, related_name="lines")
    profession = models.ForeignKey(Profession, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="+", null=True, blank=True)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="plan_lines", null=True, blank=True)
    target = models.PositiveIntegerField(help_text="People to be enrolled; 0: given up, after the plan was agreed.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="plan_lines")
    due_on = models.DateField(help_text="The last day.")
    note = models.CharField(max_length=500, blank=True)
    referred = models.PositiveIntegerField(null=True, editable=False)
    enrolled = models.PositiveIntegerField(null=True, editable=False)
    completed = models.PositiveIntegerField(null=True, editable=False)
    employed = models.PositiveIntegerField(null=True, editable=False)

    objects = PlanLineQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "plan",
                "profession",
                Coalesce("course_id", 0),
                Coalesce("organization_id", 0),
                name="planline_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.profession_id}: {self.target}"


class PlanLineChange(models.Model):
    """A line of an agreed plan was added or changed, for a reason; append-only."""

    line = models.ForeignKey(PlanLine, models.PROTECT, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=500)
    was = models.JSONField(help_text="The fields that changed as they were, by name; nothing of a line that was added.")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="planlinechange_has_reason")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.reason}"
