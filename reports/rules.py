"""Who sees small counts as they are."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, User

Role = Membership.Role
OVERSEERS = (Role.SUPERVISOR, Role.AUDITOR)
PROVIDERS = (Role.CENTRE_MANAGER, Role.ACADEMY_ADMIN)


def can_see_small_counts(user: User | AnonymousUser, wanted: Mapping[str, Any]) -> bool:
    """Whether what a table is confined to (dimension and row) lies in the user's own territory or organization."""
    if not isinstance(user, User) or not user.is_active:
        return False
    standing = user.standing
    if not standing.republic.isdisjoint(OVERSEERS) or standing.at(_key(wanted.get("organization")), *PROVIDERS):
        return True
    if mahalla := wanted.get("mahalla"):
        return standing.covers(mahalla, *OVERSEERS)
    if district := wanted.get("district"):
        return district.pk in standing.districts(*OVERSEERS) or district.region_id in standing.regions(*OVERSEERS)
    return _key(wanted.get("region")) in standing.regions(*OVERSEERS)


def can_see_completion(user: User) -> bool:
    """Whether one belongs to an academy or centre, which see the completion statistics of their courses."""
    return user.standing.has(*PROVIDERS)


def _key(row: Any) -> int | None:
    return getattr(row, "pk", None)
