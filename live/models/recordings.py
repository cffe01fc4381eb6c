"""What was recorded of a class, and who has watched it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.models import Job, Record
from enrollment.models import Enrollment
from live.models.sessions import LiveSession


class Recording(Record):
    """One stretch of a class that was recorded, from when its teacher began it until it was stopped.

    Moves (live.services.recordings.TRANSITIONS): running → waiting → ready | empty → removed.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Being recorded")
        WAITING = "waiting", _("Being made into a film")
        READY = "ready", _("Ready")
        EMPTY = "empty", _("Nothing was recorded")
        REMOVED = "removed", _("Removed")

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="recordings")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True, help_text="Removed after this day.")
    job = models.ForeignKey(Job, models.SET_NULL, related_name="+", null=True)
    file = models.FileField(upload_to="recordings/", blank=True)
    seconds = models.PositiveIntegerField(null=True)
    chapters = models.JSONField(default=list, help_text="[{at: seconds, title}]")

    class Meta:
        indexes = [models.Index(fields=["keep_until"], name="recording_kept", condition=Q(status="ready"))]
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(status="running"), name="recording_one_running")
        ]

    @property
    def has_failed(self) -> bool:
        """Whether nobody is at it any more, though it is not made."""
        return self.status == self.Status.WAITING and self.job is not None and self.job.has_ended

    def __str__(self) -> str:
        return f"{self.session_id} {self.started_at:%Y-%m-%d %H:%M}"


class Viewing(models.Model):
    """How much of a recording one learner has watched: each minute of it counts once, however often it is seen."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="viewings")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="+")
    minutes = models.JSONField(default=list, help_text="Numbers of the minutes of the film that were watched.")
    watched = models.PositiveIntegerField(default=0, help_text="How many these are.")
    credited = models.PositiveIntegerField(default=0, help_text="How many of them stand in the ledger of attendance.")
    position = models.PositiveIntegerField(default=0, help_text="Second at which it goes on.")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="viewing_uncredited", condition=Q(watched__gt=F("credited")))]
        constraints = [models.UniqueConstraint(fields=["recording", "enrollment"], name="viewing_once")]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.watched} min"
