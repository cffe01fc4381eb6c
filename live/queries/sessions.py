"""Which class is on, which comes next, and which were left alone."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from enrollment.models import Cohort
from live.models import LiveSession, Recording, RoomEvent

Kind = RoomEvent.Kind


def current_session(cohort: Cohort) -> LiveSession | None:
    """The class of a cohort that is on, else the next one; by the index livesession_of_cohort."""
    return cohort.live_sessions.coming().order_by("starts_at").first()


def nearest_session(cohort: Cohort, lesson: UUID | None = None) -> LiveSession | None:
    """The class of a cohort (in one lesson) that is on, else the next, else the one that ended last."""
    sessions = cohort.live_sessions.filter(lesson__uuid=lesson) if lesson else cohort.live_sessions.all()
    ended = sessions.filter(status=LiveSession.Status.ENDED)
    return sessions.coming().order_by("starts_at").first() or ended.order_by("-starts_at").first()


def next_start(cohort: Cohort) -> datetime | None:
    session = current_session(cohort)
    return session.starts_at if session else None


def coming_or_on() -> list[LiveSession]:
    """Classes that may have been abandoned; by the index livesession_coming."""
    on = LiveSession.objects.filter(status=LiveSession.Status.LIVE)
    missed = LiveSession.objects.filter(status=LiveSession.Status.SCHEDULED, ends_at__lt=timezone.now())
    return list((on | missed).order_by("ends_at"))


def uncounted() -> list[int]:
    """Ids of classes that have ended and whose minutes do not stand in the ledger yet."""
    ended = LiveSession.objects.filter(status=LiveSession.Status.ENDED, counted_at=None)
    return list(ended.order_by("pk").values_list("pk", flat=True))


def rooms_due() -> set[str]:
    """The names of the rooms that the media server is to keep; by the index livesession_coming."""
    return {
        str(uuid) for uuid in LiveSession.objects.filter(status=LiveSession.Status.LIVE).values_list("uuid", flat=True)
    }


def rooms_recorded() -> set[str]:
    """The names of the rooms that are being recorded; by the constraint recording_one_running."""
    running = Recording.objects.filter(status=Recording.Status.RUNNING)
    return {str(uuid) for uuid in running.values_list("session__uuid", flat=True)}


def to_ask() -> list[int]:
    """Ids of classes in which people are to be asked now whether they are there; by the index livesession_ask."""
    due = LiveSession.objects.filter(status=LiveSession.Status.LIVE, ask_at__lte=timezone.now())
    return list(due.order_by("ask_at").values_list("pk", flat=True))


def to_remind() -> list[int]:
    """Ids of classes of which people are to be told now; by the index livesession_remind."""
    due = LiveSession.objects.coming().filter(remind_at__lte=timezone.now())
    return list(due.order_by("remind_at").values_list("pk", flat=True))
