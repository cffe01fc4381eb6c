"""Who or what would be in two places at once.

Two classes clash where a.start < b.end and b.start < a.end, so one that encloses the other is found too.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from courses.models import Lesson
from enrollment.models import Cohort, Enrollment, Meeting, Room
from enrollment.models.calendar import LONGEST


@dataclass(frozen=True, kw_only=True)
class MeetingPlan:
    """When, where and by whom a class is to be held; see the fields of Meeting."""

    starts_at: datetime
    ends_at: datetime
    lesson: Lesson | None = None
    room: Room | None = None
    instructor: User | None = None


@dataclass(frozen=True)
class Clash:
    """A planned class and the one that stands in its way."""

    plan: MeetingPlan
    other: Meeting
    kind: str  # "room", "instructor" or "group"

    def __str__(self) -> str:
        words = {
            "room": _("Room “%(name)s” is taken by group %(group)s, %(when)s."),
            "instructor": _("%(name)s teaches group %(group)s, %(when)s."),
            "group": _("Group %(group)s has another class then, %(when)s."),
        }[self.kind]
        return words % {"name": self._name, "group": self.other.cohort.code, "when": when(self.other)}

    @property
    def _name(self) -> str:
        who = self.other.instructor
        return {"room": str(self.other.room), "instructor": who.name if who else ""}.get(self.kind, "")


@dataclass(frozen=True)
class LearnerClash:
    """Learners of one class who have to be in another at the same time."""

    meeting: Meeting
    other: Meeting
    names: list[str]


def when(meeting: Meeting | MeetingPlan) -> str:
    """The day and the times of a class in words: "23.11.2026, 09:00–12:00"."""
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    return f"{starts:%d.%m.%Y, %H:%M}–{ends:%H:%M}"


def find_clashes(cohort: Cohort, plans: Sequence[MeetingPlan], *, but: Meeting | None = None) -> list[Clash]:
    """What stands in the way of classes of a cohort: its own others, and those in the same rooms or with the same
    instructors, wherever they are. `but` is the class that is being moved. One query.
    """
    if not plans:
        return []
    rooms = {plan.room.pk for plan in plans if plan.room}
    instructors = {plan.instructor.pk for plan in plans if plan.instructor}
    near = Meeting.objects.standing().filter(
        Q(cohort=cohort) | Q(room__in=rooms) | Q(instructor__in=instructors),
        starts_at__gt=min(plan.starts_at for plan in plans) - LONGEST,
        starts_at__lt=max(plan.ends_at for plan in plans),
    )
    if but:
        near = near.exclude(pk=but.pk)
    others = list(near.select_related("cohort", "room", "instructor__person"))
    return [
        Clash(plan, other, kind)
        for plan in plans
        for other in others
        if overlap(plan, other) and (kind := _meets(cohort, plan, other))
    ]


def learner_clashes(cohort: Cohort, *, since: datetime, only: Meeting | None = None) -> list[LearnerClash]:
    """Coming classes of a cohort at whose time some of its learners have a class of another group. Three queries."""
    active = Enrollment.Status.ACTIVE
    learners = Enrollment.objects.filter(cohort=cohort, status=active).values("person")
    elsewhere: defaultdict[int, list[str]] = defaultdict(list)
    rows = Enrollment.objects.filter(person__in=learners, status=active).exclude(cohort=cohort)
    for row in rows.select_related("person").order_by("person__search_key"):
        elsewhere[row.cohort_id].append(row.person.name)
    if not elsewhere:
        return []
    coming = Meeting.objects.standing().filter(ends_at__gt=since)
    own = list(coming.filter(cohort=cohort, **({"pk": only.pk} if only else {})).order_by("starts_at"))
    others = list(coming.filter(cohort__in=elsewhere).select_related("cohort").order_by("starts_at"))
    pairs = ((meeting, other) for meeting in own for other in others if overlap(meeting, other))
    return [LearnerClash(meeting, other, elsewhere[other.cohort_id]) for meeting, other in pairs]


def overlap(one: Meeting | MeetingPlan, other: Meeting | MeetingPlan) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def clashing(meetings: Iterable[Meeting]) -> set[int]:
    """Ids of those of some classes, ordered by their beginning, that share a moment with another of them."""
    found: set[int] = set()
    last: Meeting | None = None  # the one that ends last so far
    for meeting in meetings:
        if last and overlap(last, meeting):
            found |= {last.pk, meeting.pk}
        if last is None or meeting.ends_at > last.ends_at:
            last = meeting
    return found


def _meets(cohort: Cohort, plan: MeetingPlan, other: Meeting) -> str:
    if other.cohort_id == cohort.pk:
        return "group"
    if plan.room and plan.room.pk == other.room_id:
        return "room"
    if plan.instructor and plan.instructor.pk == other.instructor_id:
        return "instructor"
    return ""
