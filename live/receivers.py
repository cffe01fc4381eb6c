"""What follows from news of classes."""

from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from base.dates import short_moment
from base.models import Notice
from base.services.notices import end_current, notify_many
from enrollment.models import Cohort, Enrollment
from enrollment.signals import cohort_changed, cohort_emptied, enrollment_moved
from live import groups, rules
from live.media import janus
from live.models import LiveSession, RoomEvent
from live.queries.sessions import current_session
from live.schemas import event_data
from live.services import reminders, series
from live.signals import (
    drafts_changed,
    event_recorded,
    lobby_changed,
    pointed,
    reacted,
    reminder_due,
    series_planned,
    session_changed,
    session_ended,
    supports_changed,
    votes_changed,
    writing,
)
from live.tasks import count_session, remind_session, settle_rooms

Kind = RoomEvent.Kind
BOUNDS = frozenset({Kind.START, Kind.END, Kind.RECORD, Kind.UNRECORD, Kind.BREAKOUTS, Kind.BREAKOUTS_OVER})
STEERED = BOUNDS | {  # after which a conference system is to do something, too
    Kind.REMOVE,
    Kind.SPEAK,
    Kind.HUSH,
    Kind.HOST,
    Kind.UNHOST,
}
GATHERED = frozenset({Kind.HAND, Kind.LOWER, Kind.NOTE})  # may wait a moment for others


@receiver(event_recorded)
def tell_sockets(event_id: int, **kwargs: Any) -> None:
    """Hand an event to every process with a socket in its room; one that misses it asks the database."""
    event = RoomEvent.objects.select_related("session", "user__person", "about__person", "guest", "breakout").get(
        pk=event_id
    )
    tell = async_to_sync(groups.tell)
    removed = [str(event.about.uuid)] if event.about and event.kind == RoomEvent.Kind.REMOVE else []
    tell(event.session.uuid, events=[event_data(event)], removed=removed, at_once=event.kind not in GATHERED)
    if (event.kind in BOUNDS and janus.is_here()) or (event.kind in STEERED and settings.CONFERENCE):
        settle_rooms.delay()


@receiver(pointed)
def pass_pointer(session: UUID, place: dict[str, int] | None, **kwargs: Any) -> None:
    async_to_sync(groups.tell)(session, passing={"pointer": place})


@receiver(writing)
def pass_writing(session: UUID, who: User, **kwargs: Any) -> None:
    async_to_sync(groups.tell)(session, passing={f"writing:{who.uuid}": who.name})


@receiver(votes_changed)
def ask_for_results(session: UUID, poll: UUID, **kwargs: Any) -> None:
    """Have every process with a socket in the room count the votes anew, however many votes say so."""
    async_to_sync(groups.tell)(session, stale=[f"poll:{poll}"])


@receiver(supports_changed)
def ask_for_supporters(session: UUID, inquiry: UUID, **kwargs: Any) -> None:
    """Have every process with a socket in the room count anew who wants a question answered."""
    async_to_sync(groups.tell)(session, stale=[f"inquiry:{inquiry}"])


@receiver(reacted)
def show_reaction(session: UUID, kind: str, **kwargs: Any) -> None:
    async_to_sync(groups.tell)(session, passing={"reactions": {kind: 1}})


@receiver(lobby_changed)
def tell_lobby_changed(session: UUID, **kwargs: Any) -> None:
    """Say that others wait now, though not who: those who lead the class ask for them."""
    async_to_sync(groups.tell)(session, passing={"lobby": True})


@receiver(drafts_changed)
def tell_drafts_changed(session: UUID, **kwargs: Any) -> None:
    """Say that there are other drafts now, though not which: those who lead the class ask for them."""
    async_to_sync(groups.tell)(session, passing={"drafts": True})


@receiver(session_ended)
def count_minutes(session_id: int, **kwargs: Any) -> None:
    count_session.delay(session_id=session_id)


@receiver(session_changed)
def tell_of_change(session_id: int, **kwargs: Any) -> None:
    """Leave a notice for every learner of the cohort: a class is planned, put off or called off."""
    session = LiveSession.objects.select_related("cohort", "lesson").get(pk=session_id)
    _tell_learners(session, "class-cancelled" if session.status == LiveSession.Status.CANCELLED else "class-scheduled")


@receiver(series_planned)
def tell_of_series(session_ids: list[int], **kwargs: Any) -> None:
    """Leave one notice for every learner of the cohort about all classes that were planned together."""
    first = LiveSession.objects.select_related("cohort", "lesson").get(pk=session_ids[0])
    kind = "class-series" if len(session_ids) > 1 else "class-scheduled"
    _tell_learners(first, kind, count=len(session_ids))


def _tell_learners(session: LiveSession, kind: str, **params: int) -> None:
    learners = session.cohort.enrollments.filter(status=Enrollment.Status.ACTIVE, person__user__isnull=False)
    notify_many(
        Notice(
            user_id=user_id,
            kind=kind,
            key=f"{kind}-{session.pk}-{session.starts_at:%Y%m%d%H%M}-{user_id}",
            params={"lesson": session.lesson.title, "at": short_moment(session.starts_at)} | params,
            url=reverse("live:room", args=[session.uuid]),
        )
        for user_id in learners.values_list("person__user", flat=True)
    )


@receiver(reminder_due)
def remind_now(session_id: int, **kwargs: Any) -> None:
    remind_session.delay(session_id=session_id)


@receiver(enrollment_moved)
def show_the_way(enrollment_id: int, **kwargs: Any) -> None:
    """Show the way to a class that is on to whoever begins to learn meanwhile, and no longer to whoever leaves."""
    moved = Enrollment.objects.filter(pk=enrollment_id, person__user__isnull=False)
    soon = timezone.now() + reminders.SHORTLY_BEFORE
    found = moved.filter(cohort__next_session_at__lte=soon).select_related("cohort", "person__user").first()
    session = current_session(found.cohort) if found else None
    if found and session and found.status == Enrollment.Status.ACTIVE:
        reminders.remind_latecomer(session, found.person.user)
    elif found and session and not rules.takes_part(found.person.user, found.cohort):
        end_current(reminders.room_url(session), user_id=found.person.user.pk)


@receiver(cohort_changed)
def call_off_with_cohort(cohort_id: int, **kwargs: Any) -> None:
    """A cancelled cohort has no classes to come."""
    if cohort := Cohort.objects.filter(pk=cohort_id, status=Cohort.Status.CANCELLED).first():
        series.cancel_coming(cohort)


@receiver(cohort_emptied)
def call_off_with_learners(cohort_id: int, **kwargs: Any) -> None:
    series.cancel_coming(Cohort.objects.get(pk=cohort_id))
