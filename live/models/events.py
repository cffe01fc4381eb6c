"""What happened in a class, under its number."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from live.models.sessions import LiveSession


class RoomEventQuerySet(models.QuerySet["RoomEvent"]):
    def last_about(self, user: User, *kinds: str) -> str | None:
        """Which of these kinds happened last to somebody in one class; by the index roomevent_about."""
        return self.filter(about=user, kind__in=kinds).order_by("-seq").values_list("kind", flat=True).first()


class RoomEvent(models.Model):
    """Something that happened in a class, under its number in that class; append-only.

    `key` is the client's own name for what it sent, so that a message sent again is not said again.
    """

    class Kind(models.TextChoices):
        START = "start", _("The class began")
        END = "end", _("The class ended")
        SAY = "say", _("Message")
        HIDE = "hide", _("Message removed")
        MUTE = "mute", _("Not allowed to write")
        UNMUTE = "unmute", _("Allowed to write again")
        HAND = "hand", _("Hand raised")
        LOWER = "lower", _("Hand lowered")
        SPEAK = "speak", _("Given the word")
        HUSH = "hush", _("The word taken back")
        RECORD = "record", _("Recording began")
        UNRECORD = "unrecord", _("Recording ended")
        DECK = "deck", _("Slides opened or put away")
        SLIDE = "slide", _("Slide shown")
        STROKE = "stroke", _("Drawn on a slide")
        ERASE = "erase", _("Taken off a slide")
        CAPTION = "caption", _("Captions")
        CHECK = "check", _("Asked who is here")
        POLL_OPEN = "poll-open", _("Poll opened")
        POLL_CLOSE = "poll-close", _("Poll closed")
        ASK = "ask", _("Question asked")
        ANSWERED = "answered", _("Question answered")
        WITHDRAW = "withdraw", _("Question removed")
        REMOVE = "remove", _("Sent out")
        READMIT = "readmit", _("Let in again")
        HOST = "host", _("Helps to lead")
        UNHOST = "unhost", _("No longer helps to lead")
        TIMER = "timer", _("Timer set")
        NOTE = "note", _("Notes changed")
        NOTES_OPEN = "notes-open", _("Notes opened to all")
        NOTES_CLOSE = "notes-close", _("Notes closed to learners")
        BREAKOUTS = "breakouts", _("Divided into groups")
        BREAKOUT_PLACE = "breakout-place", _("Placed in a group")
        BREAKOUT_SAY = "breakout-say", _("Message in a group")
        BREAKOUT_CALL = "breakout-call", _("A group calls")
        BREAKOUT_COME = "breakout-come", _("No group calls any more")
        BREAKOUTS_END = "breakouts-end", _("Groups about to end")
        BREAKOUTS_OVER = "breakouts-over", _("Back from the groups")

    SAID = (Kind.SAY, Kind.BREAKOUT_SAY)
    SHOWN = (Kind.DECK, Kind.SLIDE)
    DRAWN = (Kind.STROKE, Kind.ERASE)

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    guest = models.ForeignKey("live.Guest", models.PROTECT, related_name="+", null=True, help_text="Instead of a user.")
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, help_text="Whose hand, who is muted."
    )
    breakout = models.ForeignKey(
        "live.Breakout",
        models.PROTECT,
        related_name="events",
        null=True,
        db_index=False,
        help_text="Only this group and who leads the class are told what happened.",
    )
    body = models.JSONField(default=dict, help_text="What docs/live.asyncapi.yaml says of each kind.")
    key = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)

    objects = RoomEventQuerySet.as_manager()

    is_hidden = False  # a removed message or question, as live.queries marks it

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["session", "about", "seq"], name="roomevent_about", condition=Q(about__isnull=False)),
            models.Index(fields=["session", "seq"], name="roomevent_shown", condition=Q(kind__in=["deck", "slide"])),
            models.Index(fields=["session", "seq"], name="roomevent_drawn", condition=Q(kind__in=["stroke", "erase"])),
            models.Index(fields=["session", "seq"], name="roomevent_captions", condition=Q(kind="caption")),
            models.Index(fields=["session", "seq"], name="roomevent_notes", condition=Q(kind="note")),
            models.Index(fields=["session", "seq"], name="roomevent_groups", condition=Q(kind="breakout-say")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="roomevent_seq_once"),
            models.UniqueConstraint(fields=["session", "user", "key"], name="roomevent_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} #{self.seq}"
