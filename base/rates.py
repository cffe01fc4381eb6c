"""How often somebody may try: counted in the cache, by name and caller."""

import time

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from base.errors import DomainError


class TooOften(DomainError):
    """More tries than are allowed; `retry_after` says after how many seconds to come again."""

    code = "too-many-requests"
    status = 429
    message = _("That was too often. Please wait a minute and try again.")
    retry_after = 60


def limit_rate(request: HttpRequest, name: str, *, per_minute: int) -> None:
    """Count a try of `name` from the request's address; raise TooOften from the one past `per_minute` on."""
    limit_rate_of(request.META.get("REMOTE_ADDR", ""), name, per_minute=per_minute)


def limit_rate_of(who: str, name: str, *, per_minute: int) -> None:
    """The same for somebody who is known otherwise than by the address, such as a user's id."""
    key = f"rate:{name}:{who}:{int(time.time() // 60)}"
    cache.add(key, 0, timeout=120)
    if cache.incr(key) > per_minute:
        raise TooOften
