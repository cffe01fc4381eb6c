"""The numbered events of a room: the one place that gives numbers out."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import DomainError
from live import rules
from live.models import Breakout, Guest, LiveSession, RoomEvent
from live.signals import event_recorded


class ClassNotBegun(DomainError):
    code = "class-not-begun"
    message = _("The class has not begun yet.")


class ClassOver(DomainError):
    code = "class-over"
    message = _("The class is over.")


class NotInClass(DomainError):
    code = "not-in-class"
    status = 403
    message = _("You do not take part in this class.")


class SentOut(DomainError):
    code = "sent-out"
    status = 403
    message = _("The teacher has sent you out of this class.")


class StillWaiting(DomainError):
    code = "waiting"
    status = 403
    message = _("You wait to be let in.")


class TeachersOnly(DomainError):
    code = "teachers-only"
    status = 403
    message = _("Only who teaches the class can do this.")


def lock_session(pk: int) -> LiveSession:
    """Lock a class until the transaction ends: numbers follow each other, and its state stands."""
    return LiveSession.objects.select_for_update(no_key=True, of=("self",)).select_related("cohort").get(pk=pk)


def enter(
    session: LiveSession, *, by: User, teaching: bool = False, early: bool = False, lock: bool = True
) -> LiveSession:
    """Lock a class that is on or, `early`, still to come, for one who takes part in it or, with `teaching`, leads it.

    Without `lock` it is only read: what gets no number may go on beside everything else.

    Raises NotInClass, SentOut, StillWaiting, TeachersOnly, ClassNotBegun, ClassOver.
    """
    if teaching and not rules.can_host(by, session):
        raise TeachersOnly
    if not teaching and not rules.can_view(by, session):
        raise NotInClass
    if rules.is_removed(by, session):
        raise SentOut
    session = lock_session(session.pk) if lock else LiveSession.objects.select_related("cohort").get(pk=session.pk)
    if not teaching and rules.waits(by, session):
        raise StillWaiting
    if session.status == LiveSession.Status.SCHEDULED and not early:
        raise ClassNotBegun
    if session.status not in LiveSession.COMING:
        raise ClassOver
    return session


def record_event(
    session: LiveSession,
    kind: str,
    *,
    by: User | None,
    guest: Guest | None = None,
    about: User | None = None,
    breakout: Breakout | None = None,
    body: dict[str, Any] | None = None,
    key: UUID | None = None,
) -> RoomEvent:
    """Give an event of a locked class the next number; the sockets hear of it after commit.

    With a `breakout` only this group and who leads the class hear more of it than its number.
    """
    session.last_seq += 1
    session.save(update_fields=["last_seq", "updated_at"])
    event = RoomEvent.objects.create(
        session=session,
        seq=session.last_seq,
        kind=kind,
        user=by,
        guest=guest,
        about=about,
        breakout=breakout,
        body=body or {},
        key=key,
    )
    transaction.on_commit(partial(event_recorded.send_robust, RoomEvent, event_id=event.pk))
    return event
