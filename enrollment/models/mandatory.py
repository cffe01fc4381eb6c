"""What civil servants must learn, by which rule, and how far they are with it."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Employment, Membership, Organization, Person, PostCategory, User
from base.models import Record
from courses.models import Course
from enrollment.deadlines import Schedule
from enrollment.models.enrollments import Enrollment
from enrollment.models.lookups import ExemptionReason

RULING = (Membership.Role.ACADEMY_ADMIN, Membership.Role.STAFF_MANAGER)
"""Who makes rules: an academy for every employer, a staff manager for the own ones."""


STARTABLE = timedelta(days=183)
"""How long before its deadline a course can be taken again."""


class TrainingRuleQuerySet(models.QuerySet["TrainingRule"]):
    def in_force(self, day: date | None = None) -> Self:
        day = day or timezone.localdate()
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)

    def concerning(self, organizations: set[int]) -> Self:
        """Keep those that may bind the staff of these organizations: rules for all, for them, for what is above."""
        return self.filter(_concerns(organizations))

    def visible_to(self, user: User) -> Self:
        """Keep the own ones, and for a staff manager those of others that bind own staff."""
        seen = Q(issuer__in=user.standing.organizations(*RULING))
        if employers := user.standing.organizations(Membership.Role.STAFF_MANAGER):
            seen |= _concerns(employers)
        return self.filter(seen)


class TrainingRule(Record):
    """Holders of certain posts at certain employers must take a course: once, at an interval, or by a calendar day.

    It binds the employers named and all units below them (none named: every employer), and the post categories named
    (none: every post), from `valid_from` up to, not including, `valid_until`. What it asks never changes: a rule is
    ended and another made.
    """

    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="training_rules")
    course = models.ForeignKey(Course, models.PROTECT, related_name="training_rules")
    basis = models.CharField(max_length=300, blank=True, help_text="The act that it rests on.")
    employers = models.ManyToManyField(Organization, related_name="+", blank=True)
    categories = models.ManyToManyField(PostCategory, related_name="+", blank=True)
    within_days = models.PositiveIntegerField(null=True, help_text="From the appointment to the first deadline.")
    every_months = models.PositiveSmallIntegerField(null=True)
    every_years = models.PositiveSmallIntegerField(null=True)
    by_month = models.PositiveSmallIntegerField(default=12, validators=[MinValueValidator(1), MaxValueValidator(12)])
    by_day = models.PositiveSmallIntegerField(default=31, validators=[MinValueValidator(1), MaxValueValidator(31)])
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    applied_at = models.DateTimeField(null=True, help_text="Null: who it binds is still to be worked out.")

    objects = TrainingRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="trainingrule_one_schedule",
                condition=Q(every_months=None) & (Q(every_years__gt=0) | Q(every_years=None, within_days__isnull=False))
                | Q(every_years=None, every_months__gt=0),
            ),
            models.CheckConstraint(
                name="trainingrule_dates_in_order",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "-id"], name="trainingrule_of_issuer"),
            models.Index(fields=["id"], name="trainingrule_due", condition=Q(applied_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.course} ({self.issuer.code})"

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.within_days, self.every_months, self.every_years, (self.by_month, self.by_day))

    def is_in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class TrainingAssignmentQuerySet(models.QuerySet["TrainingAssignment"]):
    def visible_to(self, user: User) -> Self:
        """Keep the user's own, those of own staff, and those by the rules of the user's academy."""
        own = Q(person_id=user.person_id) if user.person_id else Q(pk__in=[])
        return self.filter(own | _managed(user))

    def managed_by(self, user: User) -> Self:
        """Keep those of own staff, and those by the rules of the user's academy."""
        return self.filter(_managed(user))

    def pending(self) -> Self:
        return self.filter(status__in=TrainingAssignment.PENDING)

    def startable(self) -> Self:
        """Keep those whose course may be begun now, also by whoever has taken it before."""
        return self.pending().filter(due_on__lte=timezone.localdate() + STARTABLE)


