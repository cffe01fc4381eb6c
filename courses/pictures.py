"""Pictures on their way in: made anew, so that nothing is left of what a file held besides its picture."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import IO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from base.errors import InvalidInput

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1600
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: upright, not too long, a PNG or a JPEG."""

    data: bytes
    suffix: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()


def read_picture(file: IO[bytes], size: int, *, longest: int = LONGEST_SIDE, most: int = MOST_BYTES) -> Picture:
    """Raises InvalidInput on `picture` unless the file is a picture of a known kind and a sensible size."""
    if size > most:
        words = _("The picture is larger than %(most)d megabytes.")
        raise InvalidInput(words, field="picture", values={"most": most // 2**20})
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise InvalidInput(_("The picture has too many pixels: make it smaller."), field="picture")
            return _made_anew(image, longest)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput(_("This file is not a PNG, JPEG, WebP or GIF picture."), field="picture") from error


def _made_anew(image: Image.Image, longest: int) -> Picture:
    is_photo = image.format == "JPEG"
    upright = ImageOps.exif_transpose(image).convert("RGB" if is_photo else "RGBA")
    upright.thumbnail((longest, longest))
    made = BytesIO()
    upright.save(made, "JPEG" if is_photo else "PNG", quality=85, optimize=True)
    return Picture(made.getvalue(), ".jpg" if is_photo else ".png", upright.width, upright.height)
