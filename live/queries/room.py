"""What was said in a room, whose hand is up, and who is here."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import User
from live.models import LiveSession, PresenceCheck, RoomEvent, Visit
from live.rules import can_teach

Kind = RoomEvent.Kind


def events_since(session_id: int, since: int, *, limit: int) -> list[RoomEvent]:
    """The events after number `since`, in order; messages that were removed are marked `is_hidden`."""
    events = RoomEvent.objects.filter(session=session_id, seq__gt=since).order_by("seq")[:limit]
    return _mark_hidden(session_id, list(events.select_related("user__person", "about__person", "guest")))


def messages_before(session: LiveSession, before: int, *, limit: int) -> list[RoomEvent]:
    """The last messages with a number below `before`, in order, marked likewise."""
    messages = session.events.filter(kind=Kind.SAY, seq__lt=before).order_by("-seq")[:limit]
    return _mark_hidden(session.pk, list(messages.select_related("user__person", "guest"))[::-1])


def _mark_hidden(session_id: int, events: list[RoomEvent]) -> list[RoomEvent]:
    hidden: set[int] = set()
    if any(event.kind == Kind.SAY for event in events):
        hides = RoomEvent.objects.filter(session=session_id, kind=Kind.HIDE)
        hidden = {body["of"] for body in hides.values_list("body", flat=True)}
    for event in events:
        event.is_hidden = event.kind == Kind.SAY and event.seq in hidden
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
    return _last_about(session, user, (Kind.HAND, Kind.LOWER)) == Kind.HAND


def is_muted(session: LiveSession, user: User) -> bool:
    """By the index roomevent_about."""
    return _last_about(session, user, (Kind.MUTE, Kind.UNMUTE)) == Kind.MUTE


def may_speak(session: LiveSession, user: User) -> bool:
    """Whether somebody may be heard and seen: who teaches, and who was given the word; by the index roomevent_about."""
    if can_teach(user, session.cohort):
        return True
    word = _last_about(session, user, (Kind.SPEAK, Kind.HUSH))
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
    muted: dict[int, User] = {}
    moves = session.events.filter(kind__in=(Kind.MUTE, Kind.UNMUTE)).order_by("seq")
    for event in moves.select_related("about__person"):
        assert event.about
        muted.pop(event.about.pk, None)
        if event.kind == Kind.MUTE:
            muted[event.about.pk] = event.about
    return list(muted.values())


def _last_about(session: LiveSession, user: User, kinds: Sequence[str]) -> str | None:
    moves = session.events.filter(about=user, kind__in=kinds).order_by("-seq")
    return moves.values_list("kind", flat=True).first()


def open_check(
    session: LiveSession, *, grace: timedelta = timedelta(), but_of: User | None = None
) -> PresenceCheck | None:
    """The question whether one is there that may be answered now, unless `but_of` has answered it."""
    since = timezone.now() - PresenceCheck.ANSWER_WITHIN - grace
    asked = session.checks.filter(asked_at__gt=since)
    return (asked.exclude(answers__user=but_of) if but_of else asked).last()


def participants(session: LiveSession) -> QuerySet[User]:
    """Whoever has been in the room."""
    return User.objects.filter(pk__in=Visit.objects.filter(session=session).values("user"))


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
