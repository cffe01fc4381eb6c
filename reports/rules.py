"""Who sees small counts as they are, who plans training, and where."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import District, Membership, User
from enrollment.models.households import HOLDING
from enrollment.models.referrals import FOLLOWING

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


def can_see_supply(user: User) -> bool:
    """Whether one plans training: looks over a territory or leads a provider."""
    return user.standing.has(*OVERSEERS, *PROVIDERS)


def can_open_rows(user: User, figure: str, *, region: int | None, district: int | None) -> bool:
    """Whether one may read the rows behind a figure of what is wanted and offered in a place (None, None: anywhere)."""
    match figure:
        case "wishes":
            return looks_over(user, *HOLDING, region=region, district=district)
        case "waiting":
            return looks_over(user, *FOLLOWING, region=region, district=district)
        case "planned":
            return user.standing.has(*PROVIDERS)
    return figure == "free"


def looks_over(user: User, *roles: str, region: int | None, district: int | None) -> bool:
    """Whether one of the roles is held over all of a place; the region is that of the district."""
    standing = user.standing
    return (
        not standing.republic.isdisjoint(roles)
        or region in standing.regions(*roles)
        or (district is not None and district in standing.districts(*roles))
    )


def can_plan(user: User, district: District) -> bool:
    """Whether one writes the training plans of a district: its supervisor, or one of its region or the republic."""
    return looks_over(user, Role.SUPERVISOR, region=district.region_id, district=district.pk)


def can_see_plans(user: User) -> bool:
    """Whether one may have training plans, or lines of them, to follow."""
    return user.standing.has(*OVERSEERS, *PROVIDERS, Role.COUNTER)


def _key(row: Any) -> int | None:
    return getattr(row, "pk", None)
