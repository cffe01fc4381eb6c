"""Texts of which nobody says how their letters are written."""

import codecs
import re

from django.utils.translation import gettext_lazy as _

from courses.interop.drafts import Unreadable

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
XML_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
WORDS_OF_HIGH_LETTERS = re.compile(rb"[\xc0-\xff]{2,}")
HIGH_LETTERS = re.compile(rb"[\xc0-\xff]")
LINE_END = re.compile(r"\r\n?")


def decode(data: bytes) -> str:
    """Return the text of a file, its lines ended by newlines: by its mark, as UTF-8 if it fits, else as what it says.

    Without a word it is UTF-16 where every other byte is null, Windows-1251 where it looks Cyrillic, else Windows-1252.
    Raises Unreadable.
    """
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
        if "\0" not in text:
            return LINE_END.sub("\n", text)
    raise Unreadable(_("This file is no text: its letters cannot be read."), field="file")


def _candidates(data: bytes) -> list[str]:
    if mark := next((name for mark, name in MARKS.items() if data.startswith(mark)), ""):
        return [mark]
    if b"\0" in data[:2000]:
        even, odd = data[:2000:2].count(0), data[1:2000:2].count(0)
        return ["utf-16-le" if odd > even else "utf-16-be"]
    declared = XML_DECLARED.match(data[:500])
    said = [declared[1].decode()] if declared else []
    return ["utf-8", *said, "cp1251" if _looks_cyrillic(data) else "cp1252", "cp1251", "latin-1"]


def _looks_cyrillic(data: bytes) -> bool:
    """Whether letters above ASCII stand in words of their own, not single ones among Latin letters."""
    together = sum(len(word) for word in WORDS_OF_HIGH_LETTERS.findall(data))
    return together * 2 > len(HIGH_LETTERS.findall(data))
