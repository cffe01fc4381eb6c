"""Films of lessons: what was sent in, the sizes made of it, and captions."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from base.models import Job, Record
from courses.models.courses import Reader, authored_organizations


class VideoQuerySet(models.QuerySet["Video"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep those of the organizations that the user writes for; learners reach one through their lesson."""
        return self.filter(organization_id__in=authored_organizations(user))


class Video(Record):
    """A film as it was sent in; the lesson, and its copies in further versions, show it.

    Moves (courses.services.videos.TRANSITIONS): waiting → ready | plain | broken; plain, broken → waiting.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Smaller sizes are being made")
        READY = "ready", _("Ready")
        PLAIN = "plain", _("Only as it was sent in")
        BROKEN = "broken", _("Cannot be played")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="videos")
    file = models.FileField(upload_to="videos/%Y/%m/")
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    job = models.OneToOneField(Job, models.PROTECT, related_name="+", null=True, help_text="What makes the sizes.")
    seconds = models.PositiveIntegerField(null=True, help_text="Null: not looked at yet.")
    poster = models.FileField(upload_to="posters/%Y/%m/", blank=True)
    problem = models.CharField(max_length=40, blank=True, help_text="Code of why it cannot be played.")

    objects = VideoQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["id"], name="video_plain", condition=Q(status="plain"))]

    def __str__(self) -> str:
        return str(self.uuid)


class Rendition(models.Model):
    """A film in one of the sizes of courses.transcoding.SIZES."""

    video = models.ForeignKey(Video, models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=10)
    file = models.FileField(upload_to="videos/%Y/%m/")
    size = models.PositiveBigIntegerField(help_text="In bytes.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["video", "kind"], name="rendition_once")]

    def __str__(self) -> str:
        return f"{self.video_id} / {self.kind}"


class Caption(models.Model):
    """What is said in a film, in one language, as WebVTT."""

    video = models.ForeignKey(Video, models.CASCADE, related_name="captions")
    language = models.CharField(max_length=7, choices=settings.LANGUAGES)
    text = models.TextField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["video", "language"], name="caption_once")]

    def __str__(self) -> str:
        return f"{self.video_id} / {self.language}"
