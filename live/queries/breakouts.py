"""Who is in which group of a class, and what was said there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from live import rules
from live.audience import Audience
from live.models import Breakout, Division, LiveSession, Place, RoomEvent
from live.queries.room import hosts, mark_hidden, may_speak

Kind = RoomEvent.Kind
MOST_SAID = 2000  # messages of groups on the record of one class


def open_division(session: LiveSession) -> Division | None:
    """The groups in which a class works now; costs nothing where it never was divided."""
    division = session.division
    return division if division and division.is_open else None


def place_of(division: Division, user: User) -> Breakout | None:
    """The group in which somebody is; by the constraint place_one_at_a_time."""
    place = division.places.filter(user=user, until=None).select_related("breakout").first()
    return place.breakout if place else None


def rooms_of(session: LiveSession, user: User) -> list[str]:
    """The rooms of the media server in which somebody may be: the class or the own group; all of them who leads."""
    division = open_division(session)
    if division is None:
        return [str(session.uuid)]
    if rules.can_host(user, session):
        return [str(session.uuid), *(str(each.uuid) for each in division.breakouts.all())]
    return [str((place_of(division, user) or session).uuid)]


def may_publish(session: LiveSession, user: User, room: str) -> bool:
    """Whether somebody may be heard and seen in a room in which they may be: in a group everybody may."""
    return room != str(session.uuid) or may_speak(session, user)


@dataclass(frozen=True)
class GroupRow:
    """A group with the people in it, by name."""

    breakout: Breakout
    people: list[User]
    is_mine: bool


def groups_of(division: Division, user: User) -> list[GroupRow]:
    """The groups of a class with their people as they are now: two queries."""
    people: dict[int, list[User]] = defaultdict(list)
    for place in division.places.filter(until=None).select_related("user__person"):
        people[place.breakout_id].append(place.user)
    return [
        GroupRow(each, sorted(people[each.pk], key=lambda one: one.name), user in people[each.pk])
        for each in division.breakouts.all()
    ]


def told_of(session: LiveSession, user: User, events: Iterable[RoomEvent]) -> set[int]:
    """Numbers of those among these events, all within groups, that somebody is told."""
    if rules.can_host(user, session):
        return {event.seq for event in events}
    spans = defaultdict(list)
    for place in Place.objects.filter(division__session=session, user=user):
        spans[place.breakout_id].append((place.since, place.until))
    return {
        event.seq
        for event in events
        if any(
            since < event.seq and (until is None or event.seq < until) for since, until in spans[event.breakout_id or 0]
        )
    }


def group_messages(breakout: Breakout, *, reader: User, leads: bool, before: int, limit: int) -> list[RoomEvent]:
    """The last messages of a group, with those to all groups, below a number, in order, removed ones marked.

    A learner gets those of the time in which they were there. By the index roomevent_groups.
    """
    division = breakout.division
    until = min(before, division.until or before)
    said = division.session.events.filter(kind=Kind.BREAKOUT_SAY, seq__gt=division.since, seq__lt=until)
    if not leads:
        stays = Q(pk=None)
        for place in breakout.places.filter(user=reader):
            stays |= Q(seq__gt=place.since) & (Q(seq__lt=place.until) if place.until else Q())
        said = said.filter(stays)
    said = said.filter(Q(breakout=breakout) | Q(breakout=None)).order_by("-seq")[:limit]
    return mark_hidden(division.session_id, list(said.select_related("user__person", "guest"))[::-1])


def said_in_groups(session: LiveSession, user: User) -> list[tuple[Breakout, list[RoomEvent]]]:
    """What was said in each group of a class, of each time it was divided, as far as somebody was told it there.

    What was said to all groups stands in each. At most four queries and those of the rules.
    """
    said = session.events.filter(kind=Kind.BREAKOUT_SAY).select_related("user__person", "guest").order_by("-seq")
    events = mark_hidden(session.pk, list(said[:MOST_SAID])[::-1])
    told = told_of(session, user, [event for event in events if event.breakout_id])
    groups = Breakout.objects.filter(division__session=session).select_related("division")
    if not rules.can_host(user, session):
        groups = groups.filter(pk__in=Place.objects.filter(user=user, division__session=session).values("breakout"))
    events = [event for event in events if event.breakout_id is None or event.seq in told]
    return [
        (group, [event for event in events if _was_said_in(group, event)])
        for group in groups.order_by("division", "number")
    ]


def _was_said_in(group: Breakout, event: RoomEvent) -> bool:
    division = group.division
    if event.breakout_id:
        return event.breakout_id == group.pk
    return division.since < event.seq < (division.until or event.seq + 1)


def audience_of(session: LiveSession, seq: int) -> Audience:
    """Who is told what, after the event with this number."""
    if session.division_id is None:
        return Audience()
    places = Place.objects.filter(Q(until=None) | Q(until__gt=seq), division=session.division_id, since__lte=seq)
    told = places.values_list("user__uuid", "breakout__uuid")
    return Audience(
        {str(person): str(breakout) for person, breakout in told}, [str(host.uuid) for host in hosts(session)]
    )


def divisions_due() -> list[int]:
    """Ids of classes whose groups are to be closed now; by the index division_due."""
    due = Division.objects.filter(closed_at=None, ends_at__lte=timezone.now())
    return list(due.order_by("ends_at").values_list("session", flat=True))


def group_rooms_due() -> set[str]:
    """The rooms that the media server is to keep for groups."""
    open_now = Breakout.objects.filter(division__closed_at=None, division__session__status=LiveSession.Status.LIVE)
    return {str(uuid) for uuid in open_now.values_list("uuid", flat=True)}
