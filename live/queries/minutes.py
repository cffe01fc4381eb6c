"""Who was in a class for how long."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum
from django.utils import timezone

from enrollment.models import AttendanceEntry, Enrollment
from live import intervals
from live.models import LiveSession, RoomEvent, Visit

Kind = RoomEvent.Kind


def minutes_present(session: LiveSession) -> dict[int, int]:
    """Minutes of each learner within the class, by enrollment id; so far, while it is on."""
    if not session.started_at:
        return {}
    stays = defaultdict(list)
    for stay in Visit.objects.filter(session=session, enrollment__isnull=False):
        stays[stay.enrollment_id].append((stay.joined_at, stay.until))
    end = session.ended_at or timezone.now()
    return {
        pk: intervals.minutes(intervals.merge(each, begin=session.started_at, end=end))
        for pk, each in stays.items()
        if pk
    }


@dataclass(frozen=True)
class MinutesRow:
    """A learner's minutes in a class: as the stays say, and as the ledger counts them with its corrections."""

    enrollment: Enrollment
    present: int
    counted: int
    corrections: list[AttendanceEntry]


def learners_of(session: LiveSession) -> QuerySet[Enrollment]:
    """Those who learn in the cohort of a class; by the index enrollment_of_cohort."""
    learners = Enrollment.objects.filter(cohort=session.cohort_id).exclude(status=Enrollment.Status.WITHDRAWN)
    return learners.select_related("person")


def minutes_of(session: LiveSession, learners: Sequence[Enrollment]) -> list[MinutesRow]:
    """The minutes of these learners, so far or, once counted, as they count."""
    present = minutes_present(session)
    entries: dict[int, list[AttendanceEntry]] = defaultdict(list)
    for entry in ledger_entries(session).filter(enrollment__in=learners).select_related("by__person"):
        entries[entry.enrollment_id].append(entry)
    return [
        MinutesRow(
            learner,
            present.get(learner.pk, 0),
            sum(entry.minutes for entry in entries[learner.pk]),
            [entry for entry in entries[learner.pk] if entry.reason],
        )
        for learner in learners
    ]


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
