"""Who did what to which object."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditEvent(models.Model):
    """Somebody did something to an object, at a time, from an address; append-only."""

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    action = models.CharField(max_length=60, help_text="Such as referral.accepted or resident.read.")
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_id", "object_type", "-id"], name="auditevent_by_object"),
            models.Index(fields=["action", "-id"], name="auditevent_of_action"),
            models.Index(fields=["actor", "-id"], name="auditevent_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
