"""Lists of mandatory training, and rules in words."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from base.compiled import CompiledQuery
from base.dates import short_date
from base.folding import fold
from base.languages import localized
from base.paging import different_values
from courses.models import Course
from enrollment.deadlines import YEAR_END, Schedule
from enrollment.models import Enrollment, TrainingAssignment, TrainingRule
from enrollment.models.mandatory import STARTABLE

Status = TrainingAssignment.Status
SOON = timedelta(days=30)
ORDER = ("due_on", "id")


@dataclass(frozen=True)
class Counts:
    """How many assignments of a kind there are."""

    overdue: int
    soon: int
    later: int
    met: int
    exempt: int


def list_assignments(
    user: User, *, q: str = "", state: str = "", course: Course | None = None, organization: Any = None
) -> QuerySet[TrainingAssignment]:
    """What the user follows up, by words of the name, state (none: what is asked now), course and employer.

    Rests on trainingassignment_of_staff or, for an academy, on trainingassignment_of_rule.
    """
    rows = TrainingAssignment.objects.managed_by(user).filter(_where(state))
    for word in fold(q).split():
        rows = rows.filter(person__search_key__contains=word)
    if course:
        rows = rows.filter(course=course)
    if organization:
        rows = rows.filter(organization=organization)
    return rows


def with_people(rows: QuerySet[TrainingAssignment]) -> QuerySet[TrainingAssignment]:
    return rows.select_related("person", "course", "employment", "organization")


def counts_of(rows: QuerySet[TrainingAssignment]) -> Counts:
    """Count assignments by state, in one query."""
    found = rows.aggregate(
        overdue=Count("pk", filter=_where("overdue")),
        soon=Count("pk", filter=_where("soon")),
        later=Count("pk", filter=_where("later")),
        met=Count("pk", filter=Q(status=Status.MET)),
        exempt=Count("pk", filter=Q(status=Status.EXEMPT)),
    )
    return Counts(**found)


@dataclass(frozen=True, slots=True)
class Required:
    """A course that somebody must take; `learning` is the uuid of the enrollment in which it is being learned."""

    slug: str
    course: str
    self_paced: bool
    due_on: date
    learning: UUID | None

    @property
    def is_overdue(self) -> bool:
        return self.due_on < timezone.localdate()

    @property
    def is_startable(self) -> bool:
        """The same answer as `TrainingAssignmentQuerySet.startable`."""
        return self.due_on <= timezone.localdate() + STARTABLE


def _required(person: int) -> QuerySet[TrainingAssignment, Any]:
    learning = Enrollment.objects.filter(
        person=OuterRef("person"), cohort__course=OuterRef("course"), status=Enrollment.Status.ACTIVE
    )
    rows = TrainingAssignment.objects.filter(person=person).pending().order_by(*ORDER)
    return rows.values_list(
        *("course__slug", "course__title", "course__self_paced", "due_on"),
        Subquery(learning.order_by("-pk").values("uuid")[:1]),
    )


REQUIRED = CompiledQuery(_required)


def required_of(user: User) -> list[Required]:
    """What somebody must take, what is due first at the head."""
    return [
        Required(slug, localized(title), self_paced, due_on, learning)
        for slug, title, self_paced, due_on, learning in REQUIRED.rows(user.person_id or 0)
    ]


def courses_required(user: User) -> QuerySet[Course]:
    """The courses that the rules visible to a user ask for; it leaps from one course with rules to the next."""
    rules = TrainingRule.objects.visible_to(user).filter(course=OuterRef("pk"))
    return Course.objects.filter(Exists(rules), pk__in=different_values(TrainingRule, "course")).order_by("slug")


def schedule_words(schedule: Schedule) -> str:
    """How often and by when, in words: "Every 36 months. The first time within 60 days of the appointment."."""
    parts = [_often(schedule)]
    if schedule.within_days is not None and (schedule.every_months or schedule.every_years):
        text = ngettext(
            "The first time within %(n)d day of the appointment.",
            "The first time within %(n)d days of the appointment.",
            schedule.within_days,
        )
        parts.append(text % {"n": schedule.within_days})
    return " ".join(parts)


def _often(schedule: Schedule) -> str:
    if months := schedule.every_months:
        return ngettext("Every %(n)d month.", "Every %(n)d months.", months) % {"n": months}
    if years := schedule.every_years:
        month, day = schedule.by
        words = {"n": years, "day": f"{day:02}.{month:02}."}
        if schedule.by == YEAR_END:
            return (
                ngettext("Once in %(n)d year, by 31 December.", "Once in %(n)d years, by 31 December.", years) % words
            )
        return ngettext("Once in %(n)d year, by %(day)s", "Once in %(n)d years, by %(day)s", years) % words
    days = schedule.within_days or 0
    return ngettext(
        "Once, within %(n)d day of the appointment.", "Once, within %(n)d days of the appointment.", days
    ) % {"n": days}


def _where(state: str) -> Q:
    today = timezone.localdate()
    pending = Q(status__in=TrainingAssignment.PENDING)
    match state:
        case "overdue":
            return pending & Q(due_on__lt=today)
        case "soon":
            return pending & Q(due_on__gte=today, due_on__lte=today + SOON)
        case "later":
            return pending & Q(due_on__gt=today + SOON)
        case "":
            return Q(status__in=TrainingAssignment.OPEN)
        case "all":
            return Q()
        case _:
            return Q(status=state)


def last_day(ends_on: date | None) -> str:
    """The last day before the first one that no longer counts, as in lists; "" for none."""
    return short_date(ends_on - timedelta(days=1)) if ends_on else ""
