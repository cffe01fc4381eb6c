"""The REST interface to certificates."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Router

from accounts.bearer import ApiRequest
from base.api import PROBLEMS
from base.rates import limit_rate
from certificates import rules
from certificates.models import Credential
from certificates.queries import LOOKUPS_A_MINUTE, find_credential
from certificates.schemas import CredentialOut, RevokeIn
from certificates.services.credentials import revoke_credential

router = Router(tags=["certificates"])


def _credential(code: str) -> Credential:
    if credential := find_credential(code):
        return credential
    raise Http404


@router.get("/credentials/{code}", auth=None, response={200: CredentialOut, **PROBLEMS})
def get_credential(request: HttpRequest, code: str) -> Any:
    """Verify a certificate; whoever has its code may."""
    limit_rate(request, "verify", per_minute=LOOKUPS_A_MINUTE)
    return _credential(code)


@router.post("/credentials/{code}/revoke", response={200: CredentialOut, **PROBLEMS})
def revoke(request: ApiRequest, code: str, body: RevokeIn) -> Any:
    """Declare a certificate void, for a reason that the public reads."""
    credential = _credential(code)
    if not rules.can_revoke(request.user, credential):
        raise PermissionDenied
    revoke_credential(credential, reason=body.reason, by=request.user)
    return _credential(code)
