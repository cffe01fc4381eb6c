"""The classes of a week, and of a list from a day on, for those who teach and those who learn."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from base.dates import moment_at
from enrollment.models import Enrollment, Meeting, Room, Weekday
from enrollment.models.cohorts import TEACHING
from enrollment.queries.clashes import clashing

MOST_IN_A_WEEK = 500
MIDNIGHT = time()


@dataclass
class Day:
    """A day of a week with its classes in order."""

    on: date
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(Weekday(self.on.weekday()).label)

    @property
    def is_today(self) -> bool:
        return self.on == timezone.localdate()


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday; `clashes` are ids of classes that share a moment, `is_cut` says that more are there."""

    days: list[Day]
    clashes: set[int]
    is_cut: bool

    @property
    def first(self) -> date:
        return self.days[0].on

    @property
    def last(self) -> date:
        return self.days[-1].on

    @property
    def previous(self) -> date:
        return self.first - timedelta(days=7)

    @property
    def following(self) -> date:
        return self.first + timedelta(days=7)

    @property
    def is_empty(self) -> bool:
        return not any(day.meetings for day in self.days)


def taught_meetings(user: User, *, mine: bool = False, room: Room | None = None) -> QuerySet[Meeting]:
    """Standing classes of the providers where the user leads or teaches; `mine`: those that the user holds.

    On meeting_of_organization.
    """
    rows = Meeting.objects.standing().filter(organization__in=user.standing.organizations(*TEACHING))
    if mine:
        rows = rows.filter(Q(instructor=user) | Q(instructor=None, cohort__in=user.taught_cohorts.values("pk")))
    return shown(rows.filter(room=room) if room else rows)


def learnt_meetings(user: User) -> QuerySet[Meeting]:
    """Standing classes of the groups in which the user learns; these few are read first, so that one table less
    is joined: PostgreSQL takes longer to plan eight than to read a page.
    """
    learning = Enrollment.objects.filter(person=user.person_id or 0, status=Enrollment.Status.ACTIVE)
    return shown(Meeting.objects.standing().filter(cohort__in=list(learning.values_list("cohort", flat=True))))


def shown(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Read with each class what its line says."""
    return rows.select_related("cohort__course", "lesson", "room", "instructor__person")


def week_of(rows: QuerySet[Meeting], day: date, *, judged: bool = False) -> Week:
    """The week in which a day lies, in one query; `judged`: mark what clashes, where all are of one person."""
    monday = day - timedelta(days=day.weekday())
    days = [Day(monday + timedelta(days=n)) for n in range(7)]
    since, until = moment_at(monday, MIDNIGHT), moment_at(monday + timedelta(days=7), MIDNIGHT)
    found = list(rows.filter(starts_at__gte=since, starts_at__lt=until).order_by("starts_at", "pk")[:MOST_IN_A_WEEK])
    for meeting in found:
        days[timezone.localtime(meeting.starts_at).weekday()].meetings.append(meeting)
    return Week(days, clashing(found) if judged else set(), len(found) == MOST_IN_A_WEEK)


def rooms_of(user: User) -> QuerySet[Room]:
    """The rooms of the providers where the user leads or teaches."""
    return Room.objects.filter(organization__in=user.standing.organizations(*TEACHING))
