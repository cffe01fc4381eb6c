"""Classes for tests, made by the services that make real ones."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from enrollment.models import Cohort, Enrollment
from live.models import Deck, GuestLink, LiveSession, Recording, RoomEvent, Slide, Visit
from live.services.sessions import schedule_session, start_session
from tests.accounts.factories import make_user
from tests.courses.factories import make_published_course
from tests.enrollment.factories import make_cohort, make_enrollment


def make_live_cohort(*, instructor: User | None = None, **plan: Any) -> Cohort:
    """Make a cohort of a course with a page and a live lesson, taught by `instructor`."""
    course = make_published_course(kinds=("page", "live"), provider=plan.pop("organization", None))
    cohort = make_cohort(course=course, **{"seats": 30} | plan)
    if instructor:
        cohort.instructors.add(instructor)
    return cohort


def make_session(cohort: Cohort, *, on: bool = False, **fields: Any) -> LiveSession:
    """Schedule a class of an hour that begins in ten minutes; with `on` it is on."""
    starts_at = fields.pop("starts_at", timezone.now().replace(microsecond=0) + timedelta(minutes=10))
    defaults: dict[str, Any] = {
        "lesson": cohort.version.lessons.filter(kind="live").first(),
        "ends_at": starts_at + timedelta(minutes=60),
        "teacher": None,
        "by": None,
    }
    session = schedule_session(cohort=cohort, starts_at=starts_at, **defaults | fields)
    return start_session(session, by=None) if on else session


def make_learner(cohort: Cohort, user: User) -> Enrollment:
    assert user.person
    return make_enrollment(cohort=cohort, person=user.person)


def make_guest_link(session: LiveSession) -> GuestLink:
    link, _made = GuestLink.objects.get_or_create(session=session, revoked_at=None, defaults={"by": make_user()})
    return link


def make_visit(session: LiveSession, user: User, *, minutes: tuple[float, float], **fields: Any) -> Visit:
    """Make a stay from one minute to another of a class, counted from when it began."""
    assert session.started_at
    joined, left = (session.started_at + timedelta(minutes=minute) for minute in minutes)
    return Visit.objects.create(session=session, user=user, joined_at=joined, seen_at=left, left_at=left, **fields)


def make_deck(session: LiveSession, *, pages: int = 2) -> Deck:
    """Make slides that are ready, without poppler: each page a picture of one colour, called by its number."""
    cohort, digest = session.cohort, uuid4().hex
    deck = Deck(organization=cohort.organization, course=cohort.course, session=session, name="Dars.pdf", size=4)
    deck.status, deck.page_count, deck.digest = Deck.Status.READY, pages, digest
    deck.file.save(f"{digest}.pdf", ContentFile(b"%PDF"), save=False)
    deck.save()
    for number in range(1, pages + 1):
        slide = Slide(deck=deck, number=number, width=160, height=90, text=f"Sahifa {number}")
        slide.large.save(f"{digest}-{number}.webp", ContentFile(b"large"), save=False)
        slide.small.save(f"{digest}-{number}-small.webp", ContentFile(b"small"), save=False)
        slide.save()
    return deck


def make_shown_deck(session: LiveSession) -> Deck:
    """Make a deck that the class has seen; the one there is where it has seen one."""
    if there := Deck.objects.filter(session=session).first():
        return there
    deck = make_deck(session, pages=1)
    body = {"deck": str(deck.uuid), "name": deck.name, "pages": 1, "page": 1}
    RoomEvent.objects.create(session=session, seq=1, kind=RoomEvent.Kind.DECK, body=body)
    return deck


def make_film(session: LiveSession, **fields: Any) -> Recording:
    """Make a film of two minutes of a class; the one there is where there is one."""
    if there := session.recordings.filter(status=Recording.Status.READY).first():
        return there
    film = Recording(session=session, status=Recording.Status.READY, seconds=120, stopped_at=timezone.now(), **fields)
    film.file.save("film.mp4", ContentFile(b"0123456789"), save=False)
    film.save()
    return film
