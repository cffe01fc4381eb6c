"""Assignments and practical work: what may be handed in, and by which criteria it is marked."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.languages import LocalizedField, localized
from base.models import Record
from courses.models.courses import Lesson, Reader, authored_organizations
from courses.uploads import HANDED_IN, MEGABYTE


class AssignmentRules(models.Model):
    """How an assignment is handed in and marked, or practical work at the bench; one without a row: by the defaults."""

    class Late(models.TextChoices):
        REFUSED = "refused", _("Nothing is taken any more")
        REDUCED = "reduced", _("The result loses a share for each day")
        ACCEPTED = "accepted", _("Taken without loss")

    lesson = models.OneToOneField(Lesson, models.PROTECT, primary_key=True, related_name="assignment_rules")
    takes_text = models.BooleanField(default=True)
    most_files = models.PositiveSmallIntegerField(default=5, help_text="0: none.")
    kinds = models.JSONField(default=list, help_text="Of files, as courses.uploads.HANDED_IN names them; empty: all.")
    most_megabytes = models.PositiveIntegerField(default=100, help_text="Of one file.")
    due_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days after the group's first one; a date of the group itself comes before it."
    )
    late = models.CharField(max_length=8, choices=Late.choices, default=Late.ACCEPTED)
    late_percent = models.PositiveSmallIntegerField(default=10, help_text="Of the result, for each day begun.")
    late_least = models.PositiveSmallIntegerField(default=50, help_text="Per cent of the result that always remain.")
    anonymous = models.BooleanField(default=False, help_text="Whoever marks does not see whose work it is.")
    double = models.BooleanField(default=False, help_text="Two people mark, neither sees what the other gave.")
    tolerance = models.PositiveSmallIntegerField(
        default=10, help_text="Of two marks: the greatest difference, 0 to 100, at which their mean counts."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(late_percent__lte=100, late_least__lte=100, tolerance__lte=100),
                name="assignmentrules_percents",
            )
        ]

    def __str__(self) -> str:
        return str(self.lesson_id)

    @property
    def taken_kinds(self) -> list[str]:
        """The kinds of files that may be handed in."""
        return self.kinds or list(HANDED_IN)

    @property
    def most_bytes(self) -> int:
        return self.most_megabytes * MEGABYTE

    def kept_share(self, days_late: int) -> Decimal:
        """Which share of the result remains after so many days, 0 to 1."""
        if not days_late or self.late != self.Late.REDUCED:
            return Decimal(1)
        return Decimal(max(100 - self.late_percent * days_late, self.late_least)) / 100


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def visible_to(self, user: Reader) -> Self:
        """Keep those that the user may write."""
        return self.filter(lesson__version__course__provider_id__in=authored_organizations(user))


class Criterion(Record):
    """What is looked at when work is marked: reached in levels, or an item of a checklist, met or not.

    `points` holds what each level gives, the lowest first; a checklist item has the points of being met alone.
    """

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="criteria")
    position = models.PositiveIntegerField()
    title = LocalizedField()
    levels = LocalizedField(blank=True, help_text="One level a line, the lowest first; empty: met or not.")
    points = models.JSONField(help_text="Whole numbers and halves as text.")
    required = models.BooleanField(default=False, help_text="Where it is not met, the whole result is 0.")
    translated_from = models.JSONField(
        default=dict, editable=False, help_text="What the translations of each text translate: courses.translations."
    )

    objects = CriterionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return localized(self.title)

    @property
    def is_checked(self) -> bool:
        """Whether it is met or not, without levels between."""
        return not self.levels

    @property
    def most(self) -> Decimal:
        return max(Decimal(one) for one in self.points)

    @property
    def level_names(self) -> list[str]:
        """What can be reached, in the reader's language, the lowest first."""
        return localized(self.levels).splitlines() if self.levels else [str(_("Not met")), str(_("Met"))]

    @property
    def level_points(self) -> list[Decimal]:
        """What each of them gives."""
        points = [Decimal(one) for one in self.points]
        return [Decimal(0), *points] if self.is_checked else points

    @property
    def steps(self) -> list[tuple[str, Decimal]]:
        """What can be reached, each with its points."""
        return list(zip(self.level_names, self.level_points, strict=True))
