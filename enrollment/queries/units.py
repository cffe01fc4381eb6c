"""The tree of one's own organizations and their units."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import Employment, Organization, User
from accounts.models.organizations import OrganizationQuerySet
from enrollment.models import TrainingRule
from enrollment.queries.staff import own_organizations

DEEPEST_SHOWN = 5


@dataclass(frozen=True)
class UnitLine:
    """An organization in its tree; `people` work there today, `with_units` there and below."""

    unit: Organization
    depth: int
    people: int
    with_units: int
    is_own: bool  # a unit that the reader keeps; one on top is kept by platform administrators

    @property
    def indent(self) -> int:
        return min(self.depth, DEEPEST_SHOWN)


def units_of(user: User) -> OrganizationQuerySet:
    """The organizations whose staff the user manages, with their units."""
    return Organization.objects.filter(pk__in=own_organizations(user))


def unit_tree(user: User) -> list[UnitLine]:
    """The user's organizations, each with its units below it by name; two queries, whatever the size."""
    rows = {row.pk: row for row in units_of(user)}
    below: dict[int | None, list[Organization]] = defaultdict(list)
    for row in sorted(rows.values(), key=lambda row: row.name):
        below[row.parent_id if row.parent_id in rows else None].append(row)
    people = _people(list(rows))
    sums: dict[int, int] = {}

    def lines(parent: int | None, depth: int) -> Iterator[tuple[Organization, int]]:
        for row in below[parent]:
            yield row, depth
            yield from lines(row.pk, depth + 1)

    def total(pk: int) -> int:
        sums[pk] = people[pk] + sum(total(row.pk) for row in below[pk])
        return sums[pk]

    for top in below[None]:
        total(top.pk)
    return [
        UnitLine(row, depth, people[row.pk], sums[row.pk], is_own=row.parent_id in rows)
        for row, depth in lines(None, 0)
    ]


def rules_naming(unit: Organization) -> QuerySet[TrainingRule]:
    """The rules in force that name a unit; they hold for it wherever it stands."""
    return TrainingRule.objects.in_force().filter(employers=unit).select_related("course", "issuer").order_by("-pk")


def _people(organizations: list[int]) -> dict[int, int]:
    """On employment_of_organization."""
    held = Employment.objects.current().filter(organization__in=organizations).values("organization")
    counted = held.annotate(n=Count("person", distinct=True)).values_list("organization", "n")
    return defaultdict(int, counted)
