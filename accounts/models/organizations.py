"""Who teaches and who employs; the classifier of occupations."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models.territory import Dated, DatedQuerySet, District
from base.folding import fold
from base.languages import LocalizedField, localized
from base.models import Record


class Profession(Dated):
    """An occupation of the state classifier KODP-2020: a group (4 digits) or an occupation (dotted)."""

    objects = DatedQuerySet["Profession"].as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["search_key"], name="profession_search")]


class PostCategory(Dated):
    """A class of posts that are trained alike, such as heads of units; a post falls into it by words of its name."""

    patterns = models.TextField(
        blank=True, help_text="Beginnings of words that posts of this kind carry, one to a line; the longest decides."
    )

    objects = DatedQuerySet["PostCategory"].as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "post categories"

    @property
    def stems(self) -> list[str]:
        """The patterns as they are compared."""
        return [stem for line in self.patterns.splitlines() if (stem := fold(line))]


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def providers(self) -> Self:
        """Keep those that teach."""
        return self.filter(kind__in=Organization.PROVIDER_KINDS)

    def employers(self) -> Self:
        return self.exclude(kind__in=Organization.PROVIDER_KINDS)

    def standing(self) -> Self:
        """Keep those that are not closed today."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=timezone.localdate()))

    def with_units(self, ids: Collection[int]) -> set[int]:
        """The ids of these organizations and of all below them: one query a level."""
        found, level = set(ids), set(ids)
        while level:
            level = set(self.filter(parent_id__in=level).values_list("pk", flat=True)) - found
            found |= level
        return found

    def with_parents(self, ids: Collection[int]) -> set[int]:
        """The ids of these organizations and of all above them: one query a level."""
        found, level = set(ids), set(ids)
        while level:
            above = self.filter(pk__in=level, parent__isnull=False).values_list("parent_id", flat=True)
            level = {pk for pk in above if pk is not None} - found
            found |= level
        return found


class Organization(Record):
    """An academy, mono-centre, other provider, ministry, hokimiyat or agency."""

    class Kind(models.TextChoices):
        ACADEMY = "academy"
        MONO_CENTRE = "mono-centre"
        PROVIDER = "provider"
        MINISTRY = "ministry"
        HOKIMIYAT = "hokimiyat"
        AGENCY = "agency"

    PROVIDER_KINDS = (Kind.ACADEMY, Kind.MONO_CENTRE, Kind.PROVIDER)

    kind = models.CharField(max_length=12, choices=Kind.choices)
    names = LocalizedField()
    search_key = models.CharField(max_length=400, blank=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="units", null=True, blank=True, help_text="Whose unit it is."
    )
    district = models.ForeignKey(District, models.PROTECT, related_name="organizations", null=True, blank=True)
    code = models.SlugField(max_length=20, unique=True, help_text="Stands in the numbers of its certificates.")
    address = models.CharField(max_length=300, blank=True)
    signatory = models.CharField(max_length=200, blank=True, help_text="Who signs certificates, as printed.")
    starts_on = models.DateField(null=True, blank=True, help_text="Null: longer than anybody wrote down.")
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which it is closed.")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="organization_dates_in_order",
            )
        ]
        indexes = [
            models.Index(fields=["kind", "district"], name="organization_kind"),
            models.Index(fields=["updated_at", "id"], name="organization_updated_at"),
            models.Index(fields=["parent", "search_key", "id"], name="organization_units"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse, in the admin, to put an organization below itself."""
        if self.parent_id and self.pk in Organization.objects.with_parents([self.parent_id]):
            raise ValidationError({"parent": _("This would put the organization below itself.")})

    @property
    def name(self) -> str:
        return localized(self.names)

    @property
    def is_provider(self) -> bool:
        return self.kind in self.PROVIDER_KINDS

    @property
    def is_closed(self) -> bool:
        return self.ends_on is not None and self.ends_on <= timezone.localdate()


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def current(self, day: date | None = None) -> Self:
        """Keep those in force on `day` (today)."""
        day = day or timezone.localdate()
        return self.filter(Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gt=day))


class Employment(Record):
    """A person holds a post at an employer, from a day until a day."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="employments")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="employments")
    post = models.CharField(max_length=200)
    category = models.ForeignKey(
        PostCategory,
        models.PROTECT,
        related_name="employments",
        null=True,
        blank=True,
        help_text="What is asked of it.",
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")
    has_learned = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether the person learns or learned: by enrollment.",
    )

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization"], condition=Q(ends_on=None), name="employment_current_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="employment_dates_in_order",
            ),
        ]
        indexes = [
            # By these the staff of an employer are listed and their mandatory training is worked out.
            models.Index(fields=["organization", "-id"], name="employment_of_organization"),
            models.Index(
                fields=["organization", "-id"], name="employment_nothing_learned", condition=Q(has_learned=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post}, {self.organization}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None: no end is known."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None
