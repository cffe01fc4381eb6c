"""What is shown in a class, what was, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, IntegerField, OuterRef, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Left

from live.models import Deck, LiveSession, RoomEvent, Slide
from live.queries.drawing import Stroke, strokes_on

LONGEST_WORDS = 300  # of a slide's text, where many stand on one page
CHOICES = 20  # of slides to open, offered in the room
Kind = RoomEvent.Kind


@dataclass(frozen=True)
class Showing:
    """A slide came up at this time."""

    at: datetime
    deck: UUID
    page: int


@dataclass(frozen=True)
class Stage:
    """The slides that are open in a class: the one on show, the one that whoever looks has turned to, the last seen."""

    deck: Deck
    slides: Sequence[Slide]  # each with its `words`
    page: int
    turned_to: int
    furthest: int
    strokes: Sequence[Stroke]

    @property
    def ink(self) -> dict[int, list[Stroke]]:
        """What is drawn, by page."""
        pages: dict[int, list[Stroke]] = {}
        for stroke in self.strokes:
            pages.setdefault(stroke.page, []).append(stroke)
        return pages

    @property
    def slide(self) -> Slide:
        return self.slides[self.turned_to - 1]

    @property
    def follows(self) -> bool:
        return self.turned_to == self.page


def showings(session: LiveSession) -> list[Showing | None]:
    """What came up in a class, in order; None: it was put away. By the index roomevent_shown."""
    events = RoomEvent.objects.filter(session=session.pk, kind__in=RoomEvent.SHOWN).order_by("seq")
    return [
        Showing(at, UUID(body["deck"]), body["page"]) if body else None for at, body in events.values_list("at", "body")
    ]


def on_show(session: LiveSession) -> Showing | None:
    """What is on show; by the index roomevent_shown."""
    events = RoomEvent.objects.filter(session=session.pk, kind__in=RoomEvent.SHOWN).order_by("-seq")
    last = events.values_list("at", "body").first()
    return Showing(last[0], UUID(last[1]["deck"]), last[1]["page"]) if last and last[1] else None


def stage_of(session: LiveSession, *, turned_to: int | None = None) -> Stage | None:
    """The slides that are open, at the one on show or at an earlier one of them that was seen."""
    shown = showings(session)
    now = shown[-1] if shown else None
    if now is None:
        return None
    furthest = max(one.page for one in shown if one and one.deck == now.deck)
    deck = Deck.objects.get(uuid=now.deck)
    turned_to = min(turned_to, furthest) if turned_to else now.page
    slides = list(slides_with_words(deck.slides.all()))
    return Stage(deck, slides, now.page, turned_to, furthest, strokes_on(session, now.deck))


def slides_with_words(slides: QuerySet[Slide]) -> QuerySet[Slide]:
    """Slides with the beginning of their text as `words`."""
    return slides.defer("text").annotate(words=Left("text", LONGEST_WORDS))


@dataclass(frozen=True)
class Shown:
    """A slide that was shown in a class, and when it came up."""

    slide: Slide
    deck: UUID
    times: list[datetime] = field(default_factory=list)

    @property
    def key(self) -> tuple[UUID, int]:
        return self.deck, self.slide.number


def shown_slides(session: LiveSession) -> list[Shown]:
    """Every slide that was shown, in the order in which they first came up."""
    came_up = [one for one in showings(session) if one]
    slides = slides_with_words(Slide.objects.filter(deck__uuid__in={one.deck for one in came_up}))
    known = {(slide.deck.uuid, slide.number): slide for slide in slides.select_related("deck")}
    shown: dict[tuple[UUID, int], Shown] = {}
    for one in came_up:
        key = (one.deck, one.page)
        if key in known:
            shown.setdefault(key, Shown(known[key], one.deck)).times.append(one.at)
    return list(shown.values())


def last_page(session: LiveSession, deck: Deck) -> int:
    """The page at which slides were left in a class; the first where they were not open yet."""
    return next((one.page for one in reversed(showings(session)) if one and one.deck == deck.uuid), 1)


def was_ever_shown(deck: Deck) -> bool:
    """Whether any class of the course has seen it."""
    classes = LiveSession.objects.filter(cohort__course=deck.course_id, cohort__organization=deck.organization_id)
    return RoomEvent.objects.filter(session__in=classes, kind=Kind.DECK, body__deck=str(deck.uuid)).exists()


def slides_seen_in(sessions: QuerySet[LiveSession], deck: UUID) -> QuerySet[Slide]:
    """The slides of a deck that one of these classes has come to, and the one after, which pages fetch beforehand."""
    came_up = RoomEvent.objects.filter(session__in=sessions, kind__in=RoomEvent.SHOWN, body__deck=str(deck))
    pages = came_up.annotate(page=Cast(KT("body__page"), IntegerField()))
    return Slide.objects.filter(Exists(pages.filter(page__gte=OuterRef("number") - 1)), deck__uuid=deck)


def decks_to_open(session: LiveSession) -> list[Deck]:
    """What can be shown: what came for this class first, then the newest of the course."""
    ready = Deck.objects.usable_in(session).filter(status=Deck.Status.READY)
    own = ready.filter(session=session).order_by("-id")[:CHOICES]
    others = ready.exclude(session=session).order_by("-id")[:CHOICES]
    return [*own, *others][:CHOICES]


def decks_of(session: LiveSession) -> QuerySet[Deck]:
    """What came for a class, the newest first."""
    return Deck.objects.filter(session=session.pk).select_related("job").order_by("-id")


def decks_of_course(session: LiveSession) -> QuerySet[Deck]:
    """What came for the other classes of the course and can be shown, with the day of that class."""
    ready = Deck.objects.usable_in(session).filter(status=Deck.Status.READY)
    return ready.exclude(session=session.pk).select_related("session__lesson")
