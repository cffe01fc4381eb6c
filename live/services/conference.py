"""The conference system's rooms: one for each class that is on, and the way in."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import DomainError
from live.conference.chosen import chosen, our_prefix
from live.conference.system import Conference, ConferenceAway, Role, Room, Steered
from live.models import Guest, LiveSession
from live.queries.conference import visitors_of
from live.services.events import ClassNotBegun, ClassOver, SentOut


class ConferenceNotReady(DomainError):
    code = "conference-not-ready"
    status = 503
    message = _("Picture and sound are not there yet. The class goes on with its slides, chat and polls meanwhile.")


# --- The way in -----------------------------------------------------------------------------------
def door(session: LiveSession, *, by: User | Guest) -> str:
    """The address by which somebody comes in now; made for this one time, and kept nowhere.

    Raises ClassNotBegun, ClassOver, SentOut, ConferenceNotReady.
    """
    if session.status == LiveSession.Status.SCHEDULED:
        raise ClassNotBegun
    if session.status != LiveSession.Status.LIVE:
        raise ClassOver
    visitor = visitors_of(session, [by.uuid]).get(by.uuid)
    if visitor is None:
        raise SentOut
    system = chosen()
    if system is None or not session.is_conference_open:
        raise ConferenceNotReady
    return system.door(_room(session), visitor)


# --- What the task does ---------------------------------------------------------------------------
def settle() -> int:
    """Have the system keep a room for each class that is on, and no other of ours; returns how many were not so.

    Whether a class has its room is written down. Raises ConferenceAway.
    """
    system = chosen()
    if system is None:
        return 0
    on = LiveSession.objects.filter(status=LiveSession.Status.LIVE).select_related("cohort", "lesson")
    try:
        there = {name for name in system.rooms() if name.startswith(our_prefix())}
    except ConferenceAway:
        on.update(is_conference_open=False)
        raise
    due = {_room(session).name: session for session in on}
    lost = _open(system, [session for name, session in due.items() if name not in there])
    for name in there - due.keys():
        system.close(name)
    _write_down(due.values(), lost)
    if isinstance(system, Steered):
        for session in due.values():
            _steer(system, session)
    if lost:
        raise ConferenceAway(f"{len(lost)} rooms could not be opened")
    return len(there ^ due.keys())


def _open(system: Conference, sessions: list[LiveSession]) -> set[int]:
    """Returns the ids of those whose room could not be opened; one does not keep another back."""
    lost = set()
    for session in sessions:
        try:
            system.open(_room(session))
        except ConferenceAway:
            lost.add(session.pk)
    return lost


def _write_down(sessions: Collection[LiveSession], lost: set[int]) -> None:
    for is_open in (True, False):
        now = [each for each in sessions if (each.pk not in lost) == is_open]
        changed = [each.pk for each in now if each.is_conference_open != is_open]
        LiveSession.objects.filter(pk__in=changed).update(is_conference_open=is_open)


def _steer(system: Steered, session: LiveSession) -> None:
    """Send out who may not be there, and give and take the word as the class does; who is not of ours is left alone."""
    name = _room(session).name
    present = {uuid: speaks for who, speaks in system.present(name).items() if (uuid := _uuid(who))}
    visitors = visitors_of(session, present) if present else {}
    for uuid, speaks in present.items():
        visitor = visitors.get(uuid)
        if visitor is None:
            system.remove(name, str(uuid))
        elif speaks != (visitor.role != Role.LISTENER):
            system.let_speak(name, str(uuid), speaks=not speaks)


def _uuid(who: str) -> UUID | None:
    try:
        return UUID(who)
    except ValueError:
        return None


def _room(session: LiveSession) -> Room:
    return Room(f"{our_prefix()}{session.uuid}", session.lesson.name, is_open_floor=session.is_open_floor)
