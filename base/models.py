"""Rows that every app may keep: jobs, notices, answers to repeated requests, heartbeats."""

import uuid
from functools import cache
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.errors import said_again


@cache
def _words(field: "models.Field[Any, Any]") -> dict[Any, Any]:
    return dict(field.flatchoices)


class Record(models.Model):
    """A row with a public id and its times; what pages and programs may name carries one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: "models.Field[Any, Any]") -> str:  # noqa: N802  # Django's own name
        """What get_<field>_display() answers; Django makes the table of the field's words anew for each row."""
        value = getattr(self, field.attname)
        return str(_words(field).get(value, value))


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> Self:
        """Keep the user's own."""
        return self.filter(owner=user)


class Job(Record):
    """A piece of slow work that somebody waits for; it says how far it is and survives a killed worker.

    Moves (base.services.jobs.TRANSITIONS). Who works at it holds a lease and the number of the claim, so that a worker
    believed dead can write no more; `checkpoint` is from where the next one goes on.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting for its turn")
        RUNNING = "running", _("At work")
        DONE = "done", _("Done")
        FAILED = "failed", _("Not done")
        CANCELLED = "cancelled", _("Stopped")

    ENDED = (Status.DONE, Status.FAILED, Status.CANCELLED)

    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", null=True)
    params = models.JSONField(default=dict)
    checkpoint = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_failed = models.PositiveIntegerField(default=0)
    result = models.FileField(upload_to="jobs/%Y/%m/", blank=True)
    error = models.TextField(blank=True, help_text="Why it was not done: in source words, told by `why`.")
    error_values = models.JSONField(default=dict, db_default={}, help_text="Of the placeholders of the error.")
    error_code = models.CharField(max_length=60, blank=True)
    claim = models.PositiveIntegerField(default=0, help_text="Counts who took it up; the last one may write.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often it was taken up since it last got on.")
    lease_until = models.DateTimeField(null=True, help_text="Until when whoever took it up is believed to live.")
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="job_due", condition=Q(status__in=["queued", "running"])),
            models.Index(fields=["owner", "-id"], name="job_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"

    @property
    def has_ended(self) -> bool:
        return self.status in self.ENDED

    @property
    def why(self) -> str:
        """Why it was not done, in the reader's language."""
        return said_again(self.error, self.error_values)


class Notice(Record):
    """News for one user, shown until read; `text` is a message id that is translated when it is shown."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    key = models.CharField(
        max_length=120, unique=True, help_text="What makes this news itself: said once, never twice."
    )
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(
        null=True, help_text="When it is to be sent by e-mail as well; null: not at all, or it was."
    )
    current_until = models.DateTimeField(
        null=True, help_text="Until then what it leads to is going on: it stays unread, and every page shows it."
    )

    class Meta:
        indexes = [
            models.Index(fields=["mail_at"], name="notice_mail_due", condition=Q(mail_at__isnull=False)),
            models.Index(fields=["user", "-created_at", "-id"], name="notice_of_user"),
            models.Index(fields=["user", "-created_at"], name="notice_unread", condition=Q(read_at=None)),
            models.Index(fields=["url"], name="notice_current", condition=Q(current_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class IdempotentAnswer(models.Model):
    """The answer that a request with this Idempotency-Key got; given again for 24 hours."""

    caller = models.CharField(max_length=64, help_text="SHA-256 of the Authorization header.")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of path and body.")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=bytes)
    content_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="idempotentanswer_once")]

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """When a kind of process last showed that it works."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: Any) -> Self:
        """Keep the user's own that have not expired."""
        return self.filter(owner=user, expires_at__gt=timezone.now())


class Upload(Record):
    """A file on its way in, in parts; whoever it is for takes it once it is whole (base.services.uploads)."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    target = models.CharField(max_length=120, help_text="What it is for, as the app that takes it names it.")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="Of the whole file, in bytes.")
    offset = models.PositiveBigIntegerField(default=0, help_text="How many bytes have arrived.")
    expires_at = models.DateTimeField(db_index=True, help_text="When it is swept away, unless more of it comes.")

    objects = UploadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.target}: {self.offset} / {self.size}"

    @property
    def is_whole(self) -> bool:
        return self.offset == self.size


class UploadPart(models.Model):
    """A stretch of an upload, as it arrived."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts", db_index=False)
    offset = models.PositiveBigIntegerField()
    size = models.PositiveIntegerField()
    file = models.FileField(upload_to="uploads/%Y/%m/")

    class Meta:
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="uploadpart_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} from {self.offset}"
