"""Slides on their way from a PDF to pictures that a telephone can load. docs/subsystems/slides.md tells the whole."""

from functools import partial
from hashlib import file_digest
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, cast

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.downloads import local_copy
from base.errors import DomainError, InvalidInput
from base.models import Upload
from base.services.jobs import Work, create_job, queue_again
from base.services.uploads import drop_upload, take_upload
from base.transitions import Transitions, check_move
from live import rendering, rules
from live.models import Deck, LiveSession, Slide
from live.queries.slides import was_ever_shown
from live.services.events import TeachersOnly

if TYPE_CHECKING:
    from django.core.files import File

Status = Deck.Status

TRANSITIONS: Transitions = {
    Status.WAITING: frozenset({Status.READY, Status.PLAIN, Status.BROKEN}),
    Status.PLAIN: frozenset({Status.WAITING}),
    Status.BROKEN: frozenset({Status.WAITING}),
    Status.READY: frozenset(),
}
JOB = "deck"
MEGABYTE = 2**20
MOST_BYTES = 50 * MEGABYTE
MOST_TRIES = 3  # of one page: one that brings the worker down each time is given up
SWEPT_AT_ONCE = 20
OFFICE = frozenset({".ppt", ".pptx", ".pps", ".ppsx", ".odp", ".doc", ".docx", ".odt", ".key"})


class NotExported(InvalidInput):
    code = "not-exported"
    message = _(
        "Slides are taken as PDF. Open this file in the program it is from, choose “Export as PDF”, send that in."
    )


class DeckWasShown(DomainError):
    code = "deck-was-shown"
    message = _("These slides were shown in a class and stay with what is kept of it.")


