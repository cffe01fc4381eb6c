"""The few figures that stand on home pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import District, Region, User
from reports.queries.completion import courses_overseen, last_frozen_day
from reports.queries.figures import Selection, read_table
from reports.rules import OVERSEERS


@dataclass(frozen=True)
class TerritoryFigures:
    """What became of the referrals that were submitted in a place since 1 January; `query` asks for the same table."""

    name: str
    query: str
    figures: dict[str, int | None]


def territory_figures(user: User) -> list[TerritoryFigures]:
    """The places that a user looks over, as the figures have them: the republic, else each region and district."""
    standing = user.standing
    since = timezone.localdate().replace(month=1, day=1)
    if not standing.republic.isdisjoint(OVERSEERS):
        return [_figures("", "region", {}, since)]
    regions = Region.objects.filter(pk__in=standing.regions(*OVERSEERS))
    districts = District.objects.filter(pk__in=standing.districts(*OVERSEERS))
    return [
        *(_figures(place.name, "district", {"region": place}, since) for place in regions),
        *(_figures(place.name, "mahalla", {"district": place}, since) for place in districts),
    ]


def _figures(name: str, by: str, wanted: dict[str, Any], since: date) -> TerritoryFigures:
    total = read_table(Selection(by, wanted, since), exact=True).total
    query = {"by": by, "from": since.isoformat()} | {kind: place.code for kind, place in wanted.items()}
    return TerritoryFigures(name, urlencode(query), total.figures)


@dataclass(frozen=True)
class CourseFigures:
    """How many learn and have completed the courses of a user's organizations, as frozen at the end of a day."""

    on: date | None
    active: int
    completed: int
    certified: int


def course_figures(user: User) -> CourseFigures:
    on = last_frozen_day()
    rows = courses_overseen(user, on)
    sums = rows.aggregate(*(Sum(name, default=0) for name in ("active", "completed", "certified")))
    return CourseFigures(on, sums["active__sum"], sums["completed__sum"], sums["certified__sum"])
