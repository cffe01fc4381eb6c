"""Who was in a class for how long."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from enrollment.models import AttendanceEntry, Enrollment
from live import intervals
from live.intervals import Interval
from live.models import LiveSession, MinutesSaid, Visit

Question = tuple[datetime, datetime, set[int | None]]  # asked when, to be answered until when, which people did


BRIDGED = timedelta(minutes=2)
"""Who is back within this time was there: a telephone that was locked, a connection or a server that was lost."""


def _stays(session: LiveSession) -> dict[int, list[Interval]]:
    """When each learner was in the class, by enrollment id: tabs, devices and reconnects merged."""
    if not session.started_at:
        return {}
    stays: dict[int, list[Interval]] = defaultdict(list)
    for stay in Visit.objects.filter(session=session, enrollment__isnull=False):
        stays[stay.enrollment_id or 0].append((stay.joined_at, stay.until))
    bounds = {"begin": session.started_at, "end": session.ended_at or timezone.now()}
    return {pk: intervals.merge(each, **bounds, bridging=BRIDGED) for pk, each in stays.items()}


def minutes_present(session: LiveSession) -> dict[int, int]:
    """Minutes of each learner within the class, by enrollment id; so far, while it is on."""
    return {pk: intervals.minutes(each) for pk, each in _stays(session).items()}


def doubtful_minutes(session: LiveSession) -> dict[int, int]:
    """Minutes present from a question that a learner left unanswered until one that was answered, by enrollment id.

    Only who was there for the whole time to answer was asked.
    """
    checks = list(session.checks.prefetch_related("answers__user"))
    if not checks:
        return {}
    stays = _stays(session)
    people = dict(Enrollment.objects.filter(pk__in=stays).values_list("pk", "person"))
    answered = [{answer.user.person_id for answer in check.answers.all()} for check in checks]
    questions = [
        (check.asked_at, check.until, people_there) for check, people_there in zip(checks, answered, strict=True)
    ]
    return {
        pk: minutes
        for pk, each in stays.items()
        if (minutes := intervals.minutes(_doubtful(each, questions, people[pk])))
    }


def _doubtful(stays: list[Interval], questions: list[Question], person: int) -> list[Interval]:
    doubtful: list[Interval] = []
    since: datetime | None = None
    for asked_at, until, answered in questions:
        was_asked = any(begin <= asked_at and until <= end for begin, end in stays)
        if since and person in answered:
            doubtful += intervals.merge(stays, begin=since, end=asked_at)
        if person in answered:
            since = None
        elif was_asked and since is None:
            since = asked_at
    return doubtful + (intervals.merge(stays, begin=since, end=stays[-1][1]) if since else [])


@dataclass(frozen=True)
class MinutesRow:
    """A learner's minutes in a class: as the stays say, how many of them are doubtful, and as the ledger counts them.

    Before they are counted, what was said of them counts.
    """

    enrollment: Enrollment
    present: int
    doubtful: int
    counted: int
    said: MinutesSaid | None
    corrections: list[AttendanceEntry]

    @property
    def will_count(self) -> int:
        """What stands on the page before the minutes are counted."""
        return self.said.minutes if self.said else self.present


def learners_of(session: LiveSession) -> QuerySet[Enrollment]:
    """Those who learn in the cohort of a class; by the index enrollment_of_cohort."""
    learners = Enrollment.objects.filter(cohort=session.cohort_id).exclude(status=Enrollment.Status.WITHDRAWN)
    return learners.select_related("person")


def minutes_of(session: LiveSession, learners: Sequence[Enrollment]) -> list[MinutesRow]:
    """The minutes of these learners, so far or, once counted, as they count."""
    present, doubtful = minutes_present(session), doubtful_minutes(session)
    said = {} if session.counted_at else _said(session, learners)
    entries: dict[int, list[AttendanceEntry]] = defaultdict(list)
    for entry in ledger_entries(session).filter(enrollment__in=learners).select_related("by__person"):
        entries[entry.enrollment_id].append(entry)
    return [
        MinutesRow(
            learner,
            present.get(learner.pk, 0),
            doubtful.get(learner.pk, 0),
            sum(entry.minutes for entry in entries[learner.pk]),
            said.get(learner.pk),
            [entry for entry in entries[learner.pk] if entry.reason],
        )
        for learner in learners
    ]


def _said(session: LiveSession, learners: Sequence[Enrollment]) -> dict[int, MinutesSaid]:
    rows = session.minutes_said.filter(enrollment__in=learners).select_related("by__person")
    return {row.enrollment_id: row for row in rows}


def present_learners(session: LiveSession, *, limit: int = 100) -> tuple[list[MinutesRow], int]:
    """The minutes so far of up to `limit` learners who were in a class, and how many more there were."""
    present = [pk for pk, minutes in minutes_present(session).items() if minutes]
    learners = list(learners_of(session).filter(pk__in=present).order_by("person__search_key")[:limit])
    return minutes_of(session, learners), len(present) - len(learners)


def ledger_entries(session: LiveSession) -> QuerySet[AttendanceEntry]:
    """What the ledger of attendance holds of a class: the counted entries and their corrections."""
    return AttendanceEntry.objects.filter(
        enrollment__cohort=session.cohort_id, lesson=session.lesson_id, key__startswith=f"live:{session.uuid}:"
    ).order_by("pk")


def counted_minutes(session: LiveSession) -> dict[int, int]:
    """Minutes that count for each learner of a class, corrections included, by enrollment id."""
    sums = ledger_entries(session).order_by().values_list("enrollment_id").annotate(Sum("minutes"))
    return dict(sums)
