"""Training plans: their lines, what became of them, and who may answer for one."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.models import District, Membership, Organization, User
from courses.models import Course
from enrollment.models import Enrollment, Outcome, Referral
from enrollment.models.cohorts import ANSWERING
from reports.models import PlanLine, TrainingPlan

ORDER = ("-year", "-season", "-id")
FIGURES = ("referred", "enrolled", "completed", "employed")
Role = Membership.Role
EMPLOYED = Exists(
    Outcome.objects.filter(enrollment=OuterRef("pk"), status=Outcome.Status.CONFIRMED, kind__is_employment=True)
)


@dataclass(frozen=True)
class Source:
    """Where the rows that a line counts have their place, day, course and provider."""

    rows: QuerySet[Any]
    district: str
    moment: str
    course: str
    organization: str
    figures: dict[str, Q]


SOURCES = (
    Source(
        rows=Referral.objects.filter(submitted_at__isnull=False),
        district="mahalla__district",
        moment="submitted_at",
        course="course",
        organization="organization",
        figures={"referred": Q()},
    ),
    Source(
        rows=Enrollment.objects.filter(referral__isnull=False),
        district="referral__mahalla__district",
        moment="enrolled_at",
        course="cohort__course",
        organization="cohort__organization",
        figures={
            "enrolled": Q(),
            "completed": Q(status=Enrollment.Status.COMPLETED),
            "employed": Q(EMPLOYED),
        },
    ),
)


@dataclass
class Progress:
    """What became of a line, or of a plan: residents referred, enrolled, and of these completed and in work."""

    target: int = 0
    referred: int = 0
    enrolled: int = 0
    completed: int = 0
    employed: int = 0
    overdue: int = field(default=0)

    def add(self, other: "Progress") -> None:
        for name in ("target", *FIGURES, "overdue"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def is_reached(self) -> bool:
        return self.enrolled >= self.target


def plan_lines(plan: TrainingPlan, user: User) -> list[PlanLine]:
    """The lines of a plan that a user may see."""
    rows = PlanLine.objects.visible_to(user).filter(plan=plan)
    return list(rows.select_related("profession", "course", "organization", "owner__person"))


def own_lines(user: User, limit: int = 50) -> list[PlanLine]:
    """The lines of agreed plans that a user answers for, the one due first at the head."""
    rows = PlanLine.objects.filter(owner=user, plan__status=TrainingPlan.Status.AGREED, target__gt=0)
    return list(rows.select_related("plan__district", "profession").order_by("due_on", "pk")[:limit])


# --- What became of them --------------------------------------------------------------------------
def progress_of(plans: Collection[TrainingPlan]) -> dict[int, Progress]:
    """By line of these plans: what it reached. A closed plan has it written down, of others it is counted: two queries.

    A row counts for the narrowest line that it fits: of its course at its provider, of its course, of its occupation at
    its provider, of its occupation. Rests on referral_of_mahalla.
    """
    lines = PlanLine.objects.filter(plan__in=plans).select_related("plan")
    found = {line.pk: _written_down(line) for line in lines}
    by_plan: dict[int, list[PlanLine]] = defaultdict(list)
    for line in lines:
        by_plan[line.plan_id].append(line)
    running = [plan for plan in plans if plan.status != TrainingPlan.Status.CLOSED and by_plan[plan.pk]]
    for source in SOURCES if running else ():
        for plan, course, trade, organization, *counts in _count(source, running):
            if narrowest := _narrowest(by_plan[plan], course, trade, organization):
                progress = found[narrowest.pk]
                for name, count in zip(source.figures, counts, strict=True):
                    setattr(progress, name, getattr(progress, name) + count)
    for line in lines:
        found[line.pk].overdue = int(is_overdue(line, found[line.pk]))
    return found


def is_overdue(line: PlanLine, progress: Progress) -> bool:
    """Whether the day has passed and the target of an agreed plan was not reached."""
    agreed = line.plan.status == TrainingPlan.Status.AGREED
    return agreed and line.due_on < timezone.localdate() and not progress.is_reached


def rows_of_line(line: PlanLine, figure: str, user: User) -> QuerySet[Any]:
    """The rows that a figure of a line counts, as far as `user` may see them."""
    source = next(source for source in SOURCES if figure in source.figures)
    where = _fits(source, line)
    for other in PlanLine.objects.filter(plan=line.plan_id, profession=line.profession_id).exclude(pk=line.pk):
        if _width(other) > _width(line):
            where &= ~_fits(source, other)
    model: Any = source.rows.model
    seen = model.objects.visible_to(user).order_by().values("pk")
    rows = source.rows.filter(_within(source, line.plan), where, source.figures[figure], pk__in=seen)
    path = "" if model is Referral else "referral__"
    related = ("person", f"{path}mahalla__district", source.course, source.organization)
    return rows.select_related(*related)


def _written_down(line: PlanLine) -> Progress:
    return Progress(target=line.target, **{name: getattr(line, name) or 0 for name in FIGURES})


def _count(source: Source, plans: Collection[TrainingPlan]) -> Iterable[tuple[int, ...]]:
    """Plan, course, occupation, provider and the figures of the source."""
    within = {plan.pk: _within(source, plan) for plan in plans}
    any_of = Q()
    for where in within.values():
        any_of |= where
    plan = Case(*(When(where, then=Value(pk)) for pk, where in within.items()), output_field=IntegerField())
    rows: QuerySet[Any, Any] = source.rows.filter(any_of).order_by()
    keys = ("in_plan", source.course, f"{source.course}__profession", source.organization)
    counts = {f"n_{name}": Count("pk", filter=where) for name, where in source.figures.items()}
    counted: QuerySet[Any, Any] = rows.annotate(in_plan=plan).values(*keys).annotate(**counts)
    return counted.values_list(*keys, *counts)


def _within(source: Source, plan: TrainingPlan) -> Q:
    first, after = (_midnight(day) for day in (plan.starts_on, plan.day_after))
    return Q(**{source.district: plan.district_id, f"{source.moment}__gte": first, f"{source.moment}__lt": after})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _fits(source: Source, line: PlanLine) -> Q:
    where = Q(**{f"{source.course}__profession": line.profession_id})
    if line.course_id:
        where &= Q(**{source.course: line.course_id})
    if line.organization_id:
        where &= Q(**{source.organization: line.organization_id})
    return where


def _width(line: PlanLine) -> tuple[bool, bool]:
    """Grows the narrower a line is; no two lines of a plan that fit the same row are alike in it."""
    return line.course_id is not None, line.organization_id is not None


def _narrowest(lines: Iterable[PlanLine], course: int, trade: int | None, organization: int) -> PlanLine | None:
    fitting = [
        line
        for line in lines
        if line.profession_id == trade
        and line.course_id in (None, course)
        and line.organization_id in (None, organization)
    ]
    return max(fitting, key=_width, default=None)


# --- What a line may name -------------------------------------------------------------------------
def districts_to_plan(user: User) -> QuerySet[District]:
    """The districts that a user supervises."""
    standing = user.standing
    rows = District.objects.select_related("region").order_by("region__code", "code")
    if Role.SUPERVISOR in standing.republic:
        return rows
    return rows.filter(Q(pk__in=standing.districts(Role.SUPERVISOR)) | Q(region__in=standing.regions(Role.SUPERVISOR)))


def providers_near(district: District, *, besides: int | None = None) -> QuerySet[Organization]:
    """Those of the region, the district's own first, and `besides` wherever that is."""
    own = Case(When(district=district, then=Value(0)), default=Value(1), output_field=IntegerField())
    near = Q(district__region=district.region_id) | Q(pk=besides or 0)
    return Organization.objects.providers().filter(near).order_by(own, "code")


def courses_near(district: District, *, besides: int | None = None) -> QuerySet[Course]:
    """Published courses that lead to an occupation and are taught in groups by providers of the region; `besides`."""
    taught = Course.objects.published().filter(self_paced=False, profession__isnull=False)
    near = taught.filter(provider__district__region=district.region_id).values("pk")
    return Course.objects.filter(Q(pk__in=near) | Q(pk=besides or 0)).order_by("slug")


def owners_near(district: District) -> list[Membership]:
    """Who may answer for a line: providers of the region, counters and supervisors of the district and its region."""
    rows = Membership.objects.current().filter(
        Q(role__in=ANSWERING, organization__district__region=district.region_id)
        | Q(role__in=(Role.SUPERVISOR, Role.COUNTER), district=district)
        | Q(role=Role.SUPERVISOR, region=district.region_id),
        user__is_active=True,
    )
    return list(rows.select_related("user__person", "organization", "district", "region").order_by("role", "pk"))


def manager_of(organization: Organization) -> User | None:
    """Who leads a provider, the longest there first."""
    rows = Membership.objects.current().filter(role__in=ANSWERING, organization=organization, user__is_active=True)
    first = rows.select_related("user").order_by("starts_on", "pk").first()
    return first.user if first else None
