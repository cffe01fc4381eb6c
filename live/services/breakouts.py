"""Small groups: dividing a class, who is in which group, what is said there, and bringing all back."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.lookup import named
from live import rules
from live.models import Breakout, Division, LiveSession, Place, RoomEvent
from live.queries.breakouts import open_division, place_of
from live.queries.room import hosts, is_muted, participants, people_here
from live.services.chat import Muted, check_text
from live.services.events import NotInClass, TeachersOnly, enter, lock_session, record_event

Kind = RoomEvent.Kind
How = Division.How
FEWEST, MOST = 2, 20  # groups
LONGEST = 180  # minutes
COUNTDOWN = timedelta(seconds=60)


class NoBreakouts(DomainError):
    code = "no-breakouts"
    message = _("The class is not divided into groups.")


class DividedAlready(DomainError):
    code = "divided-already"
    message = _("The class is divided into groups already. Bring all back first.")


class NotInBreakout(DomainError):
    code = "not-in-breakout"
    status = 403
    message = _("You are not in this group.")


# --- Dividing, and bringing back ------------------------------------------------------------------
@transaction.atomic
def open_breakouts(session: LiveSession, *, count: int, how: str, minutes: int | None = None, by: User) -> Division:
    """Divide a class into so many groups, until somebody ends them or for so many minutes.

    Where they are dealt, the learners who are here are; who comes later gets into the smallest group.
    Raises InvalidInput, DividedAlready and what `enter` raises.
    """
    session = enter(session, by=by, teaching=True)
    if not FEWEST <= count <= MOST:
        raise InvalidInput(_("There can be from 2 to 20 groups."), field="count")
    if how not in How.values:
        raise InvalidInput(_("Choose how the learners are divided."), field="how")
    if minutes is not None and not 1 <= minutes <= LONGEST:
        raise InvalidInput(_("Groups last from 1 to 180 minutes."), field="minutes")
    if open_division(session):
        raise DividedAlready
    _close(session, by=by)  # one whose time is up, and that nobody has closed yet
    division = Division.objects.create(session=session, how=how, ends_at=_in(minutes))
    session.division = division
    session.save(update_fields=["division"])
    groups = [Breakout.objects.create(division=division, number=number + 1) for number in range(count)]
    _deal(session, groups, by=by)
    audit.record("session.divided", session, by=by, count=count, how=how)
    return division


def _in(minutes: int | None) -> datetime | None:
    return timezone.now() + timedelta(minutes=minutes) if minutes else None


def _deal(session: LiveSession, groups: list[Breakout], *, by: User) -> None:
    """Place the learners who are here, where they are dealt, and tell all of the groups."""
    division, helpers = groups[0].division, hosts(session)
    here = [stay.user for stay in people_here(session.pk) if stay.user and stay.enrollment_id]
    learners = [user for user in here if user not in helpers] if division.how in Division.DEALT else []
    if division.how == How.RANDOM:
        random.shuffle(learners)
    shares = [learners[number :: len(groups)] for number in range(len(groups))]
    told = [
        {"id": str(group.uuid), "number": group.number, "people": [str(user.uuid) for user in share]}
        for group, share in zip(groups, shares, strict=True)
    ]
    body = {"how": division.how, "breakouts": told, "leads": [str(user.uuid) for user in helpers]}
    event = record_event(session, Kind.BREAKOUTS, by=by, body=body | _end_of(division))
    division.since = event.seq
    division.save(update_fields=["since", "updated_at"])
    Place.objects.bulk_create(
        Place(division=division, breakout=group, user=user, since=event.seq)
        for group, share in zip(groups, shares, strict=True)
        for user in share
    )


def _end_of(division: Division) -> dict[str, str]:
    return {"ends_at": division.ends_at.isoformat()} if division.ends_at else {}


@transaction.atomic
def bring_back(session: LiveSession, *, at_once: bool = False, by: User) -> None:
    """End the groups at once, or a minute from now; ended already, nothing changes. Raises what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    division = open_division(session)
    if at_once or division is None:
        _close(session, by=by)
        return
    soon = timezone.now() + COUNTDOWN
    if division.ends_at is None or division.ends_at > soon:
        division.ends_at = soon
        division.save(update_fields=["ends_at", "updated_at"])
        record_event(session, Kind.BREAKOUTS_END, by=by, body=_end_of(division))


def close_if_due(session: LiveSession, *, by: User | None = None) -> bool:
    """Close groups whose time is up, whoever says so; others go on. Returns whether it did."""
    if by and not rules.can_view(by, session):
        raise NotInClass
    if not Division.objects.filter(session=session, closed_at=None, ends_at__lte=timezone.now()).exists():
        return False
    with transaction.atomic():
        return _close(lock_session(session.pk), by=None)


def close_with_class(session: LiveSession, *, by: User | None) -> None:
    """Close the groups of a locked class that ends."""
    _close(session, by=by)


