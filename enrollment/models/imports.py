"""Tables of many rows on their way in."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import said_again
from base.models import Job, Record


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> Self:
        """Keep the user's own: a table holds the data of many people."""
        return self.filter(job__owner=user)


class Import(Record):
    """A table that somebody sent, checked row by row before any of it is written.

    Its job does one step at a time: it reads and checks, and where its owner says so, it applies. Between two steps
    the job is done, and waits for nothing. The two share their uuid.
    """

    class Kind(models.TextChoices):
        RESIDENTS = "residents", _("Households and residents")
        WISHES = "wishes", _("Wishes")
        REFERRALS = "referrals", _("Referrals")
        CIVIL_SERVANTS = "civil-servants", _("Civil servants")
        ENROLLMENTS = "enrollments", _("Learners of groups")
        OUTCOMES = "outcomes", _("Outcomes")
        GRADES = "grades", _("Results of a group")

    class Step(models.TextChoices):
        CHECK = "check", _("Checking")
        APPLY = "apply", _("Writing down")

    job = models.OneToOneField(Job, models.PROTECT, related_name="table")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    step = models.CharField(max_length=5, choices=Step.choices, default=Step.CHECK)
    file = models.FileField(upload_to="imports/%Y/%m/", help_text="Deleted after some weeks: see PURGED_AFTER.")
    name = models.CharField(max_length=200, help_text="Of the file, as it was sent.")
    heads = models.JSONField(default=list, help_text="The headings as they stand in the file.")
    columns = models.JSONField(default=list, help_text="For each heading the column of the kind that it means, or “”.")
    needs_columns = models.BooleanField(default=False, help_text="A needed column was not found: its owner says which.")
    all_or_none = models.BooleanField(default=False, help_text="Nothing is written while one row is wrong.")
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    possible_duplicates = models.PositiveIntegerField(
        default=0, help_text="New people of good rows who may be somebody known, or somebody of another row."
    )

    objects = ImportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def rows_wrong(self) -> int:
        return self.job.rows_failed

    @property
    def rows_good(self) -> int:
        """Rows that something is written of."""
        return self.rows_new + self.rows_changed

    @property
    def is_checked(self) -> bool:
        """Whether it waits for its owner's word to be written down."""
        return self.step == self.Step.CHECK and self.job.status == Job.Status.DONE and not self.needs_columns

    @property
    def is_applied(self) -> bool:
        return self.step == self.Step.APPLY and self.job.status == Job.Status.DONE


class ImportProblem(models.Model):
    """What is wrong with one cell of a table, or with a whole row (no column)."""

    table = models.ForeignKey(Import, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(help_text="As the spreadsheet counts, from 1.")
    column = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=200, blank=True, help_text="As it stands in the file; a PINFL masked.")
    code = models.CharField(max_length=60)
    message = models.TextField(help_text="In source words, which are translated for whoever reads them.")
    values = models.JSONField(default=dict, help_text="Of the placeholders of the message.")

    class Meta:
        indexes = [models.Index(fields=["table", "row", "id"], name="importproblem_of_table")]

    def __str__(self) -> str:
        return said_again(self.message, self.values)


class ColumnMemory(models.Model):
    """By which column somebody last read a heading that no language of ours knows."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Import.Kind.choices)
    head = models.CharField(max_length=200, help_text="The heading, folded.")
    column = models.CharField(max_length=40, blank=True, help_text="Empty: it is left out.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "head"], name="columnmemory_once")]

    def __str__(self) -> str:
        return f"{self.head} → {self.column}"
