"""The hand-outs of the demo courses as PDF: one page for each language, a title over a table."""

from functools import cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from lms.demo.library import LANGUAGES, read_json

INK = HexColor("#1f2937")
RULE = HexColor("#9ca3af")
SHADE = HexColor("#e5e7eb")
NARROW = 34 * mm  # every column but the first in a table of more than two, and a column to tick
ROOMY = 3 * mm  # above and below the text of a cell, which leaves place to write by hand
MARGIN = 20 * mm


def handout_names() -> list[str]:
    return sorted(read_json("handouts.json"))


def render_handout(name: str) -> bytes:
    """The PDF of a hand-out; raises KeyError for an unknown name."""
    sheets = read_json("handouts.json")[name]
    register_fonts()
    story: list[Flowable] = []
    for language in LANGUAGES:
        story += [*_page(sheets[language]), PageBreak()]
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=sheets["uz"]["title"],
        author="Malaka",
        invariant=1,
    )
    document.build(story[:-1])
    return out.getvalue()


def _page(sheet: dict[str, Any]) -> list[Flowable]:
    plain = ParagraphStyle("plain", fontName="Handout", fontSize=10, leading=14, textColor=INK)
    bold = ParagraphStyle("bold", plain, fontName="Handout-Bold")
    title = ParagraphStyle("title", bold, fontSize=18, leading=24, spaceAfter=6 * mm)
    cells = [[Paragraph(escape(text), bold) for text in sheet["head"]]]
    cells += [[Paragraph(escape(text), plain) for text in row] for row in sheet["rows"]]
    table = Table(
        cells,
        colWidths=_widths(sheet),
        repeatRows=1,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, RULE),
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ("TOPPADDING", (0, 0), (-1, -1), ROOMY),
            ("BOTTOMPADDING", (0, 0), (-1, -1), ROOMY),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ],
    )
    return [Paragraph(escape(sheet["title"]), title), table, Spacer(1, 6 * mm), Paragraph(escape(sheet["note"]), plain)]


def _widths(sheet: dict[str, Any]) -> list[float]:
    """Share the width of the page: a column for one short word is narrow, one to write in is wide."""
    width, _height = A4
    room = width - 2 * MARGIN - 12  # the frame pads 6 points on each side
    if len(sheet["head"]) > 2:
        others = [NARROW] * (len(sheet["head"]) - 1)
    else:
        others = [NARROW / 2 if len(sheet["head"][1]) < 4 else room / 2]
    return [room - sum(others), *others]


@cache
def register_fonts() -> None:
    fonts = settings.BASE_DIR / "certificates" / "fonts"
    pdfmetrics.registerFont(TTFont("Handout", fonts / "DejaVuSans.ttf"))
    pdfmetrics.registerFont(TTFont("Handout-Bold", fonts / "DejaVuSans-Bold.ttf"))
