"""The text formats, written question by question into a file."""

from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import IO

from base.errors import InvalidInput
from courses.interop import gift, gift_writing, moodle_writing, moodle_xml
from courses.interop.drafts import Draft, Item, Refusal
from courses.interop.proving import proven

Tell = Callable[[Item], None]
Write = Callable[[IO[bytes], Iterable[Draft], str, Tell], None]
"""Writes drafts, whose bare texts are in a language, and tells of each that it is written, or why it is not."""


def write_gift(file: IO[bytes], drafts: Iterable[Draft], language: str, tell: Tell) -> None:
    _write(file, drafts, language, tell, gift_writing, gift.read)


def write_moodle_xml(file: IO[bytes], drafts: Iterable[Draft], language: str, tell: Tell) -> None:
    _write(file, drafts, language, tell, moodle_writing, moodle_xml.read)


def _write(
    file: IO[bytes],
    drafts: Iterable[Draft],
    language: str,
    tell: Tell,
    words: ModuleType,
    read: Callable[[bytes, str], Iterator[Item]],
) -> None:
    folder: tuple[str, ...] = ()
    file.write(words.head(language).encode())
    for draft in drafts:
        try:
            text = _proven(draft, language, words, read)
        except InvalidInput as error:
            tell(Refusal(draft.title, draft.kind, error.reason))
            continue
        if draft.folder != folder:
            file.write(words.category(draft).encode())
            folder = draft.folder
        file.write(text.encode())
        tell(draft)
    file.write(words.FOOT.encode())


def _proven(draft: Draft, language: str, words: ModuleType, read: Callable[[bytes, str], Iterator[Item]]) -> str:
    def whole(text: str) -> Iterator[Item]:
        return read("".join([words.head(language), words.category(draft), text, words.FOOT]).encode(), language)

    return proven(draft, lambda note: words.write_one(draft, language, note), whole)
