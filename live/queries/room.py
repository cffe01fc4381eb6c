"""What was said in a room, whose hand is up, and who is here."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from live.models import LiveSession, PresenceCheck, RoomEvent, Visit
from live.rules import can_teach

Kind = RoomEvent.Kind


def events_since(session_id: int, since: int, *, limit: int) -> list[RoomEvent]:
    """The events after number `since`, in order; messages and questions that were removed are marked `is_hidden`."""
    events = RoomEvent.objects.filter(session=session_id, seq__gt=since).order_by("seq")[:limit]
    return mark_hidden(session_id, list(events.select_related("user__person", "about__person", "guest", "breakout")))


def messages_before(session: LiveSession, before: int, *, limit: int) -> list[RoomEvent]:
    """The last messages with a number below `before`, in order, marked likewise."""
    messages = session.events.filter(kind=Kind.SAY, seq__lt=before).order_by("-seq")[:limit]
    return mark_hidden(session.pk, list(messages.select_related("user__person", "guest"))[::-1])


def mark_hidden(session_id: int, events: list[RoomEvent]) -> list[RoomEvent]:
    """These events, those marked `is_hidden` whose message or question was removed: one query where there are any."""
    shown = [event for event in events if event.kind in (*RoomEvent.SAID, Kind.ASK)]
    if shown:
        removals = RoomEvent.objects.filter(session=session_id, kind__in=(Kind.HIDE, Kind.WITHDRAW))
        removed = {body.get("of") or body["inquiry"] for body in removals.values_list("body", flat=True)}
        for event in shown:
            event.is_hidden = (event.body["inquiry"] if event.kind == Kind.ASK else event.seq) in removed
    return events


def hands_up(session: LiveSession) -> list[User]:
    """Whose hands are up, the one that has waited longest first."""
    up: dict[int, RoomEvent] = {}
    moves = session.events.filter(kind__in=(Kind.HAND, Kind.LOWER)).order_by("seq")
    for event in moves.select_related("about__person"):
        assert event.about_id
        up.pop(event.about_id, None)
        if event.kind == Kind.HAND:
            up[event.about_id] = event
    return [event.about for event in up.values() if event.about]


def has_hand_up(session: LiveSession, user: User) -> bool:
    """By the index roomevent_about."""
    return session.events.last_about(user, Kind.HAND, Kind.LOWER) == Kind.HAND


def is_muted(session: LiveSession, user: User) -> bool:
    """By the index roomevent_about."""
    return session.events.last_about(user, Kind.MUTE, Kind.UNMUTE) == Kind.MUTE


def may_speak(session: LiveSession, user: User) -> bool:
    """Whether somebody may be heard and seen: who teaches, and who was given the word; by the index roomevent_about."""
    if can_teach(user, session.cohort):
        return True
    word = session.events.last_about(user, Kind.SPEAK, Kind.HUSH)
    return word == Kind.SPEAK or (session.is_open_floor and word is None)


def words_given(session: LiveSession) -> set[int]:
    """Ids of those to whom the word was given, and not taken back since."""
    given: set[int] = set()
    moves = session.events.filter(kind__in=(Kind.SPEAK, Kind.HUSH)).order_by("seq")
    for kind, user in moves.values_list("kind", "about"):
        (given.add if kind == Kind.SPEAK else given.discard)(user)
    return given


def muted_people(session: LiveSession) -> list[User]:
    """Who may not write now."""
    return _last_had(session, Kind.MUTE, Kind.UNMUTE)


def removed_people(session: LiveSession) -> list[User]:
    """Who was sent out and not let in again."""
    return _last_had(session, Kind.REMOVE, Kind.READMIT)


def hosts(session: LiveSession) -> list[User]:
    """Who helps to lead without teaching."""
    return _last_had(session, Kind.HOST, Kind.UNHOST)


def _last_had(session: LiveSession, begun: str, ended: str) -> list[User]:
    """To whom the first of these happened last."""
    people: dict[int, User] = {}
    moves = session.events.filter(kind__in=(begun, ended)).order_by("seq")
    for event in moves.select_related("about__person"):
        assert event.about
        people.pop(event.about.pk, None)
        if event.kind == begun:
            people[event.about.pk] = event.about
    return list(people.values())


def timer_of(session: LiveSession) -> dict[str, Any]:
    """How the timer stands: `ends_at` while it runs, `left` (seconds) while it pauses, nothing without one."""
    body: dict[str, Any] | None = (
        session.events.filter(kind=Kind.TIMER).order_by("-seq").values_list("body", flat=True).first()
    )
    return body or {}


def open_check(
    session: LiveSession, *, grace: timedelta = timedelta(), but_of: User | None = None
) -> PresenceCheck | None:
    """The question whether one is there that may be answered now, unless `but_of` has answered it."""
    since = timezone.now() - PresenceCheck.ANSWER_WITHIN - grace
    asked = session.checks.filter(asked_at__gt=since)
    return (asked.exclude(answers__user=but_of) if but_of else asked).last()


def participants(session: LiveSession) -> QuerySet[User]:
    """Whoever has been in the room, or has waited to be let in."""
    came = Visit.objects.filter(session=session).values("user")
    return User.objects.filter(Q(pk__in=came) | Q(pk__in=session.waiters.values("user")))


def people_here(session_id: int) -> list[Visit]:
    """One fresh stay of each person who is in the room, by name."""
    fresh = timezone.now() - timedelta(seconds=Visit.FRESH_SECONDS)
    stays = Visit.objects.filter(session=session_id, left_at=None, seen_at__gte=fresh)
    people = {(stay.user_id, stay.guest_id): stay for stay in stays.select_related("user__person", "guest")}
    return sorted(people.values(), key=lambda stay: (stay.enrollment_id is not None, stay.guest_id or 0, stay.name))


def last_seen(session: LiveSession, *, teaching: bool = False) -> datetime | None:
    """The last sign of life of anybody but guests in a class, or of anybody who teaches it."""
    stays = Visit.objects.filter(session=session, guest=None)
    if teaching:
        stays = stays.filter(enrollment=None)
    seen: datetime | None = stays.aggregate(at=Max("seen_at"))["at"]
    return seen