class TrainingAssignment(Record):
    """A person must have taken a rule's course by a day; each time that it is due again is a further row.

    Moves (enrollment.services.mandatory.TRANSITIONS): due → started → met | exempt | ended. `organization` and
    `employment` are those by which the rule binds now (when it ended: bound last).
    """

    class Status(models.TextChoices):
        DUE = "due", _("To take")
        STARTED = "started", _("Begun")
        MET = "met", _("Taken")
        EXEMPT = "exempt", _("Exempt")
        ENDED = "ended", _("No longer asked")

    PENDING = (Status.DUE, Status.STARTED)
    OPEN = (*PENDING, Status.EXEMPT)

    rule = models.ForeignKey(TrainingRule, models.PROTECT, related_name="assignments")
    course = models.ForeignKey(Course, models.PROTECT, related_name="training_assignments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="training_assignments")
    employment = models.ForeignKey(Employment, models.PROTECT, related_name="training_assignments")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    issuer = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, help_text="The rule's, which never changes."
    )
    cycle = models.PositiveIntegerField(default=1)
    due_on = models.DateField(help_text="The last day.")
    status = models.CharField(max_length=8, choices=Status.choices)
    met_on = models.DateField(null=True)
    enrollment = models.ForeignKey(
        Enrollment, models.PROTECT, related_name="+", null=True, help_text="By whose completion it was met."
    )

    objects = TrainingAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "person", "cycle"], name="trainingassignment_cycle_once"),
            models.UniqueConstraint(
                fields=["rule", "person"],
                condition=Q(status__in=["due", "started", "exempt"]),
                name="trainingassignment_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(status="met") | Q(met_on__isnull=False, enrollment__isnull=False),
                name="trainingassignment_met_by_enrollment",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "due_on", "id"], name="trainingassignment_of_staff"),
            models.Index(fields=["issuer", "due_on", "id"], name="trainingassignment_of_issuer"),
            # What is asked now, which is what both look at; and what is in one state.
            models.Index(
                fields=["organization", "due_on", "id"],
                name="trainingassignment_staff_open",
                condition=Q(status__in=["due", "started", "exempt"]),
            ),
            models.Index(
                fields=["issuer", "due_on", "id"],
                name="trainingassignment_issuer_open",
                condition=Q(status__in=["due", "started", "exempt"]),
            ),
            models.Index(fields=["organization", "status", "due_on", "id"], name="trainingassignment_staff_state"),
            models.Index(fields=["issuer", "status", "due_on", "id"], name="trainingassignment_issuerstate"),
            models.Index(fields=["rule", "due_on", "id"], name="trainingassignment_of_rule"),
            models.Index(fields=["person", "-id"], name="trainingassignment_of_person"),
            models.Index(
                fields=["due_on", "id"],
                name="trainingassignment_pending",
                condition=Q(status__in=["due", "started"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.course_id} by {self.due_on}"

    @property
    def is_overdue(self) -> bool:
        return self.status in self.PENDING and self.due_on < timezone.localdate()

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class TrainingAssignmentMove(models.Model):
    """An assignment went from one state to another; append-only."""

    assignment = models.ForeignKey(TrainingAssignment, models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=8, blank=True)
    to_status = models.CharField(max_length=8, choices=TrainingAssignment.Status.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, help_text="Null: the rule itself."
    )
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class TrainingExemption(Record):
    """An assignment need not be met, for a reason, from a day up to, not including, a day (null: without end)."""

    assignment = models.ForeignKey(TrainingAssignment, models.PROTECT, related_name="exemptions")
    reason = models.ForeignKey(ExemptionReason, models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="trainingexemption_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.reason}"


class TrainingReminder(models.Model):
    """Somebody was told of a deadline, once for each stage."""

    class Stage(models.TextChoices):
        MONTH = "month", _("30 days before")
        WEEK = "week", _("7 days before")
        OVERDUE = "overdue", _("Overdue")

    assignment = models.ForeignKey(TrainingAssignment, models.PROTECT, related_name="reminders")
    stage = models.CharField(max_length=8, choices=Stage.choices)
    due_on = models.DateField(help_text="The deadline that it spoke of.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "stage", "due_on"], name="trainingreminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.stage}"


class TrainingCheck(models.Model):
    """What a person must learn is to be worked out again; written with the change, deleted once that is done."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.person_id}"


def _concerns(organizations: set[int]) -> Q:
    above = Organization.objects.with_parents(organizations)
    named = TrainingRule.employers.through.objects.filter(trainingrule=models.OuterRef("pk"))
    return ~Q(models.Exists(named)) | Q(models.Exists(named.filter(organization__in=above)))


def _managed(user: User) -> Q:
    standing = user.standing
    managed = Q(organization__in=standing.organizations(Membership.Role.STAFF_MANAGER))
    if academies := standing.organizations(Membership.Role.ACADEMY_ADMIN):
        managed |= Q(issuer__in=academies)
    return managed
