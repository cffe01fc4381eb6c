"""What the frame of every page shows: the main ways of whoever looks, and how many notices are unread."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from base.compiled import CompiledQuery
from base.models import Notice
from base.notices import text_of

Role = Membership.Role


@dataclass(frozen=True)
class Place:
    """A page that the main navigation may lead to; without roles, every signed-in person sees it."""

    label: Promise
    url_name: str
    roles: frozenset[str] = frozenset()
    visitors: bool = False


PLACES = (
    Place(_("My learning"), "learning:home"),
    Place(_("Residents"), "enrollment:resident_list", frozenset({Role.ASSISTANT, Role.COUNTER, Role.AUDITOR})),
    Place(
        _("Referrals"),
        "enrollment:referral_list",
        frozenset({Role.ASSISTANT, Role.COUNTER, Role.CENTRE_MANAGER, Role.SUPERVISOR, Role.AUDITOR}),
    ),
    Place(_("Groups"), "enrollment:cohort_list", frozenset({Role.CENTRE_MANAGER, Role.ACADEMY_ADMIN, Role.INSTRUCTOR})),
    Place(_("Calendar"), "enrollment:calendar", frozenset({Role.CENTRE_MANAGER, Role.ACADEMY_ADMIN, Role.INSTRUCTOR})),
    Place(_("Teaching"), "learning:teach_home", frozenset({Role.INSTRUCTOR, Role.CENTRE_MANAGER, Role.ACADEMY_ADMIN})),
    Place(_("Staff"), "enrollment:staff_list", frozenset({Role.STAFF_MANAGER})),
    Place(_("Mandatory training"), "enrollment:training_list", frozenset({Role.STAFF_MANAGER, Role.ACADEMY_ADMIN})),
    Place(_("Certificates"), "certificates:issued_list", frozenset({Role.CENTRE_MANAGER, Role.ACADEMY_ADMIN})),
    Place(_("Supply and demand"), "reports:supply", frozenset({Role.SUPERVISOR, Role.AUDITOR})),
    Place(_("Courses"), "enrollment:course_list", visitors=True),
    Place(_("Statistics"), "reports:statistics", visitors=True),
)


@dataclass(frozen=True)
class Way:
    """One link of the main navigation."""

    label: Promise
    url: str
    current: bool


LINKS = (
    *("about", "notice_list", "privacy", "set_language", "set_theme"),
    *("account_change_password", "account_login", "account_logout", "mfa_index"),
    *("accounts:settings", "certificates:credential_list", "certificates:verify", "reports:statistics"),
)

_address = cache(reverse)  # looked up some twenty times for each page


def ways_of(request: HttpRequest) -> list[Way]:
    """Where this person's roles lead, in the order of their work."""
    held = request.user.standing.roles if request.user.is_authenticated else None
    ways = []
    for place in PLACES:
        if not place.visitors and (held is None or (place.roles and held.isdisjoint(place.roles))):
            continue
        url = _address(place.url_name)
        ways.append(Way(place.label, url, request.path.startswith(url)))
    return ways


def navigation(request: HttpRequest) -> SafeString:
    """The links to `ways_of`, drawn once for both places where they stand: the header and the menu of a phone."""
    marks = {True: SafeString(' aria-current="page"'), False: SafeString(' aria-current="true"')}
    links = format_html_join(
        "",
        '<li><a href="{}"{}>{}</a></li>',
        ((way.url, marks[way.url == request.path] if way.current else "", way.label) for way in ways_of(request)),
    )
    return format_html("<ul>{}</ul>", links) if links else links


# In order, so that PostgreSQL goes along index notice_unread also where it does not know for whom it plans.
UNREAD = CompiledQuery(
    lambda user: (
        Notice.objects.filter(user=user, read_at=None).order_by("-created_at").values_list("pk", "current_until")[:99]
    )
)
Unread = list[tuple[int, datetime | None]]


def unread_notices(request: HttpRequest) -> Unread:
    """The unread notices, and until when what each leads to is going on."""
    return UNREAD.rows(request.user.pk) if request.user.is_authenticated else []


@dataclass(frozen=True)
class GoingOn:
    """Something that is going on now, which every page leads to."""

    text: str
    url: str
    until: datetime | None


def going_on(request: HttpRequest, unread: Unread) -> GoingOn | None:
    """What the newest notice of something that is going on says, but on the page itself that it leads to."""
    now = timezone.now()
    found = next((pk for pk, until in unread if until and until > now), None)
    notice = Notice.objects.filter(pk=found).first() if found else None
    if notice is None or request.path.startswith(notice.url):
        return None
    return GoingOn(text_of(notice.kind, notice.params), notice.url, notice.current_until)


@cache
def links() -> dict[str, str]:
    """The addresses that every page leads to, by the last word of their URL name."""
    return {name.rpartition(":")[2]: reverse(name) for name in LINKS}


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor; what asks the database does it once, and only for templates that show it."""
    unread: Any = SimpleLazyObject(partial(unread_notices, request))
    return {
        "navigation": SimpleLazyObject(partial(navigation, request)),
        "unread_notices": unread,
        "going_on": SimpleLazyObject(partial(going_on, request, unread)),
        "links": links(),
    }
