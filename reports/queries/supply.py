"""What is wanted and offered in a place, as it is kept: docs/subsystems/supply-and-demand.md."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Avg, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import District, Organization, Profession, Region, User
from base.folding import fold
from courses.models import Course
from enrollment.models import Cohort, Referral, Wish
from reports.models import DueCount, Supply, SupplyDue
from reports.queries.wanted import open_groups, open_wishes, planned_groups, seatless_referrals
from reports.rules import OVERSEERS, PROVIDERS

Level = Supply.Level
ORDER = ("-lacking", "-seatless", "-id")
USUAL = timedelta(days=365)


# --- Places ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Place:
    """A district with its region, a region, or (None, None) the republic."""

    region: Region | None = None
    district: District | None = None

    @property
    def name(self) -> str:
        return (self.district or self.region or _REPUBLIC).name

    @property
    def codes(self) -> dict[str, str]:
        """How an address names it."""
        if self.district:
            return {"district": self.district.code}
        return {"region": self.region.code} if self.region else {}

    @property
    def ids(self) -> dict[str, int | None]:
        return {
            "region": self.region.pk if self.region else None,
            "district": self.district.pk if self.district else None,
        }

    def within(self, path: str) -> dict[str, Any]:
        """A filter of rows whose district stands at `path`."""
        if self.district:
            return {path: self.district}
        return {f"{path}__region": self.region} if self.region else {}

    @property
    def rows(self) -> QuerySet[Supply]:
        """Its rows, the total among them."""
        if self.district:
            return Supply.objects.filter(level=Level.DISTRICT, district=self.district)
        if self.region:
            return Supply.objects.filter(level=Level.REGION, region=self.region)
        return Supply.objects.filter(level=Level.REPUBLIC, region=None)

    @property
    def parts(self) -> QuerySet[Supply]:
        """The rows of the places right below it: none below a district."""
        if self.district:
            return Supply.objects.none()
        if self.region:
            return Supply.objects.filter(level=Level.DISTRICT, region=self.region).select_related("region", "district")
        return Supply.objects.filter(level=Level.REGION).select_related("region", "district")


class _Republic:
    @property
    def name(self) -> str:
        return _("Uzbekistan")


_REPUBLIC = _Republic()


@dataclass(frozen=True)
class Reach:
    """Where a user plans training: everywhere, in whole regions, in single districts; ids."""

    is_everywhere: bool
    regions: frozenset[int]
    districts: frozenset[int]

    def covers(self, place: Place) -> bool:
        return (
            self.is_everywhere
            or (place.region is not None and place.region.pk in self.regions)
            or (place.district is not None and place.district.pk in self.districts)
        )

    def regions_to_choose(self) -> QuerySet[Region]:
        rows = Region.objects.order_by("code")
        if self.is_everywhere:
            return rows
        return rows.filter(Q(pk__in=self.regions) | Q(districts__in=self.districts)).distinct()

    def districts_to_choose(self, region: Region) -> QuerySet[District]:
        rows = region.districts.order_by("code")
        whole = self.is_everywhere or region.pk in self.regions
        return rows if whole else rows.filter(pk__in=self.districts)


def reach_of(user: User) -> Reach:
    """The territory that a user looks over, and for a provider the region that it stands in, or the republic."""
    standing = user.standing
    own = standing.organizations(*PROVIDERS)
    rows = Organization.objects.filter(pk__in=own).values_list("district__region", flat=True) if own else ()
    around = set(rows)
    return Reach(
        is_everywhere=not standing.republic.isdisjoint(OVERSEERS) or None in around,
        regions=frozenset(standing.regions(*OVERSEERS) | around - {None}),
        districts=frozenset(standing.districts(*OVERSEERS)),
    )


def find_place(reach: Reach, region: str, district: str) -> Place | None:
    """The place that these codes name, without any the widest within reach; None: there is none, or it is hidden.

    A district outside the region that is named is left out: somebody has just chosen another region.
    """
    if "\0" in region + district:
        return None
    place = None
    if district:
        found = District.objects.select_related("region").filter(code=district[:40]).first()
        if found is None:
            return None
        if not region or found.region.code == region:
            place = Place(found.region, found)
    if place is None and region:
        place = Place(Region.objects.filter(code=region[:40]).first())
        if place.region is None:
            return None
    place = place or _widest(reach)
    return place if place and reach.covers(place) else None


def _widest(reach: Reach) -> Place | None:
    if reach.is_everywhere:
        return Place()
    if region := Region.objects.filter(pk__in=reach.regions).order_by("code").first():
        return Place(region)
    district = District.objects.select_related("region").filter(pk__in=reach.districts).order_by("code").first()
    return Place(district.region, district) if district else None


# --- Figures --------------------------------------------------------------------------------------
def counted_until() -> datetime:
    """Until when everything is counted: now, or the oldest change that is still due."""
    changes = DueCount.objects.order_by("pk").values_list("at", flat=True)[:1]
    districts = SupplyDue.objects.order_by("at").values_list("at", flat=True)[:1]
    return min([*changes, *districts], default=timezone.now())


def total_of(place: Place) -> Supply:
    """The figures of all occupations together; zeros where nothing is wanted or offered."""
    return place.rows.filter(is_total=True).first() or Supply(is_total=True)


def trades_of(place: Place, *, words: str = "", show: str = "") -> QuerySet[Supply]:
    """The rows of a place by occupation: those by `words`; `show` is "lacking", "fill" or "no-course"."""
    rows = place.rows.filter(is_total=False).select_related("profession")
    for word in fold(words).split():
        rows = rows.filter(profession__search_key__contains=word)
    if show:
        rows = rows.filter(lacking__gt=0)
    if show == "no-course":
        rows = rows.exclude(profession__in=_taught()).exclude(profession=None)
    elif show == "fill":
        rows = rows.filter(profession__in=[group.profession for group in groups_to_open(place)])
    return rows


def parts_of(place: Place) -> list[Supply]:
    """The totals of the places right below, those where most is lacking first."""
    return list(place.parts.filter(is_total=True).order_by(*ORDER))


def trade_in_parts(place: Place, profession: Profession) -> list[Supply]:
    """The rows of one occupation in the places right below, likewise."""
    return list(place.parts.filter(is_total=False, profession=profession).order_by(*ORDER))


@dataclass(frozen=True)
class Groups:
    """How many new groups of the usual size, of courses that lead to an occupation, would be filled."""

    profession: Profession
    count: int
    size: int

    @property
    def people(self) -> int:
        return self.count * self.size


def groups_to_open(place: Place) -> list[Groups]:
    """Every occupation of which one group at least would be filled, the most people first."""
    rows = place.rows.filter(is_total=False, lacking__gt=0, profession__in=_taught()).select_related("profession")
    cells = list(rows.order_by(*ORDER))
    sizes = usual_sizes([row.profession_id for row in cells if row.profession_id])
    found = [group for row in cells if (group := groups_of(row, sizes)) and group.count]
    return sorted(found, key=lambda group: -group.people)


def groups_of(row: Supply, sizes: dict[int, int]) -> Groups | None:
    """How many groups a row would fill; None where no course leads to the occupation."""
    if row.profession is None or row.profession_id not in sizes:
        return None
    size = sizes[row.profession.pk]
    return Groups(row.profession, row.lacking // size, size)


def usual_sizes(professions: Collection[int]) -> dict[int, int]:
    """The usual number of seats of a group, by occupation; those to which no course leads are left out.

    It is the mean of the groups that began within a year or are to begin (index cohort_of_course), wherever they are.
    """
    taught = {pk: settings.GROUP_SEATS for pk in _taught().filter(profession__in=professions) if pk}
    groups = Cohort.objects.filter(
        course__profession__in=taught, starts_on__gte=timezone.localdate() - USUAL, seats__isnull=False
    ).exclude(status=Cohort.Status.CANCELLED)
    means = groups.order_by().values_list("course__profession").annotate(seats=Avg("seats"))
    return taught | {pk: max(1, round(seats)) for pk, seats in means if pk}


def courses_for(profession: Profession) -> QuerySet[Course]:
    """Published courses that lead to an occupation and are taught in groups."""
    rows = Course.objects.published().filter(profession=profession, self_paced=False)
    return rows.select_related("provider__district__region").order_by("slug")


def seats_in(courses: Collection[Course]) -> dict[int, tuple[int, int]]:
    """By course: how many groups take learners now, and the free seats in them."""
    found = {course.pk: (0, 0) for course in courses}
    rows: QuerySet[Any, Any] = open_groups().filter(course__in=courses)
    for course, seats, taken in rows.values_list("course", "seats", "taken"):
        groups, free = found[course]
        found[course] = groups + 1, free + (seats or taken) - taken
    return found


def _taught() -> QuerySet[Course, Any]:
    rows = Course.objects.published().filter(self_paced=False, profession__isnull=False)
    return rows.order_by().values_list("profession", flat=True).distinct()


# --- The rows behind a figure ---------------------------------------------------------------------
Rows = QuerySet[Wish] | QuerySet[Referral] | QuerySet[Cohort]


def rows_behind(figure: str, place: Place, trade: Iterable[Profession | None], user: User) -> Rows:
    """The rows that a figure counts, as far as `user` may see them; `trade`: the occupation, or nothing for all."""
    wanted = list(trade)
    if figure == "wishes":
        rows = open_wishes().filter(
            pk__in=Wish.objects.visible_to(user).values("pk"), **place.within("mahalla__district")
        )
        rows = rows.filter(**{f"trade{_none(one)}": _id(one) for one in wanted})
        return rows.select_related("resident__person", "mahalla__district", "profession", "course")
    where = {f"course__profession{_none(one)}": _id(one) for one in wanted}
    if figure == "waiting":
        waiting = seatless_referrals().filter(status=Referral.Status.WAITLISTED, **place.within("mahalla__district"))
        seen = waiting.filter(pk__in=Referral.objects.worked_with_by(user).values("pk"), **where)
        return seen.select_related("person", "mahalla__district", "course", "organization")
    groups = open_groups() if figure == "free" else planned_groups()
    groups = groups.filter(pk__in=Cohort.objects.visible_to(user).values("pk"), **where)
    groups = groups.filter(organization__district__isnull=False, **place.within("organization__district"))
    return groups.select_related("course", "organization")


def _none(one: Profession | None) -> str:
    return "__isnull" if one is None else ""


def _id(one: Profession | None) -> Any:
    return True if one is None else one.pk
