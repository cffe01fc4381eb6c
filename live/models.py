"""Classes taught in real time, what was said in them, and who was there."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.models import Record
from courses.models import Lesson
from enrollment.models import Cohort, Enrollment


class LiveSession(Record):
    """A scheduled class of one cohort in one live lesson.

    Moves (live.services.sessions.TRANSITIONS): scheduled → live → ended, scheduled → cancelled.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        LIVE = "live", _("On now")
        ENDED = "ended", _("Ended")
        CANCELLED = "cancelled", _("Cancelled")

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="live_sessions")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SCHEDULED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="As planned.")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["cohort", "starts_at"], name="livesession_of_cohort")]

    def __str__(self) -> str:
        return f"{self.lesson} {self.starts_at:%Y-%m-%d %H:%M}"


class RoomEvent(models.Model):
    """Something that was said or shown in a class, under its number in that class; append-only."""

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    body = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["session", "seq"], name="roomevent_seq_once")]

    def __str__(self) -> str:
        return f"{self.session_id} #{self.seq}"


class Visit(models.Model):
    """One connection of one person to a class, from joining until it was last heard of."""

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="visits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="+", null=True)
    joined_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["session", "user"], name="visit_of_session")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.session_id}"