# --- From pages -----------------------------------------------------------------------------------
def check_file(name: str, size: int, head: bytes | None = None) -> None:
    """Raise InvalidInput on `file` unless slides may come in such a file; its beginning is known once it is here."""
    ending = PurePath(name).suffix.lower()
    if ending in OFFICE:
        raise NotExported(field="file")
    if ending != ".pdf" or (head is not None and b"%PDF-" not in head):
        raise rendering.NotAPdf(field="file")
    if size > MOST_BYTES:
        words = _("The file is larger than %(most)d megabytes.")
        raise InvalidInput(words, field="file", values={"most": MOST_BYTES // MEGABYTE})


@transaction.atomic
def add_deck(session: LiveSession, *, file: "File[bytes]", by: User) -> Deck:
    """Keep slides for a class and have their pages made; a file that the course has already answers for itself.

    Raises TeachersOnly, NotExported, NotAPdf, InvalidInput.
    """
    _check_teaches(session, by)
    name = PurePath((file.name or "").replace("\0", "")).name[-255:]
    check_file(name, file.size, file.read(1024))
    file.seek(0)
    digest = file_digest(cast(Any, file), "sha256").hexdigest()
    file.seek(0)
    LiveSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    if same := Deck.objects.usable_in(session).filter(digest=digest).first():
        return same
    owner = {"organization_id": session.cohort.organization_id, "course_id": session.cohort.course_id}
    deck = Deck(**owner, session=session, name=name, size=file.size, digest=digest)
    deck.file.save(f"{deck.uuid}.pdf", file, save=False)
    deck.save()
    deck.job = create_job(JOB, owner=by, params={"deck": deck.pk})
    deck.save(update_fields=["job", "updated_at"])
    audit.record("deck.added", on=deck, by=by)
    return deck


@transaction.atomic
def add_uploaded_deck(session: LiveSession, *, upload: Upload, by: User) -> Deck:
    """Keep slides that came in parts. Raises as add_deck, and NotWhole."""
    deck = add_deck(session, file=take_upload(upload), by=by)
    drop_upload(upload)
    return deck


@transaction.atomic
def make_again(deck: Deck, *, by: User | None) -> Deck:
    """Try once more to make the pages of slides that are broken, left as they are, or stopped; else change nothing."""
    deck = _lock(deck)
    if deck.status in (Status.PLAIN, Status.BROKEN):
        _move(deck, Status.WAITING)
    elif deck.status == Status.READY or (deck.job and not deck.job.has_ended):
        return deck
    assert deck.job
    queue_again(deck.job)
    audit.record("deck.queued", on=deck, by=by)
    return deck


@transaction.atomic
def remove_deck(deck: Deck, *, by: User) -> None:
    """Drop slides that no class has seen; a second time does nothing. Raises DeckWasShown."""
    found = Deck.objects.select_for_update(no_key=True, of=("self",)).filter(pk=deck.pk).first()
    if found is None:
        return
    if was_ever_shown(found):
        raise DeckWasShown
    files = [found.file.name, *(name for pair in found.slides.values_list("large", "small") for name in pair)]
    audit.record("deck.removed", on=found, by=by)
    found.delete()
    transaction.on_commit(partial(_drop_files, files))


# --- In a worker ----------------------------------------------------------------------------------
def run_deck(work: Work) -> None:
    """Look at a PDF and make its pages one after the other, each kept before the next."""
    deck = Deck.objects.filter(pk=work.job.params["deck"], status=Status.WAITING).first()
    if deck is None:
        return
    if not rendering.is_available():
        _end(work, deck, Status.PLAIN)
        return
    with local_copy(deck.file) as source:
        try:
            _count(work, deck, source)
            made = set(deck.slides.values_list("number", flat=True))
            for page in range(1, deck.page_count + 1):
                if page not in made:
                    _make(work, deck, page, source)
        except InvalidInput:
            _end(work, deck, Status.BROKEN)
            raise
    _end(work, deck, Status.READY)


def _count(work: Work, deck: Deck, source: Path) -> None:
    deck.page_count = rendering.count_pages(source)
    with transaction.atomic():
        deck.save(update_fields=["page_count", "updated_at"])
        work.save(rows_total=deck.page_count, rows_done=deck.slides.count())


def _make(work: Work, deck: Deck, page: int, source: Path) -> None:
    number, tries = work.checkpoint.get("page", [0, 0])
    tries = tries if number == page else 0
    if tries >= MOST_TRIES:
        raise rendering.PageTooHard(field="file", values={"page": page})
    work.checkpoint["page"] = [page, tries + 1]
    work.save()
    drawn, text = rendering.draw(source, page), rendering.read_text(source, page)
    with transaction.atomic():
        slide = Slide(deck=deck, number=page, width=drawn.width, height=drawn.height, text=text)
        slide.large.save(f"{deck.uuid}-{page}.webp", ContentFile(drawn.large), save=False)
        slide.small.save(f"{deck.uuid}-{page}-small.webp", ContentFile(drawn.small), save=False)
        slide.save()
        work.save(rows_done=page)
    work.make_room()


@transaction.atomic
def _end(work: Work, deck: Deck, status: str) -> None:
    _move(_lock(deck), status)
    work.save()


# --- Within ---------------------------------------------------------------------------------------
def sweep_decks() -> int:
    """Once poppler is there, make the pages of slides that came while it was not. Rests on deck_plain."""
    if not rendering.is_available():
        return 0
    plain = list(Deck.objects.filter(status=Status.PLAIN).order_by("pk")[:SWEPT_AT_ONCE])
    for deck in plain:
        make_again(deck, by=None)
    return len(plain)


def _check_teaches(session: LiveSession, user: User) -> None:
    if not rules.can_teach(user, session.cohort):
        raise TeachersOnly


def _drop_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _lock(deck: Deck) -> Deck:
    return Deck.objects.select_for_update(no_key=True, of=("self",)).select_related("job").get(pk=deck.pk)


def _move(deck: Deck, to: str) -> None:
    """The one gate for the state of slides; they are locked."""
    check_move(TRANSITIONS, deck.status, to)
    deck.status = to
    deck.save(update_fields=["status", "updated_at"])
