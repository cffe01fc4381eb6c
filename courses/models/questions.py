"""The question bank of an organization."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization, User
from base.languages import localized
from base.models import Record
from courses.html import plain_text
from courses.models.courses import Reader, authored_organizations

Row = TypeVar("Row", bound=models.Model)


class OfBankQuerySet(models.QuerySet[Row]):
    """Rows of question banks, each with an `organization`."""

    def visible_to(self, user: Reader) -> Self:
        """Keep the banks of the organizations that the user writes for."""
        return self.filter(organization_id__in=authored_organizations(user))


class QuestionCategory(Record):
    """A folder of a question bank; folders lie in folders."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="question_categories")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=120)

    objects = OfBankQuerySet["QuestionCategory"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="questioncategory_name_once"),
            models.UniqueConstraint(
                fields=["organization", "name"], condition=Q(parent=None), name="questioncategory_top_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuestionTag(models.Model):
    """A word by which questions of a bank are found; any spelling of it is the same tag."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="question_tags")
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=80, editable=False)

    objects = OfBankQuerySet["QuestionTag"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="questiontag_once")]

    def __str__(self) -> str:
        return self.name


class QuestionQuerySet(OfBankQuerySet["Question"]):
    def in_use(self) -> Self:
        """Keep those that are not retired."""
        return self.filter(retired_at=None)


class Question(Record):
    """A question in an organization's bank, whatever its version."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("Single choice")
        MULTIPLE = "multiple", _("Multiple choice")
        TRUE_FALSE = "true-false", _("True or false")
        NUMERIC = "numeric", pgettext_lazy("kind of question", "Number")
        SHORT_TEXT = "short-text", _("Short text")
        MATCHING = "matching", _("Matching")
        ORDERING = "ordering", _("Putting in order")
        CLOZE = "cloze", _("Gap text")
        HOT_SPOT = "hot-spot", _("Place in a picture")
        ESSAY = "essay", _("Essay")
        FILE = "file", pgettext_lazy("kind of question", "File to send in")

    class Difficulty(models.IntegerChoices):
        EASY = 1, _("Easy")
        MEDIUM = 2, _("Medium")
        HARD = 3, _("Hard")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    category = models.ForeignKey(QuestionCategory, models.PROTECT, null=True, blank=True, related_name="questions")
    difficulty = models.PositiveSmallIntegerField(choices=Difficulty.choices, default=Difficulty.MEDIUM)
    tags = models.ManyToManyField(QuestionTag, blank=True, related_name="questions")
    search_key = models.CharField(max_length=1000, blank=True, editable=False)
    current = models.ForeignKey(
        "QuestionVersion", models.PROTECT, null=True, related_name="+", help_text="The newest version."
    )
    retired_at = models.DateTimeField(null=True, blank=True, help_text="Since when no new quiz may use it.")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-id"], name="question_of_bank"),
            models.Index(fields=["category", "-id"], name="question_of_category"),
        ]

    def __str__(self) -> str:
        return self.current.name if self.current else ""

    @property
    def newest(self) -> "QuestionVersion":
        """The newest version; there is always one."""
        assert self.current is not None
        return self.current

    @property
    def newest_id(self) -> int:
        assert self.current_id is not None
        return self.current_id


class QuestionVersion(models.Model):
    """What a question asked from one change to the next; never changed itself.

    What `content` holds for each kind stands in courses.questions.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="questionversion_number_once")]

    def __str__(self) -> str:
        return f"{self.question_id} / {self.number}"

    @property
    def name(self) -> str:
        """The question in words, on one line."""
        return plain_text(localized(self.content["text"]))


class BankPicture(Record):
    """A picture that questions of a bank show; what it shows is said where it stands."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="bank_pictures")
    file = models.FileField(upload_to="questions/%Y/%m/")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the file, so that it is kept once.")

    objects = OfBankQuerySet["BankPicture"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "digest"], name="bankpicture_once")]

    def __str__(self) -> str:
        return str(self.uuid)
