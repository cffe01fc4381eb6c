"""Who waits to be let into a class."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from live.models.sessions import LiveSession


class Waiter(models.Model):
    """Somebody who came to a class in which one waits to be let in; let in once, they stay let in."""

    FRESH = timedelta(minutes=2)  # without a look for this long, nobody waits

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="waiters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    guest = models.ForeignKey("live.Guest", models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    let_in_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], condition=Q(guest=None), name="waiter_user_once"),
            models.UniqueConstraint(fields=["session", "guest"], condition=Q(user=None), name="waiter_guest_once"),
            models.CheckConstraint(
                condition=Q(user=None, guest__isnull=False) | Q(user__isnull=False, guest=None),
                name="waiter_is_user_or_guest",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "id"], name="waiter_waiting", condition=Q(let_in_at=None, refused_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.guest_id} at {self.session_id}"

    @property
    def who(self) -> UUID:
        return (self.guest or self.user).uuid  # type: ignore[union-attr]  # one of them is there

    @property
    def name(self) -> str:
        who = self.guest or self.user
        return who.name if who else ""
