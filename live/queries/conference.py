"""Who may be in the conference of a class, and as what."""

from collections.abc import Collection
from uuid import UUID

from accounts.models import User
from enrollment.models import Enrollment
from live import rules
from live.conference.system import Role, Visitor
from live.models import Guest, LiveSession, RoomEvent

Kind = RoomEvent.Kind
PAIRS = ((Kind.REMOVE, Kind.READMIT), (Kind.SPEAK, Kind.HUSH), (Kind.HOST, Kind.UNHOST))


def visitors_of(session: LiveSession, ids: Collection[UUID]) -> dict[UUID, Visitor]:
    """Those of these users and guests who may be in a class now: `can_join`, `can_host` and `may_speak` of all at once.

    A handful of statements, however many they are; by the indexes enrollment_learner and roomevent_about.
    """
    users = User.objects.filter(uuid__in=ids, is_active=True).select_related("person")
    guests = Guest.objects.filter(uuid__in=ids, removed_at=None, link__session=session).select_related("link__session")
    learning = set(
        Enrollment.objects.filter(cohort=session.cohort_id, person__user__uuid__in=ids)
        .exclude(status=Enrollment.Status.WITHDRAWN)
        .values_list("person", flat=True)
    )
    last = _last_events(session, ids)
    found = {
        guest.uuid: Visitor(str(guest.uuid), guest.name, Role.LISTENER, is_guest=True)
        for guest in guests
        if guest.link.is_open
    }
    for user in users:
        if role := _role(session, user, learns=user.person_id in learning, last=last.get(user.uuid, set())):
            found[user.uuid] = Visitor(str(user.uuid), user.name, role)
    return found


def _last_events(session: LiveSession, ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """What happened last to each of them, of each pair."""
    kinds: dict[str, set[str]] = {kind: set(pair) for pair in PAIRS for kind in pair}
    last: dict[UUID, set[str]] = {}
    events = RoomEvent.objects.filter(session=session, about__uuid__in=ids, kind__in=kinds).order_by("seq")
    for who, kind in events.values_list("about__uuid", "kind"):
        last[who] = (last.get(who, set()) - kinds[kind]) | {kind}
    return last


def _role(session: LiveSession, user: User, *, learns: bool, last: set[str]) -> Role | None:
    if rules.can_teach(user, session.cohort):
        return Role.HOST
    if not learns or Kind.REMOVE in last:
        return None
    if Kind.HOST in last:
        return Role.HOST
    speaks = Kind.SPEAK in last or (session.is_open_floor and Kind.HUSH not in last)
    return Role.SPEAKER if speaks else Role.LISTENER
