"""Slides on their way from a PDF to pictures, and shown to a class."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import AuditEvent
from base.errors import DomainError, InvalidInput
from base.services.jobs import run_job
from base.services.uploads import add_part, start_upload
from live import rendering
from live.models import Deck, LiveSession
from live.queries.slides import on_show, shown_slides, stage_of
from live.services import decks, slides
from live.services.decks import add_deck, add_uploaded_deck, make_again, remove_deck, sweep_decks
from live.services.events import ClassOver, TeachersOnly
from live.services.sessions import end_session
from live.services.slides import open_deck, show_slide
from tests.live.conftest import Class
from tests.live.factories import make_deck, make_live_cohort, make_session
from tests.live.pdfs import make_pdf
from tests.personas import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def pdf(data: bytes, name: str = "Dars 1.pdf") -> ContentFile[bytes]:
    return ContentFile(data, name=name)


def done(deck: Deck) -> Deck:
    assert deck.job_id
    run_job(deck.job_id)
    deck.refresh_from_db()
    return deck


# --- From a PDF to pictures --------------------------------------------------------------------
def test_a_pdf_becomes_slides_once(room: Class) -> None:
    deck = done(add_deck(room.session, file=pdf(make_pdf("Igna", "Ip")), by=room.teacher))
    assert (deck.status, deck.page_count, deck.name) == ("ready", 2, "Dars 1.pdf")
    assert [slide.text for slide in deck.slides.all()] == ["Igna", "Ip"]
    assert deck.job
    assert (deck.job.status, deck.job.rows_done, deck.job.rows_total) == ("done", 2, 2)
    made = set(deck.slides.values_list("pk", flat=True))
    assert make_again(deck, by=room.teacher).status == "ready"
    assert set(deck.slides.values_list("pk", flat=True)) == made
    assert add_deck(room.session, file=pdf(make_pdf("Igna", "Ip"), "boshqa.pdf"), by=room.teacher) == deck


def test_slides_come_in_parts_as_well(room: Class) -> None:
    data = make_pdf("Igna")
    upload = start_upload(room.teacher, target="slides", name="dars.pdf", size=len(data))
    add_part(upload, offset=0, data=data[:100])
    with pytest.raises(DomainError) as refusal:
        add_uploaded_deck(room.session, upload=upload, by=room.teacher)
    assert refusal.value.code == "upload-not-whole"
    add_part(upload, offset=100, data=data[100:])
    assert done(add_uploaded_deck(room.session, upload=upload, by=room.teacher)).status == "ready"


def test_a_killed_worker_goes_on_with_the_page_that_is_missing(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    deck = add_deck(room.session, file=pdf(make_pdf("1", "2", "3")), by=room.teacher)
    draw, drawn = rendering.draw, list[int]()

    def die(path: Path, page: int) -> rendering.Drawn:
        drawn.append(page)
        if drawn == [1, 2]:
            raise KeyboardInterrupt
        return draw(path, page)

    monkeypatch.setattr(rendering, "draw", die)
    with pytest.raises(KeyboardInterrupt):
        done(deck)
    assert deck.job
    type(deck.job).objects.filter(pk=deck.job.pk).update(lease_until=None)  # it has passed
    assert done(deck).status == "ready"
    assert drawn == [1, 2, 2, 3]


def test_a_page_that_brings_workers_down_is_given_up(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    deck = add_deck(room.session, file=pdf(make_pdf("1")), by=room.teacher)
    assert deck.job

    def die(path: Path, page: int) -> rendering.Drawn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rendering, "draw", die)
        for _ in range(3):
            type(deck.job).objects.filter(pk=deck.job.pk).update(lease_until=None, tries=0)
            with pytest.raises(KeyboardInterrupt):
                done(deck)
    type(deck.job).objects.filter(pk=deck.job.pk).update(lease_until=None)
    assert done(deck).status == "broken"
    deck.job.refresh_from_db()
    assert deck.job.error_code == "page-too-hard"
    assert done(make_again(deck, by=room.teacher)).status == "ready"


def test_a_damaged_pdf_says_why(room: Class) -> None:
    deck = done(add_deck(room.session, file=pdf(b"%PDF-1.4\nqolgani qani?"), by=room.teacher))
    assert deck.status == "broken"
    assert deck.job
    deck.job.refresh_from_db()
    assert deck.job.error_code == "not-a-pdf"
    with pytest.raises(slides.DeckNotReady):
        open_deck(room.session, deck=deck.uuid, by=room.teacher)


def test_without_poppler_slides_wait_until_it_is_there(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    deck = add_deck(room.session, file=pdf(make_pdf("1")), by=room.teacher)
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "is_available", lambda: False)
        assert done(deck).status == "plain"
        assert sweep_decks() == 0
    assert sweep_decks() == 1
    assert done(deck).status == "ready"
    assert sweep_decks() == 0


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("dars.pptx", b"PK\3\4", "not-exported"),
        ("dars.ppt", b"\xd0\xcf\x11\xe0", "not-exported"),
        ("dars.pdf", b"PK\3\4", "not-a-pdf"),
        ("dars.exe", b"%PDF-1.4", "not-a-pdf"),
        ("", b"%PDF-1.4", "not-a-pdf"),
    ],
)
def test_other_files_are_refused(name: str, data: bytes, code: str, room: Class) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add_deck(room.session, file=pdf(data, name), by=room.teacher)
    assert refusal.value.code == code


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(room: Class) -> None:
    with pytest.raises(InvalidInput, match="50"):
        decks.check_file("dars.pdf", decks.MOST_BYTES + 1)


def test_learners_send_no_slides_in(room: Class) -> None:
    with pytest.raises(TeachersOnly):
        add_deck(room.session, file=pdf(make_pdf("1")), by=room.learner)


def test_slides_are_removed_unless_a_class_has_seen_them(room: Class) -> None:
    unseen, seen = make_deck(room.session, pages=1), make_deck(room.session, pages=1)
    open_deck(room.session, deck=seen.uuid, by=room.teacher)
    files = [unseen.file.path, *(slide.large.path for slide in unseen.slides.all())]
    remove_deck(unseen, by=room.teacher)
    remove_deck(unseen, by=room.teacher)
    with pytest.raises(decks.DeckWasShown):
        remove_deck(seen, by=room.teacher)
    assert [*Deck.objects.all()] == [seen]
    assert AuditEvent.objects.filter(action="deck.removed").count() == 1
    assert all(Path(path).exists() for path in files)  # until the commit


# --- Shown to a class ---------------------------------------------------------------------------
def bodies(session: LiveSession) -> list[tuple[str, Any]]:
    events = session.events.filter(kind__in=("deck", "slide")).order_by("seq")
    return [(kind, body.get("page")) for kind, body in events.values_list("kind", "body")]


def test_slides_are_opened_turned_and_put_away_each_once(room: Class) -> None:
    deck, other = make_deck(room.session, pages=3), make_deck(room.session, pages=1)
    for _ in range(2):
        open_deck(room.session, deck=deck.uuid, by=room.teacher)
    for page in (2, 2, 3):
        show_slide(room.session, page=page, by=room.teacher)
    open_deck(room.session, deck=other.uuid, by=room.teacher)
    open_deck(room.session, deck=deck.uuid, by=room.teacher)  # goes on where it was left
    for _ in range(2):
        open_deck(room.session, by=room.teacher)
    assert bodies(room.session) == [
        ("deck", 1),
        ("slide", 2),
        ("slide", 3),
        ("deck", 1),
        ("deck", 3),
        ("deck", None),
    ]
    assert on_show(room.session) is None
    assert stage_of(room.session) is None


def test_what_is_on_show_is_rebuilt_from_the_events(room: Class) -> None:
    deck = make_deck(room.session, pages=3)
    open_deck(room.session, deck=deck.uuid, by=room.teacher)
    for page in (3, 2):
        show_slide(room.session, page=page, by=room.teacher)
    stage = stage_of(room.session)
    assert stage
    assert (stage.deck, stage.slide.number, stage.furthest, stage.follows) == (deck, 2, 3, True)
    back = stage_of(room.session, turned_to=1)
    assert back
    assert (back.slide.number, back.follows) == (1, False)
    ahead = stage_of(room.session, turned_to=99)
    assert ahead
    assert ahead.slide.number == 3
    assert [(one.slide.number, len(one.times)) for one in shown_slides(room.session)] == [(1, 1), (3, 1), (2, 1)]


def test_slides_of_a_course_serve_its_other_classes_and_no_other_course(room: Class, world: World) -> None:
    deck = make_deck(make_session(room.cohort, starts_at=timezone.now() + timedelta(days=1)), pages=1)
    open_deck(room.session, deck=deck.uuid, by=room.teacher)
    foreign = make_deck(make_session(make_live_cohort(organization=world.centre)), pages=1)
    with pytest.raises(slides.NoSuchDeck):
        open_deck(room.session, deck=foreign.uuid, by=room.teacher)


def test_refusals_in_the_room(room: Class) -> None:
    deck = make_deck(room.session, pages=2)
    with pytest.raises(slides.NothingShown):
        show_slide(room.session, page=1, by=room.teacher)
    open_deck(room.session, deck=deck.uuid, by=room.teacher)
    for page in (0, 3):
        with pytest.raises(slides.NoSuchSlide):
            show_slide(room.session, page=page, by=room.teacher)
    for act in (partial(show_slide, page=2), open_deck):
        with pytest.raises(TeachersOnly):
            act(room.session, by=room.learner)
    end_session(room.session, by=room.teacher)
    with pytest.raises(ClassOver):
        show_slide(room.session, page=2, by=room.teacher)
