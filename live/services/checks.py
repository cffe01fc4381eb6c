"""Asking everybody in a class whether they are there: by hand, or at random moments.

Minutes after a question that was left unanswered are doubtful (live.queries.minutes); they count all the same, unless
who teaches corrects them.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import DomainError
from live import rules
from live.models import LiveSession, PresenceAnswer, PresenceCheck, RoomEvent
from live.queries.room import open_check
from live.services.events import NotInClass, enter, lock_session, record_event

SOONEST, LATEST = timedelta(minutes=8), timedelta(minutes=20)  # from one question at random to the next
LATE = timedelta(seconds=15)  # for an answer to arrive


class NothingAsked(DomainError):
    code = "nothing-asked"
    message = _("The time to answer is over.")


@transaction.atomic
def ask(session: LiveSession, *, by: User) -> None:
    """Ask everybody whether they are there; asked a moment ago, nobody is asked again. Raises what `enter` raises."""
    _ask(enter(session, by=by, teaching=True), by=by)


@transaction.atomic
def set_asking(session: LiveSession, *, random: bool, by: User) -> None:
    """Ask at random moments from now on, or no more. Raises what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    if random != (session.ask_at is not None):
        session.ask_at = _some_time_on() if random else None
        session.save(update_fields=["ask_at"])


@transaction.atomic
def ask_at_random(session_id: int) -> bool:
    """Ask if that is due; returns whether it was."""
    session = lock_session(session_id)
    if session.status != LiveSession.Status.LIVE or session.ask_at is None or session.ask_at > timezone.now():
        return False
    session.ask_at = _some_time_on()
    session.save(update_fields=["ask_at"])
    _ask(session, by=None)
    return True


def answer(session: LiveSession, *, by: User) -> None:
    """Say that one is there; said already, it stays said. Raises NotInClass, NothingAsked."""
    if not rules.can_view(by, session):
        raise NotInClass
    asked = open_check(session, grace=LATE)
    if asked is None:
        raise NothingAsked
    PresenceAnswer.objects.get_or_create(check_asked=asked, user=by)


def _ask(session: LiveSession, *, by: User | None) -> None:
    if open_check(session) is None:
        asked = PresenceCheck.objects.create(session=session, by=by)
        record_event(session, RoomEvent.Kind.CHECK, by=by, body={"until": asked.until.isoformat()})


def _some_time_on() -> datetime:
    spread = int((LATEST - SOONEST).total_seconds())
    return timezone.now() + SOONEST + timedelta(seconds=secrets.randbelow(spread))
