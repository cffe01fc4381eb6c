"""A certificate by bare reportlab: every mark at a known place, fonts parsed once, a QR code with a fixed mask.

tests/benchmarks compares it with ours, pixel by pixel, so that it cannot do less.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from certificates import rendering
from certificates.ornament import CELL, MM, PAGE_HEIGHT, PAGE_WIDTH, PITCH
from certificates.qr import qr_path

PLAIN, BOLD, SERIF = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif-Bold"
INK, QUIET, COBALT = (0.09, 0.13, 0.17), (0.36, 0.42, 0.47), (0.03, 0.29, 0.45)
ADDRESS = "https://malaka.example/verify/7K3QX9M2VH5RTC4WPBJ8/"
TEXTS = [
    (BOLD, 12.5, COBALT, 237.238, 501.484, "Yunusobod tumani “Ishga marhamat” monomarkazi"),
    (SERIF, 38, COBALT, 319.488, 448.367, "Sertifikat"),
    (PLAIN, 11.5, QUIET, 301.63, 392.71, "Ushbu sertifikat quyidagi shaxsga berildi:"),
    (SERIF, 29, INK, 178.877, 348.143, "Gʻaniyeva Oʻgʻiloy Toʻlqin qizi"),
    (PLAIN, 11.5, QUIET, 213.15, 310.506, "U quyidagi oʻquv kursini toʻliq oʻzlashtirdi va yakuniy baholashdan oʻtdi:"),
    (PLAIN, 18, COBALT, 236.221, 279.731, "Ayollar kiyimini modellashtirish va tikish:"),
    (PLAIN, 18, COBALT, 267.4, 257.231, "andozadan tayyor mahsulotgacha"),
    (PLAIN, 8, QUIET, 159.564, 225.309, "Hajmi"),
    (BOLD, 11.5, INK, 143.136, 201.372, "144 soat"),
    (PLAIN, 8, QUIET, 310.673, 225.309, "Yakuniy baho"),
    (BOLD, 11.5, INK, 305.384, 201.372, "91,5 / 100"),
    (PLAIN, 8, QUIET, 494.515, 225.309, "Kasb"),
    (BOLD, 11.5, INK, 482.024, 208.559, "7531.4"),
    (BOLD, 11.5, INK, 444.382, 194.184, "Tikuvchi-modelyer"),
    (PLAIN, 8, QUIET, 652.289, 225.309, "Taʼlim tili"),
    (BOLD, 11.5, INK, 637.826, 201.372, "Oʻzbek tili"),
    (BOLD, 12, COBALT, 181.417, 141.664, "№ YMM-2026-000147"),
    (PLAIN, 8, QUIET, 181.417, 125.427, "Haqiqiyligini tekshirish uchun QR-kodni"),
    (PLAIN, 8, QUIET, 181.417, 115.427, "skanerlang yoki ushbu manzilni oching:"),
    (PLAIN, 8, INK, 181.417, 93.498, ADDRESS),
    (PLAIN, 10.5, INK, 566.358, 145.039, "Toshkent shahri, 2026-yil 22-noyabr"),
    (PLAIN, 9.5, QUIET, 447.874, 95.793, "Monomarkaz direktori"),
    (BOLD, 10.5, INK, 672.337698, 95.432598, "S. R. Qodirova"),
]
COLUMN_RULES = [
    (254.409, 192.756, 254.409, 232.441),
    (420.945, 192.756, 420.945, 232.441),
    (587.48, 192.756, 587.48, 232.441),
]
SIGNATURE_RULE = (569.764, 94.677, 643.465, 94.677)


@cache
def parse_fonts() -> None:
    rl_config.useA85 = 0
    folder = Path(rendering.__file__).parent / "fonts"
    for name in (PLAIN, BOLD, SERIF):
        pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf", asciiReadable=False))


def draw_marks() -> bytes:
    """The PDF of the certificate of tests.certificates.words.UZBEK."""
    parse_fonts()
    target = BytesIO()
    size = (PAGE_WIDTH, PAGE_HEIGHT)
    canvas = Canvas(target, pagesize=size, pageCompression=1, invariant=1, initialFontName=PLAIN)  # type: ignore[arg-type]  # the stubs are mistaken
    half = PITCH / 2
    canvas.beginForm("cell", -half, -half, half, half)  # type: ignore[arg-type]  # the stubs want whole points
    marks: list[str] = canvas._code  # type: ignore[attr-defined]  # private, so not in the stubs
    marks.append(CELL)
    canvas.endForm()
    canvas._formsinuse.append("cell")  # type: ignore[attr-defined]  # no public name
    marks = canvas._code  # type: ignore[attr-defined]  # no public name
    marks.append(rendering.ORNAMENT)
    canvas.setFillColorRGB(*INK)
    marks.append(qr_path(ADDRESS, x=27 * MM, y=26 * MM, side=34 * MM))
    for font, points, colour, x, y, text in TEXTS:
        canvas.setFont(font, points)
        canvas.setFillColorRGB(*colour)
        canvas.drawString(x, y, text)
    canvas.setLineWidth(0.5)
    canvas.setStrokeColorRGB(0.16, 0.55, 0.62)
    for rule in COLUMN_RULES:
        canvas.line(*rule)
    canvas.setStrokeColorRGB(*INK)
    canvas.line(*SIGNATURE_RULE)
    canvas.save()
    return target.getvalue()
