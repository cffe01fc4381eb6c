"""What poppler makes of a PDF, and what is refused."""

import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from base.errors import InvalidInput
from live import rendering
from tests.live.pdfs import make_pdf


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "-o slides.pdf"  # a name that would be an option


def test_a_page_becomes_two_pictures_and_its_text(path: Path) -> None:
    path.write_bytes(make_pdf("Tikuv mashinasi", "Igna va  ip"))
    assert rendering.count_pages(path) == 2
    drawn = rendering.draw(path, 2)
    assert (drawn.width, drawn.height) == (1600, 900)
    with Image.open(BytesIO(drawn.small)) as small:
        assert (small.format, small.size) == ("WEBP", (800, 450))
    assert rendering.read_text(path, 2) == "Igna va ip"


def test_the_small_picture_of_a_photograph_stays_small() -> None:
    noise = Image.frombytes("RGB", (800, 600), random.Random(1).randbytes(800 * 600 * 3))  # any noise
    made = rendering._small(noise)
    assert len(made) <= rendering.MOST_SMALL


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-a-pdf"),
        (b"%PDF-1.7\nnothing more", "not-a-pdf"),
        (make_pdf("Maxfiy", password="parol"), "pdf-locked"),
        (make_pdf(*["x"] * 301), "too-many-pages"),
        (make_pdf("x", size=(20, 20_000)), "page-too-large"),
    ],
    ids=["empty", "damaged", "locked", "long", "huge"],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(data: bytes, code: str, path: Path) -> None:
    path.write_bytes(data)
    with pytest.raises(InvalidInput) as refusal:
        rendering.count_pages(path)
    assert refusal.value.code == code


def test_a_long_narrow_page_is_drawn_in_bounds(path: Path) -> None:
    path.write_bytes(make_pdf("x", size=(20, 14_000)))
    drawn = rendering.draw(path, 1)
    assert max(drawn.width, drawn.height) <= rendering.LONG_SIDE


def test_a_page_on_which_a_program_hangs_is_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(bomb())
    monkeypatch.setattr(rendering, "SECONDS", 1)
    with pytest.raises(rendering.PageTooHard, match="1"):
        rendering.draw(path, 1)


def bomb() -> bytes:
    """A page of half a million strokes under each other, each as large as the page."""
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=(800, 600), pageCompression=1)
    canvas.setFillAlpha(0.5)
    canvas._code.append("0 0 800 600 re f " * 500_000)  # type: ignore[attr-defined]  # it draws with no method of its own
    canvas.showPage()
    canvas.save()
    return out.getvalue()
