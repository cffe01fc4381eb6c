"""The notes of a class: one text that is written together."""

from django.conf import settings
from django.db import models

from live.models.sessions import LiveSession


class Notes(models.Model):
    """The notes of a class as they stand; how they came to be is told by its events of the kind `note`, each an edit.

    They are in version `LiveSession.notes_version`, which counts these events.
    """

    LONGEST = 20_000

    session = models.OneToOneField(LiveSession, models.PROTECT, related_name="notes")
    text = models.TextField(blank=True)
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who was last.")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "notes"

    def __str__(self) -> str:
        return f"notes of {self.session_id}"
