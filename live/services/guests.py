"""Guests: people without an account whom a link lets into one class, to see, hear and, where allowed, write."""

from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from live.models import Guest, GuestLink, LiveSession, RoomEvent
from live.rules import can_host, can_teach, guest_waits
from live.services.chat import Muted, check_text
from live.services.events import ClassNotBegun, ClassOver, StillWaiting, TeachersOnly, lock_session, record_event

COOKIE = "guest"  # sent to the pages and the socket of one class alone
MOST_GUESTS = 20  # of one link, those that were removed not counted
LINKS, PASSES = signing.Signer(salt="live.guest-link", sep="."), signing.Signer(salt="live.guest", sep=".")


class LinkClosed(DomainError):
    code = "link-closed"
    status = 410
    message = _("This link is no longer valid. Ask whoever gave it to you for another one.")


class TooManyGuests(DomainError):
    code = "too-many-guests"
    message = _("As many guests as this class takes have come already.")


# --- Links and passes -------------------------------------------------------------------------
def token_of(link: GuestLink) -> str:
    """What stands in the address of a link."""
    return LINKS.sign(link.uuid.hex)


def link_by(token: str) -> GuestLink | None:
    """The link with this token, open or not; none for one that was made up."""
    uuid = _unsigned(LINKS, token)
    links = GuestLink.objects.select_related("session__cohort__course", "session__lesson", "session__teacher__person")
    return links.filter(uuid=uuid).first() if uuid else None


def pass_of(guest: Guest) -> str:
    """What the guest's browser keeps as a cookie."""
    return PASSES.sign(guest.uuid.hex)


def guest_by(kept: str, session: UUID) -> Guest | None:
    """The guest whose pass this is, while a link lets into this class."""
    uuid = _unsigned(PASSES, kept)
    if uuid is None:
        return None
    guests = Guest.objects.filter(uuid=uuid, removed_at=None, link__session__uuid=session)
    guest = guests.select_related("link__session__cohort__course", "link__session__lesson").first()
    return guest if guest and guest.link.is_open else None


def _unsigned(signer: signing.Signer, value: str) -> UUID | None:
    try:
        return UUID(signer.unsign(value))
    except (signing.BadSignature, ValueError):
        return None


# --- Who teaches ------------------------------------------------------------------------------
@transaction.atomic
def open_to_guests(session: LiveSession, *, may_write: bool, by: User) -> GuestLink:
    """Make the link of a class; where there is one, say whether guests write. Raises TeachersOnly, ClassOver."""
    session = _lock_taught(session, by)
    if session.status not in LiveSession.COMING:
        raise ClassOver
    link, is_new = GuestLink.objects.get_or_create(
        session=session, revoked_at=None, defaults={"may_write": may_write, "by": by}
    )
    if not is_new and link.may_write != may_write:
        link.may_write = may_write
        link.save(update_fields=["may_write", "updated_at"])
    audit.record("session.opened-to-guests", session, by=by, may_write=may_write)
    return link


@transaction.atomic
def close_to_guests(session: LiveSession, *, by: User) -> None:
    """Revoke the link of a class: all who came by it are out. Raises TeachersOnly."""
    session = _lock_taught(session, by)
    if session.guest_links.filter(revoked_at=None).update(revoked_at=timezone.now()):
        audit.record("session.closed-to-guests", session, by=by)


@transaction.atomic
def remove_guest(session: LiveSession, *, who: UUID, by: User) -> None:
    """Send a guest out, as whoever leads the class may; out already, nothing changes. Raises TeachersOnly."""
    if not can_host(by, session):
        raise TeachersOnly
    session = lock_session(session.pk)
    guests = Guest.objects.filter(link__session=session, uuid=who, removed_at=None)
    if guests.update(removed_at=timezone.now()):
        audit.record("session.guest-removed", session, by=by, who=str(who))


def _lock_taught(session: LiveSession, user: User) -> LiveSession:
    if not can_teach(user, session.cohort):
        raise TeachersOnly
    return lock_session(session.pk)


# --- Guests -----------------------------------------------------------------------------------
@transaction.atomic
def come_in(link: GuestLink, *, name: str) -> Guest:
    """Come as a guest of this name. Raises InvalidInput, LinkClosed, TooManyGuests."""
    name = " ".join(name.split())
    if not name or len(name) > Guest.LONGEST_NAME or not name.isprintable():
        raise InvalidInput(_("Write your name, in at most 60 letters."), field="name")
    link = GuestLink.objects.select_for_update(no_key=True, of=("self",)).select_related("session").get(pk=link.pk)
    if not link.is_open:
        raise LinkClosed
    if link.guests.filter(removed_at=None).count() >= MOST_GUESTS:
        raise TooManyGuests
    return Guest.objects.create(link=link, name=name)


@transaction.atomic
def say(session: LiveSession, *, text: str, key: UUID, by: Guest) -> RoomEvent:
    """Write a message to all, where guests may; one with the same `key` is the one there is.

    Raises InvalidInput, StillWaiting, Muted, ClassNotBegun, ClassOver.
    """
    text = check_text(text)
    if not by.link.may_write:
        raise Muted
    session = lock_session(session.pk)
    if session.status == LiveSession.Status.SCHEDULED:
        raise ClassNotBegun
    if session.status != LiveSession.Status.LIVE:
        raise ClassOver
    if guest_waits(by, session):
        raise StillWaiting
    if same := session.events.filter(key=key, guest=by).first():
        return same
    return record_event(session, RoomEvent.Kind.SAY, by=None, guest=by, body={"text": text}, key=key)
