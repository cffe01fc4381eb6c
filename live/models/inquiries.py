"""What learners want to have answered in a class, written before it or in it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from base.models import Record
from live.models.sessions import LiveSession


class Inquiry(Record):
    """A question that somebody wants answered in a class; removed, it stays as a row and is shown to nobody."""

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="inquiries")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    answered_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.text


class Support(models.Model):
    """That somebody wants the same question answered."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="supports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inquiry", "user"], name="support_once")]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.inquiry_id}"
