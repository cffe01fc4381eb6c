"""A certificate as other programs read it; shape in api.md "credential"."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from ninja import Field, Schema

from certificates.models import Credential


class CredentialOut(Schema):
    """What stands on the paper, and whether it still holds."""

    code: str
    number: str
    status: str
    holder: str = Field(validation_alias="words.holder")
    course: str = Field(validation_alias="words.course")
    issuer: str = Field(validation_alias="words.issuer")
    hours: int = Field(validation_alias="words.hours")
    grade: float | None = Field(validation_alias="words.grade")
    issued_on: date
    expires_on: date | None
    revoked_at: datetime | None
    reason: str | None
    superseded_by: str | None
    pdf_url: str | None
    verify_url: str

    @staticmethod
    def resolve_reason(credential: Credential) -> str | None:
        return credential.reason or None

    @staticmethod
    def resolve_superseded_by(credential: Credential) -> str | None:
        return credential.superseded_by.code if credential.superseded_by else None

    @staticmethod
    def resolve_pdf_url(credential: Credential) -> str | None:
        if credential.is_revoked:
            return None
        return f"{settings.SITE_URL}{reverse('certificates:credential_pdf', args=[credential.code])}"

    @staticmethod
    def resolve_verify_url(credential: Credential) -> str:
        return f"{settings.SITE_URL}{reverse('certificates:credential_verify', args=[credential.code])}"


def as_json(credential: Credential) -> dict[str, Any]:
    return CredentialOut.from_orm(credential).model_dump(mode="json")


class RevokeIn(Schema):
    reason: str = Field(min_length=1, max_length=300)
