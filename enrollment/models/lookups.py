"""Lists that laws change: dated rows, edited by platform admins, never constants in code."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.territory import Dated, DatedQuerySet
from courses.models import Course


class Lookup(Dated):
    """A row of a list that people choose from."""

    class Meta:
        abstract = True
        ordering = ["code"]


class HouseholdCategory(Lookup):
    """How the state registers a household's need, as of a time."""

    objects = DatedQuerySet["HouseholdCategory"].as_manager()


class DeclineReason(Lookup):
    """Why a provider turned a referral down."""

    objects = DatedQuerySet["DeclineReason"].as_manager()


class WithdrawalReason(Lookup):
    """Why a referral or an enrollment was given up."""

    objects = DatedQuerySet["WithdrawalReason"].as_manager()


class ExemptionReason(Lookup):
    """Why a civil servant need not take a mandatory course, for a time or for good."""

    objects = DatedQuerySet["ExemptionReason"].as_manager()


class ReportReason(Lookup):
    """Why something that was written in a discussion does not belong there."""

    objects = DatedQuerySet["ReportReason"].as_manager()


class OutcomeKind(Lookup):
    """What may come of training: a job, self-employment, a business, land, a loan …"""

    objects = DatedQuerySet["OutcomeKind"].as_manager()

    is_employment = models.BooleanField(default=False, help_text="Counts as employed: a job or self-employment.")
    answers_wish = models.CharField(
        max_length=16, blank=True, help_text="The kind of wish that such an outcome answers."
    )


class WaitingWeight(Lookup):
    """A fact that lets a referral count on a waiting list as if it had waited longer, by so many days.

    Every row in force that fits counts (docs/subsystems/waiting-list.md).
    """

    class Fact(models.TextChoices):
        CATEGORY = "category", _("The household is of the category")
        DECLINED = "declined", _("Declined before, each time")
        OWN_DISTRICT = "own-district", _("Lives in the district of the provider")
        OWN_REGION = "own-region", _("Lives in another district of the provider’s region")

    fact = models.CharField(max_length=12, choices=Fact.choices)
    category = models.ForeignKey(
        HouseholdCategory, models.PROTECT, to_field="code", related_name="+", null=True, blank=True
    )
    days = models.PositiveSmallIntegerField(help_text="By how many days of waiting it brings forward.")
    at_most = models.PositiveSmallIntegerField(default=1, help_text="How often it counts at most.")

    objects = DatedQuerySet["WaitingWeight"].as_manager()

    class Meta(Lookup.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(fact="category", category__isnull=False) | (~Q(fact="category") & Q(category=None)),
                name="waitingweight_names_its_category",
            )
        ]

    @property
    def counts(self) -> str:
        """The name of the fact among those of enrollment.waiting: a category with its code."""
        return f"{self.fact}:{self.category_id}" if self.category_id else self.fact


class TimeLimit(Lookup):
    """Within how many days a referral for a course (null: for any without its own) is answered, and leads to a seat."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="time_limits", null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField(help_text="From the submission to the provider's answer.")
    seat_days = models.PositiveSmallIntegerField(help_text="From the application or referral to a seat.")

    objects = DatedQuerySet["TimeLimit"].as_manager()
