"""Plain words as people type them, as they are kept."""

import re
import unicodedata

from django.utils.translation import gettext as _

from base.errors import InvalidInput

# Control characters but the line break; marks that turn the direction of the words around them.
UNSEEN = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
EMPTY_LINES = re.compile(r"\n{3,}")


def clean_words(text: str, *, most: int, field: str = "text") -> str:
    """Return `text` with plain line breaks and nothing unseen in it.

    Raises InvalidInput on `field` where nothing is left, or more than `most` characters.
    """
    if len(text) > 2 * most:  # line breaks may come as two
        raise _too_long(most, field)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    clean = UNSEEN.sub("", unicodedata.normalize("NFC", lines))
    clean = EMPTY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in clean.split("\n"))).strip("\n")
    if not clean.strip():
        raise InvalidInput(_("Write something first."), field=field)
    if len(clean) > most:
        raise _too_long(most, field)
    return clean


def _too_long(most: int, field: str) -> InvalidInput:
    return InvalidInput(_("This text is longer than %(most)d characters.") % {"most": most}, field=field)
