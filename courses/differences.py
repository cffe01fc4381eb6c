"""What changed between two texts, line by line, and within a line word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from courses.html import plain_text

BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|tr|dt|dd|pre|blockquote|caption)>|<br\s*/?>|<hr\s*/?>", re.IGNORECASE)
MOST_WORDS = 400  # in lines longer than that only the whole line is compared


@dataclass(frozen=True)
class Piece:
    """A stretch of words; `kind` is same, added or removed."""

    kind: str
    text: str


Line = list[Piece]


def lines_of(html: str) -> list[str]:
    """The words of cleaned HTML, a line for each block; pictures by what they show, formulas by their source."""
    return [line for part in BLOCK_END.split(html) if (line := plain_text(part))]


def difference(old: str, new: str) -> list[Line]:
    """The lines of two texts in HTML that are not the same; none where only their form differs."""
    before, after = lines_of(old), lines_of(new)
    found: list[Line] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        if kind != "equal":
            found += [_line(x, y) for x, y in zip_longest(before[a:b], after[c:d], fillvalue="")]
    return found


def _line(old: str, new: str) -> Line:
    before, after = old.split(), new.split()
    if not before or not after or len(before) + len(after) > MOST_WORDS:
        return _changed(before, after)
    pieces: Line = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        pieces += [Piece("same", " ".join(before[a:b]))] if kind == "equal" else _changed(before[a:b], after[c:d])
    return pieces


def _changed(old: list[str], new: list[str]) -> Line:
    pieces = (Piece("removed", " ".join(old)), Piece("added", " ".join(new)))
    return [piece for piece in pieces if piece.text]
