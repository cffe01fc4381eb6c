"""The pages of the statistics, public and by right; the limit shows the same rows and cells from flat tables."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlencode

from django.db import connection

from accounts.models import District, Membership, Region, User
from benchmarks.country import ensure_country
from benchmarks.limits.statistics import Line as FlatLine
from benchmarks.limits.statistics import Words, fill_tables
from benchmarks.measuring import Result, compare
from benchmarks.serving import Server, cookie_of, running_server
from reports.queries.addresses import read_query
from reports.queries.figures import read_table
from reports.queries.rows import MEASURES, REFERRALS
from reports.views.page import StatisticsPage

REQUESTS_IN_A_ROUND = 40  # so that ticks of 10 ms do not matter on a busy machine
PUBLIC = ("region", "organization", "course", "profession", "category", "gender", "month")


@dataclass(frozen=True)
class Page:
    """A page to measure: its address, and whether a supervisor asks, who sees every count."""

    name: str
    asked: dict[str, str]
    exact: bool = False

    @property
    def path(self) -> str:
        return f"/statistics/?{urlencode(self.asked)}"


def pages() -> Iterator[Page]:
    region = Region.objects.get(code="1718")
    district = District.objects.filter(region=region).order_by("code").first()
    assert district
    for by in PUBLIC:
        yield Page(by, {"by": by})
    yield Page("district of a region", {"by": "district", "region": region.code})
    overseen = {"region": region.code, "district": district.code}
    for by in ("district", "organization", "course"):
        yield Page(f"supervisor: {by}", {"by": by, "region": region.code}, exact=True)
    yield Page("supervisor: mahalla", {"by": "mahalla", **overseen}, exact=True)


def results() -> Iterator[Result]:
    referrals = ensure_country()
    measured = list(pages())
    fill_tables({page.name: shown_on(page) for page in measured})
    grouped = grouping_ms()
    with running_server() as server:
        cookie = cookie_of(supervisor())
        for page in measured:
            result = measure(server, page, cookie if page.exact else {}, referrals)
            yield replace(result, detail=result.detail | {"bare_group_by_wall_ms": grouped})


def shown_on(page: Page) -> tuple[list[FlatLine], list[Words]]:
    """What the page shows: the lines of its table, its total among them, and every other row that it lists."""
    selection = read_query(page.asked)
    table = read_table(selection, exact=page.exact)
    lines: list[FlatLine] = [
        (line.name, [*(line.figures[name] for name in MEASURES), line.median_days_to_answer])
        for line in (*table.lines, table.total)
    ]
    view = StatisticsPage(selection, table, page.asked, exact=page.exact)
    choices = [f"{view.regions}{view.districts}", view.first_months, view.last_months]
    words: list[Words] = [
        (value, name, "") for html in choices for value, name in re.findall(r'value="([^"]*)"[^>]*>([^<]*)', html)
    ]
    words += [(step.label, step.value, step.share) for step in view.funnel]
    words += [(area.outline, area.label, area.url) for area in view.areas]
    words += [(tab.value, tab.label, "") for tab in view.dimensions]
    return lines, words


def supervisor() -> User:
    user, _ = User.objects.get_or_create(username="bench-supervisor")
    role = Membership.Role.SUPERVISOR
    Membership.objects.get_or_create(user=user, role=role, region=Region.objects.get(code="1718"))
    return user


def measure(server: Server, page: Page, headers: dict[str, str], referrals: int) -> Result:
    limit = f"/limits/statistics/{page.name.replace(' ', '%20')}/"
    return compare(
        f"statistics, {page.name}",
        ours=partial(server.get, page.path, headers),
        limit=partial(server.get, limit, headers),
        at_most=2.0,
        clock=server.clock,
        least=REQUESTS_IN_A_ROUND,
        rows=referrals,
    )


def grouping_ms() -> float:
    """What counting the referrals by region from the rows would take, for comparison."""
    best = 1e9
    for _ in range(3):
        started = time.perf_counter()
        list(REFERRALS.count(["region"]))
        best = min(best, time.perf_counter() - started)
    connection.close()
    return round(best * 1000, 1)
