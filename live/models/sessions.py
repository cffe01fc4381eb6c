"""Classes taught in real time, and who was there."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.models import Record
from courses.models import Lesson
from enrollment.models import Cohort, Enrollment
from enrollment.models.cohorts import TEACHING


class LiveSessionQuerySet(models.QuerySet["LiveSession"]):
    def visible_to(self, user: User) -> Self:
        """Keep the classes of the providers that the user teaches for, and those that the user learns in."""
        learns = Enrollment.objects.filter(cohort=OuterRef("cohort"), person=user.person_id).exclude(
            status=Enrollment.Status.WITHDRAWN
        )
        return self.filter(Exists(learns) | Q(cohort__organization_id__in=user.standing.organizations(*TEACHING)))

    def open_to(self, user: User) -> Self:
        """Keep, of those that are visible, the ones in which the user does not wait to be let in."""
        waited = Q(lobby=LiveSession.Lobby.EVERYBODY, status__in=LiveSession.COMING)
        was_there = Visit.objects.filter(session=OuterRef("pk"), user=user)
        return self.filter(~waited | Exists(was_there))

    def coming(self) -> Self:
        """Keep those that are on or still to come."""
        return self.filter(status__in=LiveSession.COMING)


class LiveSession(Record):
    """A scheduled class of one cohort in one live lesson.

    Moves (live.services.sessions.TRANSITIONS): scheduled → live → ended, scheduled → cancelled.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        LIVE = "live", _("On now")
        ENDED = "ended", _("Ended")
        CANCELLED = "cancelled", _("Cancelled")

    class Lobby(models.TextChoices):
        NOBODY = "nobody", _("Nobody waits")
        GUESTS = "guests", _("Guests wait")
        EVERYBODY = "everybody", _("Everybody waits")

    COMING = (Status.SCHEDULED, Status.LIVE)

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="live_sessions")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SCHEDULED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="As planned.")
    is_open_floor = models.BooleanField(default=False, help_text="Learners speak without being given the word.")
    recording_days = models.PositiveSmallIntegerField(null=True, help_text="How long it is kept; null: as usual.")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True, help_text="When the minutes stood in the ledger of attendance.")
    remind_at = models.DateTimeField(null=True, help_text="When everybody is to be told of it next; null: no more.")
    ask_at = models.DateTimeField(
        null=True, help_text="When everybody is asked next whether they are there; null: not."
    )
    is_conference_open = models.BooleanField(
        default=False, help_text="Whether a conference system, where there is one, keeps a room for it."
    )
    notes_version = models.PositiveIntegerField(default=0, help_text="0: nobody has written any.")
    are_notes_open = models.BooleanField(default=False, help_text="Learners write them too.")
    lobby = models.CharField(
        max_length=10, choices=Lobby.choices, default=Lobby.GUESTS, help_text="Who waits to be let in."
    )
    division = models.ForeignKey(
        "live.Division", models.PROTECT, related_name="+", null=True, help_text="The last time it was divided."
    )
    last_seq = models.PositiveBigIntegerField(default=0)

    has_waiting = False  # as live.queries.lobby marks it

    objects = LiveSessionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["cohort", "-starts_at", "-id"], name="livesession_of_cohort"),
            models.Index(fields=["ends_at"], name="livesession_coming", condition=Q(status__in=["scheduled", "live"])),
            models.Index(fields=["remind_at"], name="livesession_remind", condition=Q(remind_at__isnull=False)),
            models.Index(fields=["ask_at"], name="livesession_ask", condition=Q(status="live", ask_at__isnull=False)),
            models.Index(fields=["id"], name="livesession_uncounted", condition=Q(status="ended", counted_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "starts_at"], condition=~Q(status="cancelled"), name="livesession_once"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="livesession_times_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson} {self.starts_at:%Y-%m-%d %H:%M}"


class Visit(models.Model):
    """One stay of one person in a class, from joining until leaving or until it was last heard of.

    `enrollment` is null for whoever teaches, and for a `guest`, who is no `user`. A page read without a script leaves
    visits that are closed already and grow with each look.
    """

    FRESH_SECONDS = 60  # without a sign of life for this long, nobody is there

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="visits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    guest = models.ForeignKey("live.Guest", models.PROTECT, related_name="visits", null=True)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="+", null=True)
    joined_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["session", "user"], name="visit_of_session"),
            models.Index(fields=["seen_at"], name="visit_open", condition=Q(left_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, guest__isnull=False) | Q(user__isnull=False, guest=None),
                name="visit_of_user_or_guest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.guest_id} in {self.session_id}"

    @property
    def name(self) -> str:
        who = self.guest or self.user
        return who.name if who else ""

    @property
    def until(self) -> datetime:
        """When it ended; the last sign of life where it is still open."""
        return self.left_at or self.seen_at
