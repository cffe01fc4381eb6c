"""The calendar of cohorts: planning classes one by one or by a weekly pattern, moving them, calling them off.

Whoever plans holds the locks of the cohort, then of the rooms, then of the instructors, each kind in the order of ids:
of two plans for one room the second sees the first. Learners who would be in two places are named, not refused
(enrollment.queries.clashes.learner_clashes).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from base.dates import moment_at
from base.errors import DomainError, InvalidInput
from base.services.notices import notify
from courses.models import Lesson
from enrollment.models import Cohort, Enrollment, Holiday, Meeting, Room
from enrollment.models.calendar import LONGEST
from enrollment.queries.clashes import Clash, MeetingPlan, find_clashes, when
from enrollment.services.seats import lock_cohort

MOST_AT_ONCE = 400
MOST_NAMED = 5  # clashes that a refusal spells out


class TimesClash(DomainError):
    """Somebody or something would be in two places at once; the message names what and when."""

    code = "times-clash"


class MeetingCancelled(DomainError):
    code = "meeting-cancelled"
    message = gettext_lazy("This class was called off.")


class MeetingIsLive(DomainError):
    code = "meeting-is-live"
    message = gettext_lazy("A live class is put off and called off on its own page.")


@dataclass(frozen=True, kw_only=True)
class WeekPattern:
    """Classes at one time on some days of the week, from one day up to and including another."""

    weekdays: Collection[int]
    since: date
    until: date
    starts: time
    ends: time
    lesson: Lesson | None = None
    room: Room | None = None
    instructor: User | None = None


@dataclass(frozen=True)
class Planned:
    """What a pattern became: the classes made now, how many stood already, and the holidays left out."""

    made: list[Meeting]
    known: int
    holidays: list[Holiday]


@transaction.atomic
def plan_meeting(cohort: Cohort, plan: MeetingPlan, *, by: User | None) -> Meeting:
    """Plan one class; planned again for the same times it is the one there is. Raises InvalidInput, TimesClash."""
    cohort = _lock(cohort.pk, [plan])
    same = cohort.meetings.standing().filter(starts_at=plan.starts_at, ends_at=plan.ends_at).first()
    if same:
        return same
    meeting = _make(cohort, [plan])[0]
    audit.record("meeting.planned", meeting, by=by)
    return meeting


@transaction.atomic
def plan_pattern(cohort: Cohort, pattern: WeekPattern, *, by: User | None) -> Planned:
    """Plan a class on each day of a weekly pattern but holidays, all of them or none.

    Those that stand already stay as they are, so the same pattern again makes nothing. Raises InvalidInput, TimesClash.
    """
    plans, holidays = plans_of(pattern)
    cohort = _lock(cohort.pk, plans)
    known = set(cohort.meetings.standing().values_list("starts_at", "ends_at"))
    fresh = [plan for plan in plans if (plan.starts_at, plan.ends_at) not in known]
    made = _make(cohort, fresh)
    if made:
        audit.record("meeting.pattern-planned", cohort, by=by, count=len(made))
    return Planned(made, len(plans) - len(fresh), holidays)


@transaction.atomic
def change_meeting(meeting: Meeting, plan: MeetingPlan, *, by: User | None) -> Meeting:
    """Put a class to another time, room, instructor or lesson; its learners are told of another time or room.

    Raises InvalidInput, TimesClash, MeetingCancelled, MeetingIsLive.
    """
    meeting = _lock_meeting(meeting, [plan])
    before = MeetingPlan(**{name: getattr(meeting, name) for name in vars(plan)})
    if before == plan:
        return meeting
    _check(meeting.cohort, [plan], but=meeting)
    for name, value in vars(plan).items():
        setattr(meeting, name, value)
    meeting.save()
    audit.record("meeting.changed", meeting, by=by)
    if (before.starts_at, before.room) != (plan.starts_at, plan.room):
        _tell(meeting, "meeting-changed", key=f"{meeting.updated_at:%y%m%d%H%M%S%f}", was=when(before))
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, reason: str, by: User | None) -> Meeting:
    """Call a class off; its room and its instructor are free again, and its learners are told. Raises MeetingIsLive."""
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if meeting.live_uuid:
        raise MeetingIsLive
    if meeting.cancelled_at:
        return meeting
    meeting.cancelled_at, meeting.cancel_reason = timezone.now(), reason
    meeting.save(update_fields=["cancelled_at", "cancel_reason", "updated_at"])
    audit.record("meeting.cancelled", meeting, by=by, reason=reason)
    _tell(meeting, "meeting-cancelled", reason=reason)
    return meeting


def put_live_meeting(live: UUID, cohort: Cohort, plan: MeetingPlan | None) -> None:
    """Keep the row of a live class as `live` says, in its transaction and under its lock of the cohort.

    No plan: it was called off. Raises TimesClash where its teacher is elsewhere.
    """
    meeting = Meeting.objects.filter(live_uuid=live).first()
    if plan is None:
        now = timezone.now()
        Meeting.objects.filter(live_uuid=live, cancelled_at=None).update(cancelled_at=now, updated_at=now)
        return
    lock_places([plan])
    _refuse(find_clashes(cohort, [plan], but=meeting))
    of = {"cohort": cohort, "organization_id": cohort.organization_id}
    Meeting.objects.update_or_create(live_uuid=live, defaults=of | vars(plan))


def _make(cohort: Cohort, plans: Sequence[MeetingPlan]) -> list[Meeting]:
    _check(cohort, plans)
    of = {"cohort": cohort, "organization_id": cohort.organization_id}
    return Meeting.objects.bulk_create([Meeting(**of, **vars(plan)) for plan in plans])


def _check(cohort: Cohort, plans: Sequence[MeetingPlan], *, but: Meeting | None = None) -> None:
    for plan in plans:
        if plan.ends_at <= plan.starts_at:
            raise InvalidInput(_("The class ends before it begins."), field="ends")
        if plan.ends_at - plan.starts_at > LONGEST:
            raise InvalidInput(_("A class lasts twelve hours at most."), field="ends")
        if plan.lesson and (plan.lesson.version_id != cohort.version_id or plan.lesson.kind != Lesson.Kind.ON_SITE):
            raise InvalidInput(_("Choose an on-site lesson of this group’s course."), field="lesson")
        if plan.room and plan.room.organization_id != cohort.organization_id:
            raise InvalidInput(_("This room is another organization’s."), field="room")
    _refuse(find_clashes(cohort, plans, but=but))


def _refuse(clashes: Sequence[Clash]) -> None:
    if not clashes:
        return
    words = list(dict.fromkeys(str(clash) for clash in clashes))
    named, more = words[:MOST_NAMED], len(words) - MOST_NAMED
    raise TimesClash(" ".join([*named, _("And %(n)s more.") % {"n": more}] if more > 0 else named))


def plans_of(pattern: WeekPattern) -> tuple[list[MeetingPlan], list[Holiday]]:
    """The classes of a pattern, and the holidays that fall on one of its days. Raises InvalidInput."""
    if pattern.until < pattern.since:
        raise InvalidInput(_("The last day is before the first."), field="until")
    if (pattern.until - pattern.since).days > 2 * 366:
        raise InvalidInput(_("A pattern spans two years at most."), field="until")
    wanted = [day for day in _range(pattern.since, pattern.until) if day.weekday() in set(pattern.weekdays)]
    off = holidays_on(wanted)
    days = [day for day in wanted if day not in off]
    if not days:
        raise InvalidInput(_("None of these days of the week falls into this time."), field="weekdays")
    if len(days) > MOST_AT_ONCE:
        raise InvalidInput(_("No more than 400 classes are planned at once."), field="until")
    return [_plan_on(pattern, day) for day in days], list(dict.fromkeys(off.values()))


def holidays_on(days: Sequence[date]) -> dict[date, Holiday]:
    """Those of some days, in order, that are days off, with the holiday."""
    if not days:
        return {}
    off = Holiday.objects.filter(valid_from__lte=days[-1], valid_until__gt=days[0]).order_by("valid_from")
    periods = [(row.valid_from, row.valid_until, row) for row in off if row.valid_from and row.valid_until]
    return {day: row for day in days for since, until, row in periods if since <= day < until}


def _range(since: date, until: date) -> Iterator[date]:
    return (since + timedelta(days=n) for n in range((until - since).days + 1))


def _plan_on(pattern: WeekPattern, day: date) -> MeetingPlan:
    return MeetingPlan(
        starts_at=moment_at(day, pattern.starts),
        ends_at=moment_at(day, pattern.ends),
        lesson=pattern.lesson,
        room=pattern.room,
        instructor=pattern.instructor,
    )


def _lock(cohort_id: int, plans: Sequence[MeetingPlan]) -> Cohort:
    cohort = lock_cohort(cohort_id)
    lock_places(plans)
    return cohort


def lock_places(plans: Sequence[MeetingPlan]) -> None:
    """Lock the rooms and the instructors of some classes; the caller holds the cohort."""
    rooms = {plan.room.pk for plan in plans if plan.room}
    instructors = {plan.instructor.pk for plan in plans if plan.instructor}
    for rows in (Room.objects.filter(pk__in=rooms), User.objects.filter(pk__in=instructors)):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _lock_meeting(meeting: Meeting, plans: Sequence[MeetingPlan]) -> Meeting:
    cohort = _lock(meeting.cohort_id, plans)
    related = Meeting.objects.select_related("lesson", "room", "instructor")
    meeting = related.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
    meeting.cohort = cohort
    if meeting.live_uuid:
        raise MeetingIsLive
    if meeting.cancelled_at:
        raise MeetingCancelled
    return meeting


def _tell(meeting: Meeting, kind: str, *, key: str = "", **params: str) -> None:
    """Leave a notice for every learner of the group who has a way to sign in."""
    learning = Enrollment.objects.filter(
        cohort=meeting.cohort_id, status=Enrollment.Status.ACTIVE, person__user__isnull=False
    )
    room = str(meeting.room) if meeting.room else ""
    for user_id in learning.values_list("person__user", flat=True):
        notify(
            user_id,
            kind=kind,
            key=f"{kind}-{meeting.pk}-{key}-{user_id}",
            params={"group": meeting.cohort.code, "when": when(meeting), "room": room} | params,
            url="/classes/",
        )
