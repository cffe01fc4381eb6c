"""Lists that laws change: dated rows, edited by platform admins, never constants in code."""

from django.db import models

from accounts.models.territory import Dated, DatedQuerySet


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


class OutcomeKind(Lookup):
    """What may come of training: a job, self-employment, a business, land, a loan …"""

    objects = DatedQuerySet["OutcomeKind"].as_manager()

    is_employment = models.BooleanField(default=False, help_text="Counts as employed: a job or self-employment.")
    answers_wish = models.CharField(
        max_length=16, blank=True, help_text="The kind of wish that such an outcome answers."
    )
