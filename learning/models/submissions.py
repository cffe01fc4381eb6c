"""Work that people judge: handed in or shown at the bench, in versions, with the marks it was given."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.models import Record
from courses.models import Lesson
from enrollment.models import Enrollment
from enrollment.models.cohorts import TEACHING

DAY = timedelta(days=1)


class WorkQuerySet(models.QuerySet["Work"]):
    def taught_by(self, user: User) -> Self:
        """Keep that of the groups whose learners the user teaches, but the user's own; who left is left out."""
        rows = self.filter(enrollment__organization_id__in=user.standing.organizations(*TEACHING))
        return rows.exclude(enrollment__status=Enrollment.Status.WITHDRAWN).exclude(
            enrollment__person_id=user.person_id or 0
        )

    def waiting_for(self, user: User) -> Self:
        """Keep what this user may mark now, or settle. Rests on work_waiting."""
        rows = self.taught_by(user).filter(status=Work.Status.SUBMITTED)
        done = Mark.objects.filter(submission=models.OuterRef("last"), marker=user, finished_at__isnull=False)
        return rows.filter(Q(differs=True) | ~models.Exists(done))


class Work(Record):
    """One learner's work at an assignment, or practical work at the bench, with what is not handed in yet.

    Moves (learning.services.works.TRANSITIONS): draft → submitted → returned | marked; returned → submitted;
    marked → returned. `score` is what counts, lateness taken off.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Not handed in")
        SUBMITTED = "submitted", _("Waiting to be marked")
        RETURNED = "returned", _("Handed back")
        MARKED = "marked", _("Marked")

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="works")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    text = models.TextField(blank=True, help_text="As it was typed last.")
    saved_at = models.DateTimeField(null=True, help_text="When text or files of the draft last changed.")
    last = models.ForeignKey(
        "Submission", models.PROTECT, null=True, related_name="+", help_text="The one that counts."
    )
    submitted_at = models.DateTimeField(null=True, help_text="Of the last submission.")
    differs = models.BooleanField(default=False, help_text="Its two marks lie too far apart and are to be settled.")
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="0 to 100.")

    objects = WorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson"], name="work_once"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(last__isnull=False, submitted_at__isnull=False),
                name="work_handed_in_has_submission",
            ),
        ]
        indexes = [models.Index(fields=["submitted_at"], name="work_waiting", condition=Q(status="submitted"))]

    def __str__(self) -> str:
        return f"{self.enrollment_id} / {self.lesson_id}"

    @property
    def is_open(self) -> bool:
        """Whether the learner may change it."""
        return self.status in (self.Status.DRAFT, self.Status.RETURNED)

    @property
    def code(self) -> str:
        """What it is called where nobody is to know whose it is."""
        return self.uuid.hex[:6].upper()


class WorkMove(models.Model):
    """Work went from one state to another; append-only. `words` are for the learner."""

    work = models.ForeignKey(Work, models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=9)
    to_status = models.CharField(max_length=9, choices=Work.Status.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class WorkFile(Record):
    """A file that a learner put into work; stored without anything that tells whose it is."""

    work = models.ForeignKey(Work, models.PROTECT, related_name="files")
    file = models.FileField(upload_to="works/%Y/%m/")
    name = models.CharField(max_length=255, help_text="As the learner called it.")
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    in_draft = models.BooleanField(default=True, help_text="Whether it goes along when the work is handed in next.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        """How a page shows it: picture, video, sound, else document."""
        ending = f".{(self.file.name or '').rpartition('.')[2].lower()}"
        return next((kind for kind, ends in SHOWN.items() if ending in ends), "document")


SHOWN = {"picture": (".jpg", ".jpeg", ".png"), "video": (".mp4", ".webm"), "sound": (".mp3", ".m4a", ".ogg")}


class Submission(Record):
    """What was handed in at one time, or shown at one sitting at the bench; append-only."""

    work = models.ForeignKey(Work, models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    files = models.ManyToManyField(WorkFile, related_name="submissions")
    handed_in_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, help_text="When it was due, an extension included; null: at no time.")
    days_late = models.PositiveIntegerField(default=0, help_text="Days begun after that; only a later date changes it.")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["work", "number"], name="submission_number_once")]

    def __str__(self) -> str:
        return f"{self.work_id} / {self.number}"


class Mark(Record):
    """What one person gave one submission, or in the third place what settled two that differ, with a reason.

    It has no place while its marker is still at it; `reached` holds the level of each criterion by the criterion's id.
    """

    FIRST, SECOND, SETTLED = 1, 2, 3

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="marks")
    marker = models.ForeignKey(User, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(null=True)
    reached = models.JSONField(default=dict)
    comment = models.TextField(blank=True, help_text="To the learner.")
    reason = models.TextField(blank=True, help_text="Why it was settled so.")
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="0 to 100, before lateness.")
    finished_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1, help_text="Counts how often it was changed.")

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "place"], name="mark_place_once"),
            models.UniqueConstraint(
                fields=["submission", "marker"],
                condition=Q(place=None) | Q(place__lt=3),
                name="mark_of_marker_once",
            ),
            models.CheckConstraint(
                condition=Q(place=None, finished_at=None, score=None)
                | Q(place__gte=1, place__lte=3, finished_at__isnull=False, score__isnull=False),
                name="mark_finished_has_place",
            ),
            models.CheckConstraint(condition=~Q(place=3) | ~Q(reason=""), name="mark_settled_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} / {self.place or '…'}"


class MarkFile(Record):
    """A file by which whoever marks answers the learner."""

    mark = models.ForeignKey(Mark, models.PROTECT, related_name="files")
    file = models.FileField(upload_to="feedback/%Y/%m/")
    name = models.CharField(max_length=255)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
