"""Captions of films: WebVTT, read line by line before it is kept."""

import re

from django.utils.translation import gettext as _

from base.errors import InvalidInput

MOST_BYTES = 1024 * 1024
TIME = r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMING = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t].*)?")


class BadCaptions(InvalidInput):
    code = "bad-captions"


def read_captions(data: bytes) -> str:
    """Return WebVTT as it is kept, without its style sheets. Raises BadCaptions on `file`, naming the line."""
    if len(data) > MOST_BYTES:
        raise BadCaptions(_("Captions have at most one megabyte."), field="file")
    try:
        lines = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n")
    except UnicodeDecodeError as error:
        raise BadCaptions(_("The captions are not written in UTF-8. Save them anew as UTF-8."), field="file") from error
    if not re.match(r"WEBVTT($|[ \t])", lines[0]):
        raise BadCaptions(_("This is no WebVTT file: its first line has to be WEBVTT."), field="file")
    blocks = [block for block in _blocks(lines) if not block[1].startswith(("STYLE", "REGION"))]
    _check_cues(blocks[1:])
    return "\n\n".join(text for _number, text in blocks) + "\n"


def spoken_words(captions: str) -> str:
    """Return what is said, without times, names and notes."""
    said = []
    for _number, block in _blocks(captions.split("\n"))[1:]:
        _head, timing, rest = block.partition("-->")
        if timing and not block.startswith("NOTE"):
            said += rest.split("\n")[1:]
    return " ".join(re.sub(r"<[^>]*>", "", " ".join(said)).split())


def _blocks(lines: list[str]) -> list[tuple[int, str]]:
    """What stands between empty lines, each with the number of its first line."""
    blocks: list[tuple[int, list[str]]] = []
    is_open = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            is_open = False
        elif is_open:
            blocks[-1][1].append(line)
        else:
            blocks.append((number, [line]))
            is_open = True
    return [(number, "\n".join(block)) for number, block in blocks]


def _check_cues(blocks: list[tuple[int, str]]) -> None:
    last, count = -1, 0
    for number, block in blocks:
        if block.startswith("NOTE"):
            continue
        lines = block.split("\n")
        at = 0 if "-->" in lines[0] else 1  # a cue may have a name
        timing = TIMING.fullmatch(lines[at].strip()) if at < len(lines) else None
        if timing is None:
            raise _wrong(number + at, _("a time is written like 00:01:05.000 --> 00:01:09.500"))
        starts, ends = (_milliseconds(*timing.groups()[part : part + 4]) for part in (0, 4))
        if ends <= starts:
            raise _wrong(number + at, _("it ends before it begins"))
        if starts < last:
            raise _wrong(number + at, _("it begins before the one above it"))
        last, count = starts, count + 1
    if not count:
        raise BadCaptions(_("There is no caption in this file."), field="file")


def _wrong(line: int, why: str) -> BadCaptions:
    return BadCaptions(_("Line %(line)d: %(why)s.") % {"line": line, "why": why}, field="file")


def _milliseconds(hours: str | None, minutes: str, seconds: str, rest: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)
