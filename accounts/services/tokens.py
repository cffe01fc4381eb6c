"""API tokens: made, shown once, revoked."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services import audit


def hash_token(token: str) -> str:
    """SHA-256 in hex: a token has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_token(
    user: User, *, name: str, days: int = 365, scopes: Collection[str] = tuple(ApiToken.Scope.values), by: User | None
) -> str:
    """Make a token for `user` and return it; it can never be shown again."""
    token = "malaka_" + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        name=name,
        token_hash=hash_token(token),
        scopes=sorted(scopes),
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit.record("api-token.made", row, by=by, user=str(user.uuid))
    return token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """End a token; a second call changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.record("api-token.revoked", token, by=by)
