"""What a user may reach: the memberships in force, by role and place."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import Mahalla

Places = dict[str, set[int]]


@dataclass(frozen=True)
class Standing:
    """The places where a user holds each role today; ids only, so that one query serves a whole request.

    `places[kind][role]` holds ids of organizations, mahallas, districts or regions; `republic` the territorial roles
    held without a place, which reach everywhere.
    """

    roles: frozenset[str] = frozenset()
    places: dict[str, Places] = field(default_factory=dict)
    republic: frozenset[str] = frozenset()

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, int | None, int | None, int | None, int | None]]) -> "Standing":
        """Read `(role, organization, mahalla, district, region)` rows."""
        places: dict[str, Places] = {
            kind: defaultdict(set) for kind in ("organization", "mahalla", "district", "region")
        }
        roles, republic = set(), set()
        for role, *ids in rows:
            roles.add(role)
            if not any(ids):
                republic.add(role)
            for kind, pk in zip(places, ids, strict=True):
                if pk:
                    places[kind][role].add(pk)
        return cls(frozenset(roles), places, frozenset(republic))

    def has(self, *roles: str) -> bool:
        """Whether one of `roles` is held anywhere."""
        return not self.roles.isdisjoint(roles)

    def organizations(self, *roles: str) -> set[int]:
        return self._ids("organization", roles)

    def mahallas(self, *roles: str) -> set[int]:
        return self._ids("mahalla", roles)

    def districts(self, *roles: str) -> set[int]:
        return self._ids("district", roles)

    def regions(self, *roles: str) -> set[int]:
        return self._ids("region", roles)

    def at(self, organization_id: int | None, *roles: str) -> bool:
        """Whether one of `roles` is held at this organization."""
        return organization_id in self.organizations(*roles)

    def in_territory(self, *roles: str, path: str = "mahalla", stored: bool = False) -> Q:
        """A filter that keeps rows whose mahalla (at `path`) lies in the territory of one of `roles`.

        `stored`: the row keeps district and region beside its mahalla, so that each is a range of an index.
        """
        if not self.republic.isdisjoint(roles):
            return ~Q(pk__in=[])  # every row; an empty Q would vanish where it is combined by "or"
        district, region = f"{path}__district", f"{path}__district__region"
        if stored:
            district, region = (path.removesuffix("mahalla") + name for name in ("district", "region"))
        held = {
            f"{path}_id__in": self.mahallas(*roles),
            f"{district}_id__in": self.districts(*roles),
            f"{region}_id__in": self.regions(*roles),
        }
        # What is not held stays out, and with it the join that would look for it.
        kept = [Q(**{where: ids}) for where, ids in held.items() if ids]
        return reduce(or_, kept, Q(pk__in=[]))

    def covers(self, mahalla: "Mahalla", *roles: str) -> bool:
        """Whether a mahalla lies in the territory of one of `roles`: the same answer as `in_territory`."""
        return (
            not self.republic.isdisjoint(roles)
            or mahalla.pk in self.mahallas(*roles)
            or mahalla.district_id in self.districts(*roles)
            or mahalla.district.region_id in self.regions(*roles)
        )

    def _ids(self, kind: str, roles: tuple[str, ...]) -> set[int]:
        held = self.places.get(kind, {})
        return set().union(*(held.get(role, ()) for role in roles))
