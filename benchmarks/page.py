"""The pages that people open all day; the limit shows the same rows and cells by a plain view."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.db.models import Count

from accounts.models import Membership, Organization, User
from benchmarks.country import ensure_country
from benchmarks.course import SLUG, ensure_course
from benchmarks.measuring import Result, compare
from benchmarks.serving import Server, cookie_of, running_server

REQUESTS_IN_A_ROUND = 100  # so that ticks of 10 ms do not matter


@dataclass(frozen=True)
class Page:
    """A page to measure: its address, its limit's below /limits/page/, and who asks."""

    name: str
    path: str
    limit: str
    user: User


def pages() -> Iterator[Page]:
    """The measured pages of a country that is there."""
    learner, enrollment = ensure_course()
    lesson = enrollment.last_lesson
    assert lesson
    own = f"{enrollment.uuid}/{lesson.uuid}/"
    yield Page("lesson of 300", f"/learn/{own}", f"lesson/{own}", learner)
    yield Page("course of 300", f"/courses/{SLUG}/", f"course/{SLUG}/", learner)
    yield Page("home", "/", "home/", learner)
    yield Page("catalogue", "/courses/", "catalogue/", learner)
    yield Page("referrals", "/referrals/", "referrals/", centre_manager())


def results() -> Iterator[Result]:
    referrals = ensure_country()
    measured = list(pages())
    connection.close()
    with running_server() as server:
        for page in measured:
            yield measure(server, page, cookie_of(page.user), referrals)


def centre_manager() -> User:
    """Who answers for the centre with the most referrals."""
    busiest = Organization.objects.annotate(n=Count("referrals")).order_by("-n").first()
    user, _ = User.objects.get_or_create(username="bench-centre")
    Membership.objects.get_or_create(user=user, role=Membership.Role.CENTRE_MANAGER, organization=busiest)
    return user


def measure(server: Server, page: Page, headers: dict[str, str], referrals: int) -> Result:
    return compare(
        f"page, {page.name}",
        ours=partial(server.get, page.path, headers),
        limit=partial(server.get, f"/limits/page/{page.limit}", headers),
        at_most=2.0,
        clock=server.clock,
        least=REQUESTS_IN_A_ROUND,
        rows=referrals,
    )
