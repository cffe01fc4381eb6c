"""poppler at work: how many pages a PDF has, a picture of each, and its text.

A file comes from anybody, so each program runs by itself, with little memory and time, and writes to nowhere but to us.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

from django.utils.translation import gettext_lazy as _
from PIL import Image

from base.errors import InvalidInput

MOST_PAGES = 300
LARGEST_SIDE = 14_400  # points, five metres: the most that PDF itself knows
LONG_SIDE = 1600  # pixels of the large picture
MOST_SMALL = 60_000  # bytes of the small picture
SMALLER = ((800, 70), (800, 50), (720, 35), (640, 25), (480, 20), (320, 20))  # long side and quality, tried in turn
MOST_TEXT = 4000  # characters of one page
MEMORY = 700 * 2**20
WRITTEN = 32 * 2**20
SECONDS = 30  # for one page
PROGRAMS = ("pdfinfo", "pdftoppm", "pdftotext", "prlimit")
PAGES = re.compile(r"^Pages:\s+(\d+)$", re.MULTILINE)
SIZES = re.compile(r"^Page\s+(\d+) size:\s+([\d.]+) x ([\d.]+) pts", re.MULTILINE)
SPACES = re.compile(r"\s+")


class NotAPdf(InvalidInput):
    code = "not-a-pdf"
    message = _("This file is not a PDF, or it is damaged. Save it anew as PDF and send it in again.")


class PdfLocked(InvalidInput):
    code = "pdf-locked"
    message = _("This PDF asks for a password. Save it without one and send it in again.")


class TooManyPages(InvalidInput):
    code = "too-many-pages"
    message = _("This PDF has more than 300 pages. Send in the part that you show.")


class PageTooLarge(InvalidInput):
    code = "page-too-large"
    message = _("Page %(page)d is larger than five metres. Save the slides in an ordinary size.")


class PageTooHard(InvalidInput):
    code = "page-too-hard"
    message = _("Page %(page)d cannot be drawn: it is damaged, or too much is on it. Leave it out or make it simpler.")


@dataclass(frozen=True)
class Drawn:
    """A page as two WebP pictures; `width` and `height` are those of the large one, in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


def is_available() -> bool:
    return all(shutil.which(program) for program in PROGRAMS)


def count_pages(path: Path) -> int:
    """Raises NotAPdf, PdfLocked, TooManyPages, PageTooLarge."""
    try:
        told = _run("pdfinfo", "-f", "1", "-l", str(MOST_PAGES), str(path)).decode("utf-8", "replace")
    except _Failed as failed:
        raise (PdfLocked if "password" in failed.said else NotAPdf)(field="file") from failed
    found = PAGES.search(told)
    pages = int(found[1]) if found else 0
    if pages > MOST_PAGES:
        raise TooManyPages(field="file")
    sizes = SIZES.findall(told)
    if not pages or not sizes:
        raise NotAPdf(field="file")
    for number, *sides in sizes:
        if not all(0 < float(side) <= LARGEST_SIDE for side in sides):
            raise PageTooLarge(field="file", values={"page": int(number)})
    return pages


def draw(path: Path, page: int) -> Drawn:
    """Raises PageTooHard."""
    try:
        raw = _run("pdftoppm", *_only(page), "-cropbox", "-scale-to", str(LONG_SIDE), str(path))
        with Image.open(BytesIO(raw), formats=["PPM"]) as drawn:
            image = drawn.convert("RGB")
    except (_Failed, OSError, ValueError) as error:
        raise PageTooHard(field="file", values={"page": page}) from error
    return Drawn(_webp(image, 82), _small(image), image.width, image.height)


def read_text(path: Path, page: int) -> str:
    """The words of a page in one line; none where they cannot be read."""
    try:
        words = _run("pdftotext", *_only(page), "-enc", "UTF-8", str(path), "-").decode("utf-8", "replace")
    except _Failed:
        return ""
    return SPACES.sub(" ", words.replace("\0", "")).strip()[:MOST_TEXT]


def _only(page: int) -> list[str]:
    return ["-f", str(page), "-l", str(page)]


def _webp(image: Image.Image, quality: int) -> bytes:
    made = BytesIO()
    image.save(made, "WEBP", quality=quality, method=4)
    return made.getvalue()


def _small(image: Image.Image) -> bytes:
    """For a telephone: as good as goes into 60 kB."""
    made = b""
    for side, quality in SMALLER:
        smaller = image.copy()
        smaller.thumbnail((side, side))
        made = _webp(smaller, quality)
        if len(made) <= MOST_SMALL:
            break
    return made


class _Failed(Exception):
    """A program gave up, or was stopped; `said` is how it told why."""

    def __init__(self, said: str = "") -> None:
        super().__init__(said)
        self.said = said


def _run(program: str, *arguments: str) -> bytes:
    """What a program of poppler writes. Raises _Failed."""
    bounds = [f"--as={MEMORY}", f"--cpu={SECONDS}", f"--fsize={WRITTEN}", "--core=0"]
    command = ["prlimit", *bounds, "nice", "-n", "10", program, *arguments]
    with TemporaryFile() as out, TemporaryFile() as err:
        try:
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=SECONDS)  # noqa: S603  # ours
        except (subprocess.TimeoutExpired, OSError) as error:
            raise _Failed from error
        out.seek(0)
        err.seek(0)
        if ended.returncode:
            raise _Failed(err.read(4000).decode("utf-8", "replace"))
        return out.read(WRITTEN)