def _close(session: LiveSession, *, by: User | None) -> bool:
    division = session.division
    if division is None or division.closed_at:
        return False
    event = record_event(session, Kind.BREAKOUTS_OVER, by=by)
    division.closed_at, division.until = timezone.now(), event.seq
    division.save(update_fields=["closed_at", "until", "updated_at"])
    division.places.filter(until=None).update(until=event.seq)
    audit.record("session.brought-back", session, by=by)
    return True


# --- Who is where ---------------------------------------------------------------------------------
@transaction.atomic
def move(session: LiveSession, *, who: UUID | None = None, breakout: UUID | None = None, by: User) -> None:
    """Place somebody in a group or, with none, in the main room; oneself, where learners choose.

    Raises NoBreakouts, TeachersOnly, InvalidInput and what `enter` raises.
    """
    session = enter(session, by=by)
    division = _open(session)
    user = named(participants(session), "who", uuid=who) if who else by
    if not rules.can_host(by, session) and (user != by or division.how != How.CHOICE):
        raise TeachersOnly
    if rules.can_host(user, session):
        raise InvalidInput(_("Who leads the class is in no group, and sees them all."), field="who")
    _place(session, user, _named(division, breakout) if breakout else None, by=by)


def place_latecomer(session: LiveSession, user: User) -> None:
    """Deal a learner who comes while the class is divided to the smallest group; where nobody is dealt, to none."""
    division = open_division(session)
    if division is None or division.how not in Division.DEALT or division.places.filter(user=user).exists():
        return
    with transaction.atomic():
        session = lock_session(session.pk)
        division = open_division(session)
        if division is None or division.places.filter(user=user).exists() or rules.can_host(user, session):
            return
        sized = division.breakouts.annotate(size=Count("places", filter=Q(places__until=None)))
        _place(session, user, sized.order_by("size", "number")[0], by=None)


def _place(session: LiveSession, user: User, breakout: Breakout | None, *, by: User | None) -> None:
    division = session.division
    assert division
    before = place_of(division, user)
    if before == breakout:
        return
    body = {"to": str(breakout.uuid) if breakout else None, "number": breakout.number if breakout else None}
    event = record_event(session, Kind.BREAKOUT_PLACE, by=by, about=user, body=body)
    division.places.filter(user=user, until=None).update(until=event.seq)
    if breakout:
        Place.objects.create(division=division, breakout=breakout, user=user, since=event.seq)


# --- What happens within a group --------------------------------------------------------------------
@transaction.atomic
def say(session: LiveSession, *, text: str, key: UUID, breakout: UUID | None = None, by: User) -> RoomEvent:
    """Write to one's group; who leads the class writes to any or, with none, to all.

    Raises InvalidInput, Muted, NoBreakouts, NotInBreakout and what `enter` raises.
    """
    text = check_text(text)
    session = enter(session, by=by)
    if same := session.events.filter(key=key, user=by).first():
        return same
    if is_muted(session, by):
        raise Muted
    group = _own(session, breakout, by=by)
    return record_event(session, Kind.BREAKOUT_SAY, by=by, breakout=group, body={"text": text}, key=key)


@transaction.atomic
def call(session: LiveSession, *, by: User) -> None:
    """Ask who leads the class to come into one's group; called already, it waits since then.

    Raises NoBreakouts, NotInBreakout and what `enter` raises.
    """
    session = enter(session, by=by)
    group = _own(session, None, by=by)
    if group is None:
        raise NotInBreakout
    if group.called_at is None:
        _note_call(session, group, calls=True, by=by)


@transaction.atomic
def come(session: LiveSession, *, breakout: UUID | None = None, by: User) -> None:
    """Say that a group needs nobody any more: somebody came, or it found the answer itself. Raises as `call`."""
    session = enter(session, by=by)
    group = _own(session, breakout, by=by)
    if group is None:
        raise NotInBreakout
    if group.called_at:
        _note_call(session, group, calls=False, by=by)


def _note_call(session: LiveSession, group: Breakout, *, calls: bool, by: User) -> None:
    group.called_at = timezone.now() if calls else None
    group.save(update_fields=["called_at", "updated_at"])
    record_event(session, Kind.BREAKOUT_CALL if calls else Kind.BREAKOUT_COME, by=by, breakout=group)


def _own(session: LiveSession, breakout: UUID | None, *, by: User) -> Breakout | None:
    """The group that is meant: who leads the class may mean any of them, or none. Raises NotInBreakout."""
    division = _open(session)
    if rules.can_host(by, session):
        return _named(division, breakout) if breakout else None
    group = place_of(division, by)
    if group is None or (breakout and group.uuid != breakout):
        raise NotInBreakout
    return group


def _open(session: LiveSession) -> Division:
    division = open_division(session)
    if division is None:
        raise NoBreakouts
    return division


def _named(division: Division, breakout: UUID) -> Breakout:
    return named(division.breakouts.all(), "breakout", uuid=breakout)
