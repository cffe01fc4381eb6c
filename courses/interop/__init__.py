"""Questions in files: read from Moodle XML, GIFT, Aiken and tables, written as all of these but Aiken.

Reading and writing know no row of ours: they give and take drafts. docs/subsystems/question-files.md tells what each
format carries.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from base.languages import LANGUAGE_CODES
from courses.interop import aiken, gift, moodle_xml, sheet, sheet_writing
from courses.interop.drafts import MOST_BYTES, MOST_QUESTIONS, Item, Unreadable
from courses.interop.encodings import decode
from courses.interop.writing import Write, write_gift, write_moodle_xml

MEGABYTE = 2**20
HEAD = 200_000
TABLE_NAMES = (".xlsx", ".ods", ".csv", ".tsv", ".xls", ".xlsm")
TABLE_SIGNS = (b"PK", b"\xd0\xcf\x11\xe0")
XML = re.compile(r"\s*(<\?xml|<quiz\b|<!--|<!DOCTYPE)", re.IGNORECASE)
BRACES = re.compile(r"(?<!\\)\{[^{}]*\}|^\s*\$CATEGORY:|^\s*::.*?::", re.MULTILINE)


@dataclass(frozen=True)
class Format:
    """A kind of question file; one that is only read has no `write`."""

    label: str | Promise
    read: Callable[[bytes, str], Iterator[Item]]
    write: Write | None = None
    ending: str = ""


FORMATS: Mapping[str, Format] = {
    "moodle-xml": Format("Moodle XML", moodle_xml.read, write_moodle_xml, "xml"),
    "gift": Format("GIFT", gift.read, write_gift, "gift"),
    "xlsx": Format(_("Spreadsheet (XLSX)"), sheet.read, sheet_writing.write_xlsx, "xlsx"),
    "csv": Format(_("Spreadsheet (CSV)"), sheet.read, sheet_writing.write_text, "csv"),
    "aiken": Format("Aiken", aiken.read),
}
ALSO_CALLED = {
    **dict.fromkeys(("xml", "moodle", "moodlexml"), "moodle-xml"),
    **dict.fromkeys(("sheet", "spreadsheet", "table", "excel", "ods"), "xlsx"),
}


def format_named(name: str) -> str:
    """The name of a format by what people call it. Raises Unreadable."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    called = ALSO_CALLED.get(plain, plain)
    if called not in FORMATS:
        values = {"name": name, "known": ", ".join(FORMATS)}
        raise Unreadable(_("There is no format “%(name)s”: %(known)s."), field="format", values=values)
    return called


def detect(data: bytes, name: str) -> str:
    """The format of a file, by how it begins, its name, and the signs in it. Raises Unreadable."""
    ending = PurePath(name).suffix.lower()
    if data.startswith(TABLE_SIGNS):
        return "xlsx"
    if ending in TABLE_NAMES:
        return "csv"
    text = decode(data)[:HEAD]
    if ending == ".xml" or XML.match(text.lstrip("\ufeff")):
        return "moodle-xml"
    if aiken.ANSWER_LINE.search(text) and not BRACES.search(text):
        return "aiken"
    if BRACES.search(text) or ending == ".gift":
        return "gift"
    raise Unreadable(_("It is not clear what format this file has: name it."), field="format")


def read_questions(data: bytes, *, name: str, form: str = "", language: str = LANGUAGE_CODES[0]) -> Iterator[Item]:
    """The questions of a file, one by one; texts that do not say their language are in `language`.

    Raises Unreadable, or InvalidInput where a table cannot be read.
    """
    if len(data) > MOST_BYTES:
        most = {"most": MOST_BYTES // MEGABYTE}
        raise Unreadable(
            _("This file is larger than %(most)d MB. Split it."), field="file", code="too-large", values=most
        )
    form = form or detect(data, name)
    for count, item in enumerate(FORMATS[form].read(data, language), start=1):
        if count > MOST_QUESTIONS:
            most = {"most": MOST_QUESTIONS}
            raise Unreadable(_("This file holds more than %(most)d questions. Split it."), field="file", values=most)
        yield item
