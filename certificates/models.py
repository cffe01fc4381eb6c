"""What was awarded."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from base.models import Record
from enrollment.models import Completion


class IssuerCounter(models.Model):
    """The last number that an issuer gave out in a year; locked while the next one is given."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "year"], name="issuercounter_once")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.year}: {self.last_number}"


class Credential(Record):
    """What was awarded for a completion: its number and every printed word, frozen; the PDF can be made again.

    Moves: issued → revoked, by certificates.services.revoke_credential.
    """

    class Status(models.TextChoices):
        ISSUED = "issued", _("Valid")
        REVOKED = "revoked", _("Revoked")

    code = models.CharField(max_length=40, unique=True, help_text="What verifies it: at least 80 random bits.")
    completion = models.OneToOneField(Completion, models.PROTECT, related_name="credential")
    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="credentials")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=60, unique=True)
    snapshot = models.JSONField()
    issued_on = models.DateField()
    expires_on = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ISSUED)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=300, blank=True)
    superseded_by = models.OneToOneField("self", models.PROTECT, related_name="supersedes", null=True)
    pdf = models.FileField(upload_to="certificates/%Y/%m/", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year", "sequence"], name="credential_sequence_once"),
        ]
        indexes = [models.Index(fields=["id"], name="credential_without_pdf", condition=Q(pdf=""))]

    def __str__(self) -> str:
        return self.number
