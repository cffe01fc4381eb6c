"""The lobby: who comes to a class waits there until somebody who leads it lets them in."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import InvalidInput
from live.models import Guest, LiveSession, Waiter
from live.queries.lobby import waiting
from live.services.events import enter
from live.services.people import set_removed
from live.signals import lobby_changed


def knock(session: LiveSession, *, by: User | Guest) -> Waiter:
    """Wait, or go on waiting in one's place; who asks twice waits once."""
    now = timezone.now()
    whose = {"guest": by, "user": None} if isinstance(by, Guest) else {"user": by, "guest": None}
    waiter, is_new = Waiter.objects.get_or_create(session=session, **whose, defaults={"seen_at": now})
    if is_new or waiter.seen_at < now - Waiter.FRESH:
        _tell(session)
    if not is_new:
        waiter.seen_at = now
        waiter.save(update_fields=["seen_at"])
    return waiter


@transaction.atomic
def let_in(session: LiveSession, *, who: UUID | None = None, by: User) -> int:
    """Let one in or, with none named, all who wait; in already, nothing changes. Returns how many came in.

    Raises InvalidInput and what `enter` raises.
    """
    session = enter(session, by=by, teaching=True, early=True)
    waiters = Waiter.objects.filter(pk=_waiter(session, who).pk, let_in_at=None) if who else waiting(session)
    came = waiters.update(let_in_at=timezone.now(), refused_at=None)
    if came:
        audit.record("session.admitted", session, by=by, **({"who": str(who)} if who else {"count": came}))
        _tell(session)
    return came


@transaction.atomic
def turn_away(session: LiveSession, *, who: UUID, by: User) -> None:
    """Do not let one in: they are sent out. Raises InvalidInput and what `enter` raises."""
    session = enter(session, by=by, teaching=True, early=True)
    waiter = _waiter(session, who)
    if waiter.let_in_at or waiter.refused_at:
        return
    if waiter.guest:
        waiter.guest.removed_at = waiter.refused_at = timezone.now()
        waiter.guest.save(update_fields=["removed_at", "updated_at"])
        waiter.save(update_fields=["refused_at"])
        audit.record("session.guest-removed", session, by=by, who=str(who))
    else:
        set_removed(session, who=who, removed=True, by=by)
    _tell(session)


@transaction.atomic
def set_lobby(session: LiveSession, *, lobby: str, by: User) -> None:
    """Say who waits from now on; whoever has been in the class is in. Raises InvalidInput and what `enter` raises."""
    session = enter(session, by=by, teaching=True, early=True)
    if lobby not in LiveSession.Lobby.values:
        raise InvalidInput(_("Choose who waits to be let in."), field="lobby")
    if session.lobby != lobby:
        session.lobby = lobby
        session.save(update_fields=["lobby", "updated_at"])
        audit.record("session.lobby-set", session, by=by, lobby=lobby)
        _tell(session)


def _waiter(session: LiveSession, who: UUID) -> Waiter:
    """Whoever came to the door, by the uuid of user or guest. Raises InvalidInput."""
    came = Waiter.objects.select_for_update(of=("self",), no_key=True).filter(session=session)
    waiter = (came.filter(user__uuid=who) | came.filter(guest__uuid=who)).select_related("guest").first()
    if waiter is None:
        raise InvalidInput(_("This person does not wait here."), field="who", code="unknown")
    return waiter


def _tell(session: LiveSession) -> None:
    transaction.on_commit(partial(lobby_changed.send_robust, Waiter, session=session.uuid))
