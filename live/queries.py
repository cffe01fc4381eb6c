"""What screens and services ask of classes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from enrollment.models import AttendanceEntry, Cohort, Enrollment
from live import intervals
from live.models import LiveSession, RoomEvent, Visit

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


# --- The room ---------------------------------------------------------------------------------
def events_since(session_id: int, since: int, *, limit: int) -> list[RoomEvent]:
    """The events after number `since`, in order; messages that were removed are marked `is_hidden`."""
    events = RoomEvent.objects.filter(session=session_id, seq__gt=since).order_by("seq")[:limit]
    return _mark_hidden(session_id, list(events.select_related("user__person", "about__person")))


def messages_before(session: LiveSession, before: int, *, limit: int) -> list[RoomEvent]:
    """The last messages with a number below `before`, in order, marked likewise."""
    messages = session.events.filter(kind=Kind.SAY, seq__lt=before).order_by("-seq")[:limit]
    return _mark_hidden(session.pk, list(messages.select_related("user__person"))[::-1])


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


def participants(session: LiveSession) -> QuerySet[User]:
    """Whoever has been in the room."""
    return User.objects.filter(pk__in=Visit.objects.filter(session=session).values("user"))


def people_here(session_id: int) -> list[Visit]:
    """One fresh stay of each person who is in the room, by name."""
    fresh = timezone.now() - timedelta(seconds=Visit.FRESH_SECONDS)
    stays = Visit.objects.filter(session=session_id, left_at=None, seen_at__gte=fresh)
    people = {stay.user_id: stay for stay in stays.select_related("user__person")}
    return sorted(people.values(), key=lambda stay: (stay.enrollment_id is not None, stay.user.name))


def last_seen(session: LiveSession, *, teaching: bool = False) -> datetime | None:
    """The last sign of life of anybody in a class, or of anybody who teaches it."""
    stays = Visit.objects.filter(session=session)
    if teaching:
        stays = stays.filter(enrollment=None)
    seen: datetime | None = stays.aggregate(at=Max("seen_at"))["at"]
    return seen


# --- Minutes ----------------------------------------------------------------------------------
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


# --- Sweeps -----------------------------------------------------------------------------------
def coming_or_on() -> list[LiveSession]:
    """Classes that may have been abandoned; by the index livesession_coming."""
    on = LiveSession.objects.filter(status=LiveSession.Status.LIVE)
    missed = LiveSession.objects.filter(status=LiveSession.Status.SCHEDULED, ends_at__lt=timezone.now())
    return list((on | missed).order_by("ends_at"))


def uncounted() -> list[int]:
    """Ids of classes that have ended and whose minutes do not stand in the ledger yet."""
    ended = LiveSession.objects.filter(status=LiveSession.Status.ENDED, counted_at=None)
    return list(ended.order_by("pk").values_list("pk", flat=True))
