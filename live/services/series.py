"""Planning many classes in one step."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import InvalidInput
from courses.models import Lesson
from enrollment.models import Cohort, Holiday
from enrollment.queries.clashes import MeetingPlan
from enrollment.services.meetings import WeekPattern, plans_of
from live.models import LiveSession
from live.services.sessions import cancel_session, lock_taught, put_session
from live.signals import series_planned


@dataclass(frozen=True)
class Series:
    """What a pattern became: the classes made now, how many stood already, and the holidays left out."""

    made: list[LiveSession]
    known: int
    holidays: list[Holiday]


@transaction.atomic
def schedule_series(cohort: Cohort, pattern: WeekPattern, *, by: User | None) -> Series:
    """Plan a class on each day of a weekly pattern but holidays, all of them or none.

    With a lesson, all classes are of that one; without, each is of the next live lesson that has none yet, as far as
    there are lessons. Classes of these times stay, so the same pattern again makes nothing. Raises InvalidInput,
    CohortNotTaught, SessionOverlaps, TimesClash.
    """
    cohort = lock_taught(cohort, pattern.instructor)
    plans, holidays = plans_of(pattern)
    standing = set(
        cohort.live_sessions.exclude(status=LiveSession.Status.CANCELLED).values_list("starts_at", "ends_at")
    )
    fresh = [plan for plan in plans if (plan.starts_at, plan.ends_at) not in standing]
    lessons = repeat(pattern.lesson) if pattern.lesson else _lessons_without_class(cohort)
    made = [put_session(cohort, plan, by=by)[0] for plan in _shared_out(fresh, lessons)]
    if fresh and not made:
        raise InvalidInput(_("Every live lesson of the course has its class. Choose one of them."), field="lesson")
    if made:
        ids = [session.pk for session in made]
        transaction.on_commit(partial(series_planned.send_robust, LiveSession, session_ids=ids))
    return Series(made, len(plans) - len(fresh), holidays)


@transaction.atomic
def cancel_coming(cohort: Cohort) -> None:
    """Call off the classes of a cohort in which nobody learns any more."""
    for session in cohort.live_sessions.filter(status=LiveSession.Status.SCHEDULED).order_by("pk"):
        cancel_session(session, by=None)


def _lessons_without_class(cohort: Cohort) -> Iterable[Lesson]:
    taught = cohort.live_sessions.exclude(status=LiveSession.Status.CANCELLED).values("lesson")
    lessons = cohort.version.lessons.filter(kind=Lesson.Kind.LIVE).exclude(pk__in=taught)
    return lessons.order_by("position", "pk")


def _shared_out(plans: Iterable[MeetingPlan], lessons: Iterable[Lesson]) -> Iterator[MeetingPlan]:
    for plan, lesson in zip(plans, lessons, strict=False):
        yield replace(plan, lesson=lesson)
