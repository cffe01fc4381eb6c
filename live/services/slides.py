"""Showing slides to a class: opened, turned and put away by who teaches."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import DomainError
from live.models import Deck, LiveSession, RoomEvent
from live.queries.slides import Showing, last_page, on_show
from live.services.events import enter, record_event

Kind = RoomEvent.Kind


class NoSuchDeck(DomainError):
    code = "no-such-deck"
    status = 404
    message = _("There are no such slides for this class.")


class DeckNotReady(DomainError):
    code = "deck-not-ready"
    message = _("These slides cannot be shown: their pages are not made yet.")


class NothingShown(DomainError):
    code = "nothing-shown"
    message = _("No slides are open.")


class NoSuchSlide(DomainError):
    code = "no-such-slide"
    status = 404
    message = _("The open slides have no page of this number.")


@transaction.atomic
def open_deck(session: LiveSession, *, deck: UUID | None = None, by: User) -> None:
    """Show slides where they were left in this class, else from the first; without a deck put them away.

    Raises NoSuchDeck, DeckNotReady and what `enter` raises.
    """
    session = enter(session, by=by, teaching=True)
    now = on_show(session)
    if deck is None:
        if now:
            record_event(session, Kind.DECK, by=by)
        return
    decks = Deck.objects.usable_in(session).select_for_update(no_key=True, of=("self",))  # not removed meanwhile
    found = decks.filter(uuid=deck).first()
    if found is None:
        raise NoSuchDeck
    if found.status != Deck.Status.READY:
        raise DeckNotReady
    if now is None or now.deck != deck:
        body = {"deck": str(deck), "name": found.name, "pages": found.page_count, "page": last_page(session, found)}
        record_event(session, Kind.DECK, by=by, body=body)


@transaction.atomic
def show_slide(session: LiveSession, *, page: int, by: User) -> None:
    """Turn the open slides to a page for all. Raises NothingShown, NoSuchSlide and what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    now = open_slide(session, page)
    if page != now.page:
        record_event(session, Kind.SLIDE, by=by, body={"deck": str(now.deck), "page": page})


def open_slide(session: LiveSession, page: int) -> Showing:
    """What is on show in a locked class, where it has such a page. Raises NothingShown, NoSuchSlide."""
    now = on_show(session)
    if now is None:
        raise NothingShown
    if not 1 <= page <= Deck.objects.values_list("page_count", flat=True).get(uuid=now.deck):
        raise NoSuchSlide
    return now
