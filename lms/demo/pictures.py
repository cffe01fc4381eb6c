"""The pictures of the demo's questions, drawn when they are wanted."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw

PAPER, INK, TILE = "#fbfaf6", "#22303c", "#0f6f8c"
SIZES = {"machine": (640, 480), "letter": (480, 640)}


def draw_picture(name: str) -> BytesIO:
    """A picture as a PNG."""
    image = Image.new("RGB", SIZES[name], PAPER)
    DRAWN[name](ImageDraw.Draw(image))
    data = BytesIO()
    image.save(data, "PNG")
    data.seek(0)
    return data


def _machine(pen: ImageDraw.ImageDraw) -> None:
    """A sewing machine from the side: head, arm, pillar, bed, wheel, needle."""
    pen.rounded_rectangle((60, 90, 520, 170), 24, fill=TILE, outline=INK, width=4)
    pen.rectangle((420, 170, 520, 350), fill=TILE, outline=INK, width=4)
    pen.rectangle((40, 350, 600, 400), fill="#d9b24c", outline=INK, width=4)
    pen.rectangle((90, 170, 150, 215), fill=TILE, outline=INK, width=4)
    pen.line((120, 215, 120, 335), fill=INK, width=6)
    pen.polygon((112, 325, 128, 325, 120, 348), fill=INK)
    pen.ellipse((525, 85, 595, 175), fill="#e7e2d4", outline=INK, width=5)
    pen.rectangle((250, 50, 280, 90), fill="#c04a3a", outline=INK, width=3)


def _letter(pen: ImageDraw.ImageDraw) -> None:
    """A letter: heading, number and date, lines of text, a place for the signature."""
    pen.rectangle((20, 20, 460, 620), fill="white", outline=INK, width=4)
    pen.rectangle((120, 60, 360, 90), fill=TILE)
    pen.rectangle((50, 120, 200, 134), fill=INK)
    pen.rectangle((300, 120, 430, 134), fill=INK)
    for top in range(180, 460, 28):
        pen.rectangle((50, top, 430 if (top // 28) % 3 else 330, top + 8), fill="#8a97a3")
    pen.rectangle((50, 520, 180, 532), fill=INK)
    pen.line((260, 540, 400, 540), fill=INK, width=4)
    pen.arc((270, 500, 330, 550), 180, 20, fill=TILE, width=4)
    pen.arc((320, 505, 390, 548), 190, 30, fill=TILE, width=4)


DRAWN: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {"machine": _machine, "letter": _letter}
