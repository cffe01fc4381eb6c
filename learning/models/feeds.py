"""The secret address of a person's calendar."""

from django.db import models

from accounts.models import User
from base.models import Record


class CalendarFeed(Record):
    """The secret address at which calendars on other devices read what a user has to come to and to do.

    The address is shown once and kept as a hash; another one makes it invalid, and so does taking it away.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    read_at = models.DateTimeField(null=True, help_text="The hour in which a calendar read it last.")

    def __str__(self) -> str:
        return f"{self.user_id}"
