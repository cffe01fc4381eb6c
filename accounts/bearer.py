"""Sign-in of programs by bearer token."""

from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthorizationError
from ninja.security import HttpBearer

from accounts.models import ApiToken, User
from accounts.services.tokens import hash_token


class ApiRequest(HttpRequest):
    """A request that came with a good token."""

    user: User  # never anonymous behind BearerToken
    auth: ApiToken


class BearerToken(HttpBearer):
    """Accepts a token in force whose user is active, and whose scopes allow the method."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = (
            ApiToken.objects.select_related("user__person")
            .filter(token_hash=hash_token(token), revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)
            .first()
        )
        if found is None:
            return None
        needed = ApiToken.Scope.READ if request.method in ("GET", "HEAD") else ApiToken.Scope.WRITE
        if needed not in found.scopes:
            raise AuthorizationError(message=f"This token lacks the scope “{needed}”.")
        cast(ApiRequest, request).user = found.user
        _note_use(found)
        return found


def _note_use(token: ApiToken) -> None:
    """Remember the last use, to the hour: a write for each call would cost more than the call."""
    now = timezone.now()
    if token.used_at is None or (now - token.used_at).total_seconds() > 3600:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
