"""Who comes into a class without an account, by a link."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from base.models import Record
from live.models.sessions import LiveSession


class GuestLink(Record):
    """A way into one class for people without an account, until it is revoked, or an hour after the planned end.

    Its address is signed (live.services.guests.token_of), so that none can be guessed.
    """

    AFTER_END = timedelta(hours=1)

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="guest_links")
    may_write = models.BooleanField(default=False, help_text="Guests write in the chat.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(revoked_at=None), name="guestlink_one_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.session_id}"

    @property
    def is_open(self) -> bool:
        """Whether one may come in, and stay."""
        session = self.session
        is_near = timezone.now() < session.ends_at + self.AFTER_END
        return self.revoked_at is None and session.status in LiveSession.COMING and is_near


class Guest(Record):
    """Somebody who came by a link and gave a name; known to the browser by a signed cookie, and to nobody else."""

    LONGEST_NAME = 60

    link = models.ForeignKey(GuestLink, models.PROTECT, related_name="guests")
    name = models.CharField(max_length=LONGEST_NAME)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
