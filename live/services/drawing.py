"""Drawing on slides, and pointing at them."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import DomainError, InvalidInput
from live import rules
from live.models import LiveSession, RoomEvent
from live.queries.drawing import strokes_on
from live.services.events import ClassOver, TeachersOnly, enter, record_event
from live.services.slides import open_slide
from live.signals import pointed

COLORS = ("red", "blue", "green", "black")
MOST_NUMBERS = 400  # of one stroke: two for each point
MOST_STROKES = 150  # that stand on one slide
PER_MILLE = range(1001)
Kind = RoomEvent.Kind


class SlideFull(DomainError):
    code = "slide-full"
    message = _("No more can be drawn on this slide. Take something away first.")


@transaction.atomic
def draw(session: LiveSession, *, page: int, color: str, points: list[int], key: UUID, by: User) -> RoomEvent:
    """Draw a line on an open slide; one with the same `key` is the one there is.

    Raises InvalidInput, NothingShown, NoSuchSlide, SlideFull and what `enter` raises.
    """
    fits = 4 <= len(points) <= MOST_NUMBERS and not len(points) % 2 and all(each in PER_MILLE for each in points)
    if color not in COLORS or not fits:
        raise InvalidInput(field="points")
    session = enter(session, by=by, teaching=True)
    if same := session.events.filter(key=key, user=by).first():
        return same
    now = open_slide(session, page)
    if len(strokes_on(session, now.deck, page=page)) >= MOST_STROKES:
        raise SlideFull
    body = {"deck": str(now.deck), "page": page, "color": color, "points": points}
    return record_event(session, Kind.STROKE, by=by, body=body, key=key)


@transaction.atomic
def undo_stroke(session: LiveSession, *, page: int, by: User) -> None:
    """Take one's own last line off an open slide. Raises NothingShown, NoSuchSlide and what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    now = open_slide(session, page)
    own = [stroke.seq for stroke in strokes_on(session, now.deck, page=page) if stroke.user_id == by.pk]
    if own:
        record_event(session, Kind.ERASE, by=by, body={"deck": str(now.deck), "page": page, "of": own[-1]})


@transaction.atomic
def wipe_slide(session: LiveSession, *, page: int, by: User) -> None:
    """Take all lines off an open slide. Raises NothingShown, NoSuchSlide and what `enter` raises."""
    session = enter(session, by=by, teaching=True)
    now = open_slide(session, page)
    if strokes_on(session, now.deck, page=page):
        record_event(session, Kind.ERASE, by=by, body={"deck": str(now.deck), "page": page})


def point(session: LiveSession, *, x: int | None = None, y: int | None = None, by: User) -> None:
    """Point at a place of the slide on show, or stop it; nobody keeps that. Raises TeachersOnly, ClassOver."""
    if not rules.can_host(by, session):
        raise TeachersOnly
    if not LiveSession.objects.filter(pk=session.pk, status=LiveSession.Status.LIVE).exists():
        raise ClassOver
    place = None if x is None or y is None else {"x": x, "y": y}
    transaction.on_commit(partial(pointed.send_robust, LiveSession, session=session.uuid, place=place))
