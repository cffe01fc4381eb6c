"""XML that strangers send: read piece by piece, without a document type, entities or anything fetched."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext_lazy as _

from courses.interop.drafts import Unreadable
from courses.interop.encodings import decode

DEEPEST = 40
LONGEST_ATTRIBUTE = 10_000
CHUNK = 2**18
UNLAWFUL = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}


class _Pieces:
    """Builds the elements that stand right below the root, one by one."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.ready: list[Element] = []
        self.depth = 0
        self._builder = TreeBuilder()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST or any(len(value) > LONGEST_ATTRIBUTE for value in attributes.values()):
            raise Unreadable(_("This file is no question file: its elements lie too deep, or are too long."))
        if self.root is None:
            self.root = Element(tag, attributes)
        else:
            self._builder.start(tag, attributes)

    def data(self, text: str) -> None:
        if self.depth > 1:
            self._builder.data(text)

    def end(self, tag: str) -> None:
        self.depth -= 1
        if self.depth:
            self._builder.end(tag)
        if self.depth == 1:
            self.ready.append(self._builder.close())
            self._builder = TreeBuilder()

    def close(self) -> None:
        return None


def read_pieces(data: bytes) -> Iterator[tuple[Element, Element]]:
    """The elements below the root, each with the root, as they come. Raises Unreadable."""
    pieces = _Pieces()
    parser: Any = DefusedXMLParser(target=pieces, encoding="utf-8", forbid_dtd=True)
    text = decode(data).translate(UNLAWFUL).lstrip("\ufeff \n\t")
    try:
        for start in range(0, len(text), CHUNK):
            parser.feed(text[start : start + CHUNK].encode("utf-8", "replace"))
            while pieces.ready:
                assert pieces.root is not None
                yield pieces.root, pieces.ready.pop(0)
        parser.close()
    except ParseError as error:
        line, column = error.position
        raise Unreadable(
            _("This file breaks off, or is no XML: look at line %(line)d, character %(column)d."),
            field="file",
            values={"line": line, "column": column + 1},
        ) from error
    except DefusedXmlException as error:
        raise Unreadable(
            _("This file declares a document type or entities, which question files do not need. It is not read."),
            field="file",
        ) from error
