"""The slides of a demo class as PDF: a title, points under each other, and bars where the content gives numbers."""

from io import BytesIO
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from lms.demo.handouts import INK, SHADE, register_fonts

WIDTH, HEIGHT, MARGIN = 960, 540, 64
TILE = "#0f6a8a"


def render_slides(pages: list[dict[str, Any]], *, title: str) -> bytes:
    """One page for each of `pages`: title, lines, and bars as pairs of a label and a length."""
    register_fonts()
    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor("Malaka")
    for number, page in enumerate(pages, start=1):
        _draw(canvas, page, f"{number} / {len(pages)}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, page: dict[str, Any], foot: str) -> None:
    canvas.setFillColor(TILE)
    canvas.rect(0, HEIGHT - 12, WIDTH, 12, stroke=0, fill=1)
    canvas.setFillColor(INK)
    canvas.setFont("Handout-Bold", 38)
    canvas.drawString(MARGIN, HEIGHT - 100, page["title"])
    canvas.setFont("Handout", 26)
    top = HEIGHT - 175
    for line in page.get("lines", ()):
        canvas.drawString(MARGIN, top, line)
        top -= 48
    for label, length in page.get("bars", ()):
        canvas.setFillColor(SHADE)
        canvas.rect(MARGIN, top - 12, length / 220 * (WIDTH - 2 * MARGIN), 40, stroke=0, fill=1)
        canvas.setFillColor(INK)
        canvas.drawString(MARGIN + 12, top, label)
        top -= 56
    canvas.setFont("Handout", 14)
    canvas.drawRightString(WIDTH - MARGIN, 28, foot)
