"""Asking whether people are there, and what a teacher says before minutes count."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from enrollment.models import Enrollment
from live.models.sessions import LiveSession


class PresenceCheck(models.Model):
    """At a moment of a class, everybody was asked whether they are there; `by` is null for one at random."""

    ANSWER_WITHIN = timedelta(minutes=1)

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="checks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.asked_at:%H:%M}"

    @property
    def until(self) -> datetime:
        return self.asked_at + self.ANSWER_WITHIN


class PresenceAnswer(models.Model):
    """Somebody said "I am here"."""

    check_asked = models.ForeignKey(PresenceCheck, models.PROTECT, related_name="answers", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_asked", "user"], name="presenceanswer_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.at:%H:%M}"


class MinutesSaid(models.Model):
    """What a teacher said, before the minutes of a class were counted, that one learner's are to be."""

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="minutes_said", db_index=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "enrollment"], name="minutessaid_once")]

    def __str__(self) -> str:
        return f"{self.enrollment_id} in {self.session_id}: {self.minutes}"
