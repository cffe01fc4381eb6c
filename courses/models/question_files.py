"""Files of questions, on their way into a bank or out of it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from base.errors import said_again
from base.models import Job, Record
from courses.models.courses import Reader, authored_organizations
from courses.models.questions import Question


class QuestionFileQuerySet(models.QuerySet["QuestionFile"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep the user's own, as long as the user writes for that bank."""
        return self.filter(job__owner_id=user.pk, organization_id__in=authored_organizations(user))


class QuestionFile(Record):
    """A file of questions that somebody sent, checked before any is taken; or one that is written from a bank.

    Its job does one step at a time. Between checking and taking the job is done, and waits for its owner's word. The
    two share their uuid.
    """

    class Step(models.TextChoices):
        CHECK = "check", _("Checking")
        TAKE = "take", _("Taking into the bank")
        WRITE = "write", _("Writing the file")

    job = models.OneToOneField(Job, models.PROTECT, related_name="question_file")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="question_files")
    step = models.CharField(max_length=5, choices=Step.choices, default=Step.CHECK)
    format = models.CharField(
        max_length=12, blank=True, help_text="A key of courses.interop.FORMATS; empty: found out."
    )
    language = models.CharField(max_length=7, help_text="Of texts that do not say theirs.")
    name = models.CharField(max_length=200, blank=True, help_text="Of the file, as it was sent.")
    file = models.FileField(upload_to="questions/files/%Y/%m/", blank=True)
    taken = models.PositiveIntegerField(
        default=0, help_text="Questions that can be taken, were taken, or were written."
    )
    known = models.PositiveIntegerField(default=0, help_text="Those of them that the bank had already.")

    objects = QuestionFileQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_sent(self) -> bool:
        """Whether it goes into the bank, not out of it."""
        return self.step != self.Step.WRITE

    @property
    def is_checked(self) -> bool:
        """Whether it waits for its owner's word."""
        return self.step == self.Step.CHECK and self.job.status == Job.Status.DONE and not self.is_purged

    @property
    def is_purged(self) -> bool:
        """Whether its file, or what was written, was removed after some time."""
        return self.job.has_ended and not self.file and not self.job.result

    @property
    def refused(self) -> int:
        return self.job.rows_failed

    @property
    def new(self) -> int:
        return self.taken - self.known


class QuestionLoss(models.Model):
    """A question of a file that is not taken or written, and why; or something of one that is taken without it."""

    file = models.ForeignKey(QuestionFile, models.CASCADE, related_name="losses")
    number = models.PositiveIntegerField(help_text="Its place in the file, from 1.")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, help_text="As the file calls it.")
    reason = models.TextField(help_text="In source words, which are translated for whoever reads them.")
    values = models.JSONField(default=dict, db_default={}, help_text="Of the placeholders of the reason.")
    is_refused = models.BooleanField(default=True, help_text="Else the question is taken, but without this.")

    class Meta:
        indexes = [models.Index(fields=["file", "id"], name="questionloss_of_file")]

    def __str__(self) -> str:
        return said_again(self.reason, self.values)

    def get_kind_display(self) -> str:
        """The kind in words, where it is one of ours."""
        return str(dict(Question.Kind.choices).get(self.kind, self.kind))
