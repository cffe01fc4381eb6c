"""All that a class left, in order of time, and where in its films it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from base.languages import localized
from live.models import Inquiry, LiveSession, Poll, Recording, RoomEvent
from live.queries.polls import PollRow
from live.queries.room import mark_hidden

Kind = RoomEvent.Kind
# What can be chosen to be seen alone.
GROUPS: dict[str, tuple[Kind, ...]] = {
    "messages": (Kind.SAY,),
    "slides": (Kind.DECK, Kind.SLIDE),
    "polls": (Kind.POLL_OPEN, Kind.POLL_CLOSE),
    "questions": (Kind.ASK, Kind.ANSWERED),
    "notes": (Kind.NOTE,),
    "captions": (Kind.CAPTION,),
}


@dataclass(frozen=True)
class Place:
    """A time, and where it stands in a film, if it does."""

    at: datetime
    film: UUID | None = None
    seconds: int = 0

    @property
    def offset(self) -> str:
        """From when the film began: `4:05`, `1:04:05`."""
        hours, rest = divmod(self.seconds, 3600)
        return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def place_of(at: datetime, films: Sequence[Recording]) -> Place:
    for film in films:
        seconds = int((at - film.started_at).total_seconds())
        if film.file and at >= film.started_at and seconds <= (film.seconds or 0):
            return Place(at, film.uuid, seconds)
    return Place(at)


@dataclass(frozen=True)
class Moment:
    """Something that happened in a class, in words; `totals` are what a poll that was closed had for each choice."""

    event: RoomEvent
    group: str
    place: Place
    text: str
    totals: list[tuple[str, int]] = field(default_factory=list)

    @property
    def by(self) -> str:
        who = self.event.guest or self.event.user
        return who.name if who else ""


@dataclass(frozen=True)
class TimeLine:
    """A stretch of all that happened; `more` is the number after which the next one begins."""

    moments: list[Moment]
    more: int | None


@dataclass(frozen=True)
class Known:
    """What events name and whoever looks may see: films, polls and questions of the class."""

    films: Sequence[Recording]
    polls: Sequence[PollRow]
    inquiries: Sequence[Inquiry]

    @cached_property
    def poll_of(self) -> dict[str, Poll]:
        return {str(row.poll.uuid): row.poll for row in self.polls}

    @cached_property
    def question_of(self) -> dict[str, str]:
        return {str(inquiry.uuid): inquiry.text for inquiry in self.inquiries}


def time_line(session: LiveSession, known: Known, *, group: str, after: int, limit: int) -> TimeLine:
    """What happened after a number, of one group or of all: two queries, along the constraint roomevent_seq_once."""
    kinds = [kind for name, kinds in GROUPS.items() if group in ("", name) for kind in kinds]
    wanted = Q(kind__in=[kind for kind in kinds if kind != Kind.NOTE])
    if Kind.NOTE in kinds:
        wanted |= Q(kind=Kind.NOTE, body__turn=True)
    events = RoomEvent.objects.filter(wanted, session=session, seq__gt=after).order_by("seq")
    found = list(events.select_related("user__person", "guest")[: limit + 1])
    more = found[limit - 1].seq if len(found) > limit else None
    told = [_moment(event, known) for event in mark_hidden(session.pk, found[:limit]) if not event.is_hidden]
    return TimeLine([moment for moment in told if moment], more)


def _moment(event: RoomEvent, known: Known) -> Moment | None:
    """The event in words; None where there is nothing to tell: slides put away, a question that was removed."""
    group = next(name for name, kinds in GROUPS.items() if event.kind in kinds)
    text, totals = event.body.get("text", ""), []
    if group == "slides":
        text = event.body.get("page")
    elif group == "polls":
        told = event.body.get("results", {})
        if poll := known.poll_of.get(told["poll"] if told else event.body["poll"]["id"]):
            text, counts = str(poll), told.get("totals", {})
            choices = zip(poll.keys, poll.choices, strict=True)
            totals = [(localized(choice["text"]), counts[key]) for key, choice in choices if key in counts]
    elif group == "notes":
        text = str(event.body["version"])
    elif event.kind == Kind.ANSWERED:
        text = known.question_of.get(event.body["inquiry"])
    return Moment(event, group, place_of(event.at, known.films), text, totals) if text else None
