"""Residents sent to providers."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Mahalla, Membership, Organization, Person, Region, User
from base.models import Record
from courses.models import Course
from enrollment.models.cohorts import ANSWERING, Cohort
from enrollment.models.households import Resident, Wish
from enrollment.models.lookups import HouseholdCategory

FOLLOWING = (
    Membership.Role.ASSISTANT,
    Membership.Role.COUNTER,
    Membership.Role.SUPERVISOR,
    Membership.Role.AUDITOR,
)
"""Who follows, over a territory, what becomes of its residents."""


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: User) -> Self:
        """Keep those that the user works with, and the user's own."""
        own = Q(person_id=user.person_id) if user.person_id else Q(pk__in=[])
        return self.filter(_worked_with(user) | own)

    def worked_with_by(self, user: User) -> Self:
        """Keep those of the user's mahallas, and those submitted to the user's provider; the list of the pages."""
        return self.filter(_worked_with(user))


def _worked_with(user: User) -> Q:
    standing = user.standing
    made_to = Q(organization_id__in=standing.organizations(*ANSWERING)) & ~Q(status=Referral.Status.DRAFT)
    return standing.in_territory(*FOLLOWING, stored=True) | made_to


class Referral(Record):
    """A resident is sent to a provider for a course.

    Moves are made by enrollment.services.referral_moves.move alone, along its TRANSITIONS (design: Referral).
    Mahalla, category and gender are frozen when it is made; figures are counted by them. District and region are the
    mahalla's (`Mahalla.places`), and follow where that is put into another district.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for an answer")
        WAITLISTED = "waitlisted", _("On the waiting list")
        ACCEPTED = "accepted", _("Accepted, seat held")
        ENROLLED = "enrolled", _("Enrolled")
        COMPLETED = "completed", _("Completed")
        FAILED = "failed", _("Not completed")
        DROPPED = "dropped", _("Left the course")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Hold lapsed")

    OPEN = (
        Status.DRAFT,
        Status.SUBMITTED,
        Status.WAITLISTED,
        Status.ACCEPTED,
        Status.LAPSED,
        Status.ENROLLED,
    )

    SEATLESS = (Status.DRAFT, Status.SUBMITTED, Status.WAITLISTED, Status.LAPSED)
    """In these the resident waits for a seat."""

    class Door(models.TextChoices):
        ASSISTANT = "assistant", _("Assistant")
        COUNTER = "counter", _("Counter")
        SELF = "self", _("Own application")

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="referrals")
    person = models.ForeignKey(Person, models.PROTECT, related_name="referrals")
    course = models.ForeignKey(Course, models.PROTECT, related_name="referrals")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="referrals")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="referrals", null=True, blank=True)
    wish = models.ForeignKey(Wish, models.PROTECT, related_name="referrals", null=True, blank=True)
    mahalla = models.ForeignKey(Mahalla, models.PROTECT, related_name="referrals")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(HouseholdCategory, models.PROTECT, related_name="+")
    gender = models.CharField(max_length=6, choices=Person.Gender.choices, blank=True)
    door = models.CharField(max_length=10, choices=Door.choices, default=Door.ASSISTANT)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    note = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    submitted_at = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False, help_text="By when the provider is to answer.")
    seat_due_at = models.DateTimeField(null=True, editable=False, help_text="By when the resident is to have a seat.")
    answered_at = models.DateTimeField(null=True, editable=False, help_text="The first acceptance or refusal.")
    accepted_at = models.DateTimeField(null=True, editable=False, help_text="The first acceptance.")
    hold_until = models.DateField(null=True, editable=False)
    queued_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="Its place on the waiting list: the submission, brought forward by the WaitingWeights.",
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course"],
                condition=Q(status__in=["draft", "submitted", "waitlisted", "accepted", "lapsed", "enrolled"]),
                name="referral_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="referral_submitted_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="waitlisted") | Q(queued_at__isnull=False), name="referral_waitlisted_has_place"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="referral_of_organization"),
            models.Index(fields=["organization", "status", "-id"], name="referral_by_status"),
            models.Index(fields=["mahalla", "-id"], name="referral_of_mahalla"),
            models.Index(fields=["district", "-id"], name="referral_of_district"),
            models.Index(fields=["region", "-id"], name="referral_of_region"),
            models.Index(fields=["region", "status", "-id"], name="referral_of_region_by_status"),
            models.Index(fields=["submitted_at"], name="referral_submitted_at"),
            models.Index(fields=["cohort", "-id"], name="referral_of_cohort"),
            models.Index(fields=["updated_at", "id"], name="referral_updated_at"),
            models.Index(fields=["due_at", "id"], name="referral_answer_due", condition=Q(status="submitted")),
            models.Index(
                fields=["seat_due_at", "id"],
                name="referral_seat_due",
                condition=Q(status__in=["draft", "submitted", "waitlisted", "lapsed"]),
            ),
            models.Index(fields=["hold_until"], name="referral_lapsing", condition=Q(status="accepted")),
            models.Index(
                fields=["mahalla", "course"],
                name="referral_without_seat",
                condition=Q(status__in=["draft", "submitted", "waitlisted", "lapsed"]),
            ),
            models.Index(
                fields=["organization", "course", "queued_at", "submitted_at", "id"],
                name="referral_queue",
                condition=Q(status="waitlisted"),
            ),
            # The waiting lists of a provider's courses together, and those of a territory.
            models.Index(
                fields=["organization", "queued_at", "submitted_at", "id"],
                name="referral_waiting_there",
                condition=Q(status="waitlisted"),
            ),
            models.Index(
                fields=["queued_at", "submitted_at", "id"],
                name="referral_waiting",
                condition=Q(status="waitlisted"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.course_id}"


class ReferralMove(models.Model):
    """A referral went from one state to another; append-only."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, choices=Referral.Status.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=40, blank=True, help_text="Code of the decline or withdrawal reason.")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class ReferralReminder(models.Model):
    """Whoever is late with a referral was reminded that a clock of it has run out; once a clock."""

    class Clock(models.TextChoices):
        ANSWER = "answer", _("Not answered in time")
        SEAT = "seat", _("Without a seat for too long")

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="reminders")
    clock = models.CharField(max_length=6, choices=Clock.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "clock"], name="referralreminder_once")]

    def __str__(self) -> str:
        return f"{self.clock} of {self.referral_id}"
