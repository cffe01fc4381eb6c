"""What follows from news of classes."""

from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from base.services.notices import notify
from enrollment.models import Enrollment
from live import groups
from live.media import janus
from live.models import LiveSession, RoomEvent
from live.schemas import event_data
from live.signals import event_recorded, pointed, session_changed, session_ended
from live.tasks import count_session, settle_rooms

BOUNDS = frozenset({RoomEvent.Kind.START, RoomEvent.Kind.END, RoomEvent.Kind.RECORD, RoomEvent.Kind.UNRECORD})
GATHERED = frozenset({RoomEvent.Kind.HAND, RoomEvent.Kind.LOWER})  # may wait a moment for others


@receiver(event_recorded)
def tell_sockets(event_id: int, **kwargs: Any) -> None:
    """Hand an event to every process with a socket in its room; one that misses it asks the database."""
    event = RoomEvent.objects.select_related("session", "user__person", "about__person").get(pk=event_id)
    tell = async_to_sync(groups.tell)
    tell(event.session.uuid, events=[event_data(event)], at_once=event.kind not in GATHERED)
    if event.kind in BOUNDS and janus.is_here():
        settle_rooms.delay()


@receiver(pointed)
def pass_pointer(session: UUID, place: dict[str, int] | None, **kwargs: Any) -> None:
    async_to_sync(groups.tell)(session, passing={"pointer": place})


@receiver(session_ended)
def count_minutes(session_id: int, **kwargs: Any) -> None:
    count_session.delay(session_id=session_id)


@receiver(session_changed)
def remind_learners(session_id: int, **kwargs: Any) -> None:
    """Leave a notice for every learner of the cohort: a class is planned, put off or called off."""
    session = LiveSession.objects.select_related("cohort", "lesson").get(pk=session_id)
    kind = "class-cancelled" if session.status == LiveSession.Status.CANCELLED else "class-scheduled"
    learners = session.cohort.enrollments.filter(status=Enrollment.Status.ACTIVE, person__user__isnull=False)
    for user_id in learners.values_list("person__user", flat=True):
        notify(
            user_id,
            kind=kind,
            key=f"{kind}-{session.pk}-{session.starts_at:%Y%m%d%H%M}-{user_id}",
            params={"lesson": session.lesson.title, "at": f"{timezone.localtime(session.starts_at):%d.%m.%Y %H:%M}"},
            url=reverse("live:room", args=[session.uuid]),
        )
