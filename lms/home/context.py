"""What the frame of every page shows: the main ways of whoever looks, and how many notices are unread."""

from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from base.models import Notice

Role = Membership.Role
EVERYONE = frozenset[str]()
# (label, URL name, roles that see it; EVERYONE for visitors too). A person sees what any of the roles held needs.
WAYS: tuple[tuple[Promise, str, frozenset[str]], ...] = (
    (_("Courses"), "enrollment:course_list", EVERYONE),
    (_("Residents"), "enrollment:resident_list", frozenset({Role.ASSISTANT, Role.COUNTER})),
    (
        _("Referrals"),
        "enrollment:referral_list",
        frozenset({Role.ASSISTANT, Role.COUNTER, Role.CENTRE_MANAGER, Role.SUPERVISOR, Role.AUDITOR}),
    ),
    (_("Groups"), "enrollment:cohort_list", frozenset({Role.CENTRE_MANAGER, Role.ACADEMY_ADMIN, Role.INSTRUCTOR})),
    (_("Teaching"), "learning:teach_home", frozenset({Role.INSTRUCTOR, Role.ACADEMY_ADMIN})),
    (_("Statistics"), "reports:statistics", EVERYONE),
    (_("Check a certificate"), "certificates:verify", EVERYONE),
)


@dataclass(frozen=True)
class Way:
    """One link of the main navigation."""

    label: Promise
    url: str
    current: bool


def ways_of(request: HttpRequest) -> list[Way]:
    roles = request.user.standing.roles if request.user.is_authenticated else EVERYONE
    ways = []
    for label, name, needed in WAYS:
        if needed and roles.isdisjoint(needed):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:  # that page is not built yet
            continue
        ways.append(Way(label, url, request.path.startswith(url)))
    return ways


def unread_notices(request: HttpRequest) -> int:
    if not request.user.is_authenticated:
        return 0
    return Notice.objects.filter(user=request.user, read_at=None)[:99].count()


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor; both are asked once, and only by templates that show them."""
    return {
        "navigation": SimpleLazyObject(partial(ways_of, request)),
        "unread_notices": SimpleLazyObject(partial(unread_notices, request)),
    }
