"""What was awarded."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from accounts.models.people import SEARCH_KEY_LENGTH
from base.models import Record
from certificates.snapshot import CertificateWords
from enrollment.models import Completion

# Who sees what their organization has issued.
READERS = (Membership.Role.CENTRE_MANAGER, Membership.Role.ACADEMY_ADMIN, Membership.Role.INSTRUCTOR)


class IssuerCounter(models.Model):
    """The last number that an issuer gave out in a year; locked while the next one is given."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "year"], name="issuercounter_once")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.year}: {self.last_number}"


class CredentialQuerySet(models.QuerySet["Credential"]):
    def visible_to(self, user: User) -> Self:
        """Keep one's own, and those that an organization one works for has issued."""
        issuers = user.standing.organizations(*READERS)
        return self.filter(Q(completion__enrollment__person=user.person_id) | Q(issuer__in=issuers))

    def with_enrollment(self) -> Self:
        return self.select_related("issuer", "superseded_by", "completion__enrollment")


class Credential(Record):
    """What was awarded for a completion: its number and every printed word, frozen; the PDF can be made again.

    Moves: issued → revoked, by certificates.services.credentials alone.
    """

    class Status(models.TextChoices):
        ISSUED = "issued", _("Valid")
        REVOKED = "revoked", _("Revoked")

    code = models.CharField(max_length=40, unique=True, help_text="What verifies it: 80 random bits.")
    completion = models.ForeignKey(Completion, models.PROTECT, related_name="credentials")
    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="credentials")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=60, unique=True)
    snapshot = models.JSONField(help_text="Every printed word: certificates.snapshot.CertificateWords.")
    search_key = models.CharField(
        max_length=SEARCH_KEY_LENGTH, blank=True, editable=False, help_text="The printed name, as it is searched for."
    )
    issued_on = models.DateField()
    expires_on = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ISSUED)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=300, blank=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, related_name="supersedes", null=True)
    pdf = models.FileField(blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year", "sequence"], name="credential_sequence_once"),
            models.UniqueConstraint(
                fields=["completion"], condition=Q(status="issued"), name="credential_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(status="issued", revoked_at=None)
                | Q(status="revoked", revoked_at__isnull=False) & ~Q(reason=""),
                name="credential_revoked_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="credential_without_pdf", condition=Q(pdf="")),
            models.Index(fields=["issuer", "-id"], name="credential_of_issuer"),
            models.Index(
                fields=["issuer", "-id"], name="credential_revoked_by_issuer", condition=Q(revoked_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @cached_property
    def words(self) -> CertificateWords:
        """What stands on the paper."""
        return CertificateWords.from_json(self.snapshot)

    @property
    def is_revoked(self) -> bool:
        return self.status == self.Status.REVOKED
