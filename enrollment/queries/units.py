"""The tree of one's own organizations and their units, level by level."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import Employment, Organization, User
from accounts.models.organizations import OrganizationQuerySet
from enrollment.models import TrainingRule
from enrollment.queries.staff import STAFF_MANAGER, own_organizations

ORDER = ("search_key", "id")


@dataclass(frozen=True)
class UnitLine:
    """An organization in its tree: how many work there today, there and below, and how many units are right below."""

    unit: Organization
    people: int
    with_units: int
    units: int


def units_of(user: User) -> OrganizationQuerySet:
    """The organizations whose staff the user manages, with their units."""
    return Organization.objects.filter(pk__in=own_organizations(user))


def top_organizations(user: User) -> OrganizationQuerySet:
    """Those of a user's organizations that stand under none of the others."""
    own = own_organizations(user)
    held = user.memberships.current().filter(role=STAFF_MANAGER).values("organization")
    rows = Organization.objects.filter(pk__in=held).values_list("pk", "parent")
    return Organization.objects.filter(pk__in=[pk for pk, parent in rows if parent not in own])


def units_under(unit: Organization) -> OrganizationQuerySet:
    """On organization_units, by which they are ordered too (ORDER)."""
    return Organization.objects.filter(parent=unit)


def path_to(unit: Organization, user: User) -> list[Organization]:
    """The organizations from the topmost that the user manages down to the one right above a unit."""
    own, path = own_organizations(user), list[Organization]()
    while (above := unit.parent) and above.pk in own:
        path.insert(0, above)
        unit = above
    return path


def unit_lines(units: Collection[Organization]) -> list[UnitLine]:
    """Count for some organizations, with all that stand below them; one query a level and one for the staff."""
    top = {unit.pk: unit.pk for unit in units}  # by id: the one of these under which it stands
    level, right_below = dict(top), Counter[int]()
    while level:
        rows = Organization.objects.filter(parent__in=level).values_list("pk", "parent")
        below = {pk: parent for pk, parent in rows if parent and pk not in top}
        right_below.update(below.values())
        level = {pk: level[parent] for pk, parent in below.items()}
        top |= level
    people, sums = _people(list(top)), Counter[int]()
    for pk, n in people.items():
        sums[top[pk]] += n
    return [UnitLine(unit, people[unit.pk], sums[unit.pk], right_below[unit.pk]) for unit in units]


def rules_naming(unit: Organization) -> QuerySet[TrainingRule]:
    """The rules in force that name a unit; they hold for it wherever it stands."""
    return TrainingRule.objects.in_force().filter(employers=unit).select_related("course", "issuer").order_by("-pk")


def _people(organizations: list[int]) -> dict[int, int]:
    """On employment_of_organization."""
    held = Employment.objects.current().filter(organization__in=organizations).values("organization")
    counted = held.annotate(n=Count("person", distinct=True)).values_list("organization", "n")
    return defaultdict(int, counted)
