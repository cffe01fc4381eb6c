"""What a class let be seen without a word."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from live.models.sessions import LiveSession


class Reaction(models.Model):
    """One sign of one person in a class, such as applause. It has no number: it passes."""

    class Kind(models.TextChoices):
        CLEAR = "clear", _("Understood")
        APPLAUSE = "applause", _("Applause")
        HEART = "heart", _("Heart")
        UNCLEAR = "unclear", _("Not clear")
        FAST = "fast", _("Too fast")
        SLOW = "slow", _("Too slow")

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"
