"""When and where the classes of cohorts are held."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.models.territory import DatedQuerySet
from base.models import Record
from courses.models import Lesson
from enrollment.models.cohorts import TEACHING, Cohort
from enrollment.models.enrollments import Enrollment
from enrollment.models.lookups import Lookup

LONGEST = timedelta(hours=12)
"""No class lasts longer, so what overlaps a time begins at most this long before it."""


class Weekday(models.IntegerChoices):
    """The days of the week as `date.weekday()` counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Holiday(Lookup):
    """Days off by law, from `valid_from` up to, not including, `valid_until`: a weekly pattern leaves them out."""

    objects = DatedQuerySet["Holiday"].as_manager()


class Room(Record):
    """A room of an organization, in which one class is held at a time."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=100)
    capacity = models.PositiveIntegerField(null=True, blank=True, help_text="Places; null: nobody counted them.")
    is_in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="room_name_once")]

    def __str__(self) -> str:
        return self.name


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> Self:
        """Keep the classes of providers where the user teaches or leads, and those of the user's own groups."""
        learns = Enrollment.objects.filter(cohort=OuterRef("cohort"), person=user.person_id or 0)
        learns = learns.exclude(status=Enrollment.Status.WITHDRAWN)
        return self.filter(Exists(learns) | Q(organization_id__in=user.standing.organizations(*TEACHING)))

    def standing(self) -> Self:
        """Keep what will be or was held: neither the class nor its group is cancelled."""
        return self.filter(cancelled_at=None).exclude(cohort__status=Cohort.Status.CANCELLED)

    def coming(self, now: datetime) -> Self:
        """Keep what is not over."""
        return self.filter(starts_at__gt=now - LONGEST, ends_at__gt=now)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Keep what shares a moment with this time, whichever of the two encloses the other."""
        return self.filter(starts_at__lt=ends_at, starts_at__gt=starts_at - LONGEST, ends_at__gt=starts_at)


class Meeting(Record):
    """A class of a cohort at a time, in a room, with an instructor.

    A live class has its row here too, written by `live` and found by `live_uuid`, so that one table knows who is where.
    """

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="meetings")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, help_text="The cohort's, which never changes."
    )
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+", null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.ForeignKey(Room, models.PROTECT, related_name="meetings", null=True, blank=True)
    instructor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="meetings", null=True, blank=True
    )
    live_uuid = models.UUIDField(null=True, unique=True, editable=False)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["starts_at", "id"], name="meeting_in_order"),
            models.Index(fields=["organization", "starts_at", "id"], name="meeting_of_organization"),
            models.Index(fields=["cohort", "starts_at", "id"], name="meeting_of_cohort"),
            models.Index(fields=["room", "starts_at"], name="meeting_of_room"),
            models.Index(fields=["instructor", "starts_at"], name="meeting_of_instructor"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "starts_at"], condition=Q(cancelled_at=None), name="meeting_once"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_times_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.starts_at:%Y-%m-%d %H:%M}"
