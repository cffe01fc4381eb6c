"""Fitting words into a box: cleaned, wrapped, and shrunk until nothing is cut off."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator

LEADING = 1.25  # line height, in sizes
FLOOR = 6.0  # points; above it a line is never broken inside a word
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

Measure = Callable[[str], float]  # the width of a text at size 1


def printable(text: str, glyphs: dict[int, int]) -> str:
    """The text as it can be set on one line: composed, without control characters.

    What the font lacks, and scripts written from the right, which are not set here, become U+FFFD.
    """

    def shown(char: str) -> str:
        if char.isspace():
            return " "
        if unicodedata.category(char) in {"Cc", "Cf", "Mn", "Me"}:
            return ""
        if ord(char) not in glyphs or unicodedata.bidirectional(char) in {"R", "AL", "AN"}:
            return REPLACEMENT
        return char

    if not (text.isascii() and text.isprintable()):
        text = "".join(map(shown, unicodedata.normalize("NFC", text)))
    return " ".join(text.split())


def pieces(words: Iterable[str], measure: Measure, room: float) -> Iterator[str]:
    """The words, those wider than `room` cut into parts that fit."""
    for word in words:
        part = ""
        for char in word if measure(word) > room else ():
            if part and measure(part + char) > room:
                yield part
                part = ""
            part += char
        yield part or word


def wrapped(words: list[str], measure: Measure, room: float) -> list[str]:
    """Lines of at most `room`, filled greedily; a wider word stands alone on its line."""
    lines: list[str] = []
    for word in words:
        if lines and measure(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def balanced(words: list[str], measure: Measure, room: float) -> list[str]:
    """The same number of lines as `wrapped`, as even in length as they come."""
    lines = wrapped(words, measure, room)
    if len(lines) > 1:
        narrowest = max(measure(" ".join(words)) / len(lines), *map(measure, words))
        for tenth in range(10):
            narrower = wrapped(words, measure, narrowest + (room - narrowest) * tenth / 10)
            if len(narrower) == len(lines):
                return narrower
    return lines


def fitted(text: str, measure: Measure, width: float, height: float, size: float) -> tuple[float, list[str]]:
    """The largest size up to `size` at which the text fits into the box, and its lines.

    A box holds at least one line at the largest size, whatever its height.
    """
    if measure(text) * size <= width:
        return size, [text]
    words = text.split()
    widest = max(map(measure, words))
    while True:
        room = width / size
        parts = list(pieces(words, measure, room)) if size <= FLOOR else words
        if size <= FLOOR or widest <= room:
            lines = wrapped(parts, measure, room)
            if len(lines) * LEADING * size <= height:
                return size, balanced(parts, measure, room)
        size *= 0.95
