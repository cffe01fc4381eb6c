"""The grains in which figures are kept: by which dimensions the rows of a rollup tell them apart, beside the month.

The finest, `cell`, is counted from the rows; each other one is a sum of one finer than itself. Together they answer
every page from a number of rows that does not grow with the number of referrals.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

PLACES = ("mahalla", "district", "region")
DIMENSIONS = ("region", "district", "mahalla", "organization", "course", "category", "gender")
CELL = "cell"


@dataclass(frozen=True, slots=True)
class Grain:
    """`source` is the grain whose rows are summed up to this one; the cells have none."""

    code: str
    dimensions: tuple[str, ...]
    source: str = ""

    @property
    def place(self) -> str:
        """The territorial level it names; empty: none, the republic."""
        return next((place for place in PLACES if place in self.dimensions), "")


def _grains() -> Iterable[Grain]:
    yield Grain(CELL, ("mahalla", "organization", "course", "category", "gender"))
    yield Grain("mahalla", ("mahalla",), CELL)
    yield Grain("district", ("district",), "mahalla")
    yield Grain("region", ("region",), "district")
    yield Grain("republic", (), "region")
    for dimension in ("organization", "course", "category", "gender"):
        yield Grain(f"district-{dimension}", ("district", dimension), CELL)
        yield Grain(f"region-{dimension}", ("region", dimension), f"district-{dimension}")
        yield Grain(dimension, (dimension,), f"region-{dimension}")


GRAINS = {grain.code: grain for grain in _grains()}
"""By code, each after its source."""


def path(start: str, to: str) -> str:
    """The way in the ORM from one territorial level up to another: `path("mahalla", "region")`."""
    return "__".join(PLACES[PLACES.index(start) : PLACES.index(to) + 1])


def choose_grain(dimensions: set[str]) -> Grain:
    """The coarsest grain that tells all of `dimensions` apart; of places it names the finest asked for."""
    place = next((place for place in PLACES if place in dimensions), "")
    others = dimensions - set(PLACES)
    for grain in GRAINS.values():
        if grain.code != CELL and grain.place == place and others == set(grain.dimensions) - {place}:
            return grain
    return GRAINS[CELL]


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
