"""Who has the word: who may be heard and seen by all."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import DomainError
from base.lookup import named
from live import rules
from live.models import LiveSession, RoomEvent
from live.queries.room import has_hand_up, may_speak, participants
from live.services.events import enter, record_event

Kind = RoomEvent.Kind


class MayNotSpeak(DomainError):
    code = "may-not-speak"
    status = 403
    message = _("The teacher gives the word. Raise your hand.")


class TeacherSpeaks(DomainError):
    code = "teacher-speaks"
    message = _("Who teaches the class always has the word.")


@transaction.atomic
def set_speaking(session: LiveSession, *, who: UUID, speaking: bool, by: User) -> None:
    """Give somebody the word, which lowers their hand, or take it back; given again, it is theirs already.

    Raises TeachersOnly, InvalidInput, TeacherSpeaks and what `enter` raises.
    """
    session = enter(session, by=by, teaching=True)
    user = named(participants(session), "who", uuid=who)
    if rules.can_teach(user, session.cohort):
        raise TeacherSpeaks
    if speaking != may_speak(session, user):
        record_event(session, Kind.SPEAK if speaking else Kind.HUSH, by=by, about=user)
    if speaking and has_hand_up(session, user):
        record_event(session, Kind.LOWER, by=by, about=user)
