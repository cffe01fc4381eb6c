"""What became of a household over the years: its categories, who came and who left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext as _

from enrollment.models import Household

LASTED = Q(ends_on=None) | Q(ends_on__gt=F("starts_on"))  # what was closed on its first day was a mistake, or a merge


@dataclass(frozen=True)
class HomeEvent:
    """One entry of components/timeline.html that has a day and no time."""

    on: date
    title: str
    by: str = ""
    tone: str = "neutral"
    icon: str = "circle-dot"


def events_of_home(household: Household) -> list[HomeEvent]:
    """The time line of a household, the latest first; two queries."""
    return sorted([*_categories(household), *_people(household)], key=lambda event: event.on, reverse=True)


def _categories(household: Household) -> Iterator[HomeEvent]:
    periods = household.category_periods.filter(LASTED).select_related("category", "recorded_by__person")
    for period in periods.order_by("-starts_on", "-pk"):
        title = _("Category: %(name)s") % {"name": period.category.name}
        by = period.recorded_by.name if period.recorded_by else ""
        yield HomeEvent(period.starts_on, title, by, tone="info", icon="flag")


def _people(household: Household) -> Iterator[HomeEvent]:
    for resident in household.residents.filter(LASTED).select_related("person").order_by("-pk"):
        name = {"name": resident.person.name}
        if resident.ends_on:
            yield HomeEvent(resident.ends_on, _("%(name)s does not live here any more") % name, icon="log-out")
        title = _("%(name)s is written down here") % name
        yield HomeEvent(resident.starts_on, title, tone="success", icon="user-plus")
