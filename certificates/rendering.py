"""A certificate as one page of PDF, from its frozen snapshot alone. The same snapshot gives the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import xObjectName
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from certificates.ornament import CELL, COBALT, MM, PAGE_HEIGHT, PAGE_WIDTH, PITCH, TURQUOISE, Colour
from certificates.ornament import page as page_ornament
from certificates.qr import qr_path
from certificates.snapshot import CertificateWords, Detail
from certificates.typesetting import LEADING, fitted, printable

FONTS = Path(__file__).parent / "fonts"
PLAIN, BOLD, SERIF = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif-Bold"

INK: Colour = (0.09, 0.13, 0.17)
QUIET: Colour = (0.36, 0.42, 0.47)

CELL_FORM = "cell"
ORNAMENT = page_ornament(f"/{xObjectName(CELL_FORM)} Do")

# reportlab reads a font file through one shared position, so pages are drawn one after another.
drawing = Lock()


@cache
def fonts() -> dict[str, TTFont]:
    """The fonts by name, parsed once per process."""
    rl_config.useA85 = 0  # streams stay binary: smaller, and no encoding in pure Python
    parsed = {name: TTFont(name, FONTS / f"{name}.ttf", asciiReadable=False) for name in (PLAIN, BOLD, SERIF)}
    for font in parsed.values():
        pdfmetrics.registerFont(font)
    return parsed


@dataclass(frozen=True, slots=True)
class Style:
    """How one kind of words looks. `size` is the largest, in points; `align` is 0 left, 0.5 centre, 1 right."""

    font: str
    size: float
    colour: Colour
    align: float = 0.5


ISSUER = Style(BOLD, 12.5, COBALT)
TITLE = Style(SERIF, 38, COBALT)
SENTENCE = Style(PLAIN, 11.5, QUIET)
HOLDER = Style(SERIF, 29, INK)
COURSE = Style(PLAIN, 18, COBALT)
CAPTION = Style(PLAIN, 8, QUIET)
VALUE = Style(BOLD, 11.5, INK)
NUMBER = Style(BOLD, 12, COBALT, align=0)
NOTE = Style(PLAIN, 8, QUIET, align=0)
ADDRESS = Style(PLAIN, 8, INK, align=0)
DATE = Style(PLAIN, 10.5, INK, align=1)
POST = Style(PLAIN, 9.5, QUIET, align=0)
SIGNATORY = Style(BOLD, 10.5, INK, align=1)


def put(canvas: Canvas, text: str, style: Style, left: float, bottom: float, width: float, height: float) -> None:
    """Set the text in the middle of a box, given in millimetres by its lower left corner and its sides."""
    font = fonts()[style.font]
    text = printable(text, font.face.charToGlyph)
    if not text:
        return
    size, lines = fitted(text, lambda part: font.stringWidth(part, 1), width * MM, height * MM, style.size)
    canvas.setFont(style.font, size)
    canvas.setFillColorRGB(*style.colour)
    # The middle of capitals, not of the line, stands in the middle of the box.
    baseline = (bottom + height / 2) * MM + (len(lines) - 1) * size * LEADING / 2 - 0.36 * size
    for line in lines:
        spare = width * MM - font.stringWidth(line, size)
        canvas.drawString(left * MM + spare * style.align, baseline, line)
        baseline -= size * LEADING


def write(canvas: Canvas, operators: str) -> None:
    """Put finished PDF operators on the page; reportlab has no public way to do so."""
    canvas._code.append(operators)  # type: ignore[attr-defined]  # private, so not in the stubs


def draw_ornament(canvas: Canvas) -> None:
    """One cell of the pattern as a form, and what the page makes of it."""
    half = PITCH / 2
    canvas.beginForm(CELL_FORM, -half, -half, half, half)  # type: ignore[arg-type]  # the stubs want whole points
    write(canvas, CELL)
    canvas.endForm()
    canvas._formsinuse.append(CELL_FORM)  # type: ignore[attr-defined]  # private, so not in the stubs
    write(canvas, ORNAMENT)


def draw_details(canvas: Canvas, details: Sequence[Detail]) -> None:
    """The captioned facts in columns of equal width."""
    width = min(62.0, 235 / max(len(details), 1))
    left = (297 - width * len(details)) / 2
    canvas.setStrokeColorRGB(*TURQUOISE)
    canvas.setLineWidth(0.5)
    for n, detail in enumerate(details):
        if n:
            canvas.line(left * MM, 68 * MM, left * MM, 82 * MM)
        put(canvas, detail.caption, CAPTION, left + 2, 78.5, width - 4, 4)
        put(canvas, detail.value, VALUE, left + 2, 67, width - 4, 11)
        left += width


def draw_foot(canvas: Canvas, words: CertificateWords) -> None:
    """What proves the paper, on the left; who answers for it, on the right."""
    canvas.setFillColorRGB(*INK)
    write(canvas, qr_path(words.verify_url, x=27 * MM, y=26 * MM, side=34 * MM))
    put(canvas, words.number_line, NUMBER, 64, 48.5, 84, 6)
    put(canvas, words.verify_note, NOTE, 64, 39, 84, 9)
    put(canvas, words.verify_url, ADDRESS, 64, 30, 84, 8)
    put(canvas, words.place_and_date, DATE, 165, 49, 102, 7)
    put(canvas, words.signatory_post, POST, 158, 29, 41, 12)
    put(canvas, words.signatory_name, SIGNATORY, 229, 29, 38, 12)
    canvas.setStrokeColorRGB(*INK)
    canvas.setLineWidth(0.5)
    canvas.line(201 * MM, 33.4 * MM, 227 * MM, 33.4 * MM)


def render_certificate(words: CertificateWords) -> bytes:
    """The PDF of a certificate: one page of A4 across, with only the used glyphs of its fonts embedded."""
    target = BytesIO()
    with drawing:
        glyphs = fonts()[PLAIN].face.charToGlyph
        canvas = Canvas(
            target,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            pageCompression=1,
            invariant=1,
            lang=words.language,
            initialFontName=PLAIN,  # type: ignore[arg-type]  # the stubs are mistaken
        )
        canvas.setTitle(printable(f"{words.title} {words.number}: {words.holder}", glyphs))
        canvas.setAuthor(printable(words.issuer, glyphs))
        canvas.setSubject(printable(words.course, glyphs))
        canvas.setCreator("Malaka")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        draw_ornament(canvas)
        put(canvas, words.issuer, ISSUER, 35, 173, 227, 11)
        put(canvas, words.title, TITLE, 35, 154, 227, 18)
        put(canvas, words.awarded_to, SENTENCE, 35, 136.5, 227, 7)
        put(canvas, words.holder, HOLDER, 30, 116.5, 237, 20)
        put(canvas, words.achievement, SENTENCE, 35, 107.5, 227, 7)
        put(canvas, words.course, COURSE, 35, 87, 227, 20)
        draw_details(canvas, words.details)
        draw_foot(canvas, words)
        canvas.save()
    return target.getvalue()
