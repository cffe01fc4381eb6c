"""Small groups in which a class works apart for a while."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.models import Record


class Division(Record):
    """One time that a class was divided into groups. `LiveSession.division` is the last one."""

    class How(models.TextChoices):
        RANDOM = "random", _("Evenly, at random")
        TURN = "turn", _("Evenly, in the order of names")
        HAND = "hand", _("I place each one")
        CHOICE = "choice", _("Learners choose")

    DEALT = (How.RANDOM, How.TURN)

    session = models.ForeignKey("live.LiveSession", models.PROTECT, related_name="divisions")
    how = models.CharField(max_length=10, choices=How.choices)
    ends_at = models.DateTimeField(null=True, help_text="When all are brought back; null: when somebody says so.")
    closed_at = models.DateTimeField(null=True)
    since = models.PositiveBigIntegerField(default=0, help_text="Number of the event by which it began.")
    until = models.PositiveBigIntegerField(null=True, help_text="Number of the one by which it ended.")

    class Meta:
        indexes = [
            models.Index(fields=["ends_at"], name="division_due", condition=Q(closed_at=None, ends_at__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(closed_at=None), name="division_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.created_at:%H:%M}"

    @property
    def is_due(self) -> bool:
        return self.closed_at is None and self.ends_at is not None and self.ends_at <= timezone.now()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and not self.is_due


class Breakout(Record):
    """One of the groups; with a media server, a room of that by its `uuid`."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="breakouts")
    number = models.PositiveSmallIntegerField()
    called_at = models.DateTimeField(null=True, help_text="Since when it waits for who leads the class.")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["division", "number"], name="breakout_once")]

    def __str__(self) -> str:
        return f"{self.division_id} / {self.number}"


class Place(models.Model):
    """One stay of one learner in a group, from one number of the class until another: they hear what is between."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="places")
    breakout = models.ForeignKey(Breakout, models.PROTECT, related_name="places")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.PositiveBigIntegerField()
    until = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division", "user"], condition=Q(until=None), name="place_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.breakout_id}"
