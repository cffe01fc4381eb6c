"""Two records that may be of one human being."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Mahalla, Membership, Person, PersonMerge, Region, User
from base.models import Record

ROLE = Membership.Role


class PossibleDuplicateQuerySet(models.QuerySet["PossibleDuplicate"]):
    def visible_to(self, user: User) -> Self:
        """Keep those that the user decides, and those within an auditor's territory."""
        return self.filter(_decided_by(user) | _within(user, ROLE.AUDITOR))

    def decided_by(self, user: User) -> Self:
        return self.filter(_decided_by(user))

    def to_decide(self) -> Self:
        """Keep open ones of records that are both still there."""
        return self.filter(status=PossibleDuplicate.Status.OPEN, first__merged_into=None, second__merged_into=None)


class PossibleDuplicate(Record):
    """Two records share name and birth date, and a human being says whether they are one.

    Moves (enrollment.services.duplicates.TRANSITIONS): open → merged | different, and back to open. Mahalla, district
    and region are those that both live in, null where they live in two; by these it comes to who decides.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("To look at")
        MERGED = "merged", _("Merged")
        DIFFERENT = "different", _("Two people")

    first = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, related_name="+", help_text="The younger record of the two.")
    mahalla = models.ForeignKey(Mahalla, models.PROTECT, related_name="+", null=True)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", null=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    merge = models.ForeignKey(PersonMerge, models.PROTECT, related_name="+", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    objects = PossibleDuplicateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="possibleduplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="possibleduplicate_in_order"),
            models.CheckConstraint(
                condition=~Q(status="merged") | Q(merge__isnull=False), name="possibleduplicate_merged_by_merge"
            ),
        ]
        indexes = [
            models.Index(fields=["mahalla", "status", "-id"], name="possibleduplicate_of_mahalla"),
            models.Index(fields=["district", "status", "-id"], name="possibleduplicate_of_district"),
            models.Index(fields=["region", "status", "-id"], name="possibleduplicate_of_region"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


def _decided_by(user: User) -> Q:
    """An assistant decides within the mahalla, a counter within the district, who stands above both in between.

    That is a supervisor of the region (of the republic between regions), or a platform admin.
    """
    standing = user.standing
    above = Q(pk__in=[])
    if not standing.republic.isdisjoint((ROLE.SUPERVISOR, ROLE.PLATFORM_ADMIN)):
        above = Q(district=None)
    elif regions := standing.regions(ROLE.SUPERVISOR):
        above = Q(district=None, region_id__in=regions)
    within = Q(mahalla_id__in=standing.mahallas(ROLE.ASSISTANT)) | Q(district_id__in=standing.districts(ROLE.COUNTER))
    return within | above


def _within(user: User, role: str) -> Q:
    standing = user.standing
    if role in standing.republic:
        return ~Q(pk__in=[])
    return Q(district_id__in=standing.districts(role)) | Q(region_id__in=standing.regions(role))
