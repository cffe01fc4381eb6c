"""Which files a lesson may carry: told by the name's ending, and by how the file itself begins."""

import re
from collections.abc import Collection, Mapping
from pathlib import PurePath

from django.utils.translation import gettext as _

from base.errors import InvalidInput

MEGABYTE = 1024 * 1024
ZIP = re.compile(rb"PK\x03\x04")
OLE = re.compile(rb"\xd0\xcf\x11\xe0")
VIDEO = {".mp4": re.compile(rb".{4}ftyp", re.DOTALL), ".webm": re.compile(rb"\x1a\x45\xdf\xa3")}
DOCUMENTS = {
    ".pdf": re.compile(rb"%PDF-"),
    ".jpg": re.compile(rb"\xff\xd8\xff"),
    ".jpeg": re.compile(rb"\xff\xd8\xff"),
    ".png": re.compile(rb"\x89PNG"),
    ".mp3": re.compile(rb"ID3|\xff[\xe0-\xff]"),
    ".txt": re.compile(rb"[^\x00]"),
    **dict.fromkeys((".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".zip"), ZIP),
    **dict.fromkeys((".doc", ".xls", ".ppt"), OLE),
}
# What learners hand in, also from a telephone, by the kind that an author allows.
FTYP = VIDEO[".mp4"]
HANDED_IN: dict[str, dict[str, re.Pattern[bytes]]] = {
    "document": {ending: DOCUMENTS[ending] for ending in DOCUMENTS if ending not in (".jpg", ".jpeg", ".png", ".mp3")},
    "picture": {ending: DOCUMENTS[ending] for ending in (".jpg", ".jpeg", ".png")},
    "video": VIDEO | {".mov": FTYP, ".3gp": FTYP},
    "sound": {".mp3": DOCUMENTS[".mp3"], ".m4a": FTYP, ".ogg": re.compile(rb"OggS")},
}
MOST_SENT_IN = 20 * MEGABYTE
ALLOWED = {"video": (VIDEO, 1024 * MEGABYTE), "file": (DOCUMENTS | VIDEO, 100 * MEGABYTE)}
ATTACHED = (DOCUMENTS, 100 * MEGABYTE)
AUTHORED = ALLOWED | {"attachment": ATTACHED}


def endings_for(kind: str) -> str:
    """The endings that a lesson of this kind takes, as a file input's `accept`."""
    return ",".join(ALLOWED[kind][0])


def check_upload(kind: str, name: str, size: int, head: bytes) -> None:
    """Raise InvalidInput on `file` unless a lesson of this kind may carry a file that is called and begins so."""
    if kind not in ALLOWED:
        raise InvalidInput(_("A lesson of this kind carries no file."), field="file")
    beginnings, most = ALLOWED[kind]
    _check(name, size, head, beginnings, most)


def check_authored(kind: str, name: str, size: int) -> None:
    """Raise InvalidInput on `file` unless an author may send in a file of this name and size; asked before it comes."""
    beginnings, most = AUTHORED[kind]
    _check(name, size, None, beginnings, most)


def check_attachment(name: str, size: int, head: bytes) -> None:
    """Raise InvalidInput on `file` unless a lesson may have such a file beside its text."""
    _check(name, size, head, *ATTACHED)


def check_document(name: str, size: int, head: bytes, *, endings: Collection[str]) -> None:
    """Raise InvalidInput on `file` unless a learner may send in such a document."""
    _check(name, size, head, {ending: DOCUMENTS[ending] for ending in endings}, MOST_SENT_IN)


def endings_of(kinds: Collection[str]) -> list[str]:
    """The endings of the kinds of files that an assignment takes."""
    return [ending for kind, beginnings in HANDED_IN.items() if kind in kinds for ending in beginnings]


def check_name(name: str, size: int, *, kinds: Collection[str], most: int) -> None:
    """Raise InvalidInput on `file` unless an assignment takes a file of this name and size; asked before it is sent."""
    _check(name, size, None, _beginnings_of(kinds), most)


def check_handed_in(name: str, size: int, head: bytes, *, kinds: Collection[str], most: int) -> None:
    """Raise InvalidInput on `file` unless an assignment takes a file that is called and begins so."""
    _check(name, size, head, _beginnings_of(kinds), most)


def _beginnings_of(kinds: Collection[str]) -> dict[str, re.Pattern[bytes]]:
    return {end: begin for kind, ends in HANDED_IN.items() if kind in kinds for end, begin in ends.items()}


def _check(name: str, size: int, head: bytes | None, beginnings: Mapping[str, re.Pattern[bytes]], most: int) -> None:
    beginning = beginnings.get(PurePath(name).suffix.lower())
    if beginning is None:
        raise InvalidInput(
            _("A file of this kind is not taken here. Use one of these: %(endings)s.")
            % {"endings": ", ".join(ending.removeprefix(".") for ending in beginnings)},
            field="file",
        )
    if head is not None and not beginning.match(head):
        raise InvalidInput(
            _("The file is not what its name says. Save it anew in its program and try again."), field="file"
        )
    if size > most:
        raise InvalidInput(_("The file is larger than %(most)d megabytes.") % {"most": most // MEGABYTE}, field="file")
