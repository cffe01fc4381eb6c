"""Columns of a table, and how their cells are read."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from base.errors import InvalidInput
from base.folding import fold

Read = Callable[[str], Any]
Text = str | Promise

MOST_OFFERED = 500
"""A longer list of choices is no help in a drop-down."""
SERIAL_DAY_ZERO = date(1899, 12, 30)
SERIAL = re.compile(r"\d{5}")  # from 1927 on; four digits are a year, which is no date
DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[ T].*)?")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
YES_NO: dict[Text, bool] = {gettext_lazy("Yes"): True, gettext_lazy("No"): False}


@dataclass(frozen=True)
class Column:
    """A column of a kind of table: its name for programs, its heading for people.

    `choices` names the list of the kind from which a cell comes; `read` makes a value of a cell that is not empty and
    raises InvalidInput. The PINFL is `secret`: it stands in no list of problems.
    """

    name: str
    label: Text
    read: Read = str
    required: bool = False
    choices: str = ""
    help: Text = ""
    secret: bool = False
    is_day: bool = False


class Choices:
    """A list from which cells come, by code or by name in any language and spelling."""

    def __init__(self, rows: Iterable[tuple[Any, str, Iterable[str]]], offered: Sequence[object] = ()) -> None:
        """`rows`: what is chosen, its code, its names. `offered`: each as a text, in the reader's language."""
        self.rows = list(rows)
        self.offered = offered
        self.by_code = {code.casefold(): value for value, code, _names in self.rows}
        self.found: dict[str, Any] = {}

    @cached_property
    def by_name(self) -> dict[str, list[Any]]:
        """Made only where a name is asked for: some lists are long, and most files name codes."""
        by_name: dict[str, list[Any]] = {}
        for value, _code, names in self.rows:
            for key in {fold(name) for name in names if name}:
                by_name.setdefault(key, []).append(value)
        return by_name

    def read(self, text: str) -> Any:
        """The choice that a cell names. Raises InvalidInput."""
        if text not in self.found:
            self.found[text] = self._find(text)
        return self.found[text]

    def _find(self, text: str) -> Any:
        if (value := self.by_code.get(text.casefold())) is not None:
            return value
        named = self.by_name.get(fold(text), [])
        if len(named) > 1:
            raise InvalidInput(_("Several have this name here: write the code."), code="ambiguous")
        if not named:
            raise InvalidInput(_("There is none with this code or name here."), code="unknown")
        return named[0]


@cache
def words_of(label: Text) -> frozenset[str]:
    """A label in every language, folded."""
    words = {fold(str(label))}
    for language, _name in settings.LANGUAGES:
        with override(language):
            words.add(fold(str(label)))
    return frozenset(words)


def choices_of_labels(labels: Mapping[Text, Any]) -> Choices:
    """Choices that are not rows: their labels in every language."""
    return Choices([(value, str(value), words_of(label)) for label, value in labels.items()], list(labels))


def drop_down(choices: Choices) -> list[str]:
    """What a drop-down offers, in the reader's language; nothing where there is too much for one."""
    return sorted(map(str, choices.offered)) if len(choices.offered) <= MOST_OFFERED else []


def text_up_to(length: int) -> Read:
    def read(text: str) -> str:
        line = " ".join(text.split())
        if len(line) > length:
            message = _("This text is longer than %(most)d characters.")
            raise InvalidInput(message, code="too-long", values={"most": length})
        return line

    return read


def read_day(text: str) -> date:
    """22.11.2026, 2026-11-22, or the number by which a spreadsheet counts days."""
    try:
        if found := DOTTED.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := YEAR_FIRST.fullmatch(text):
            return date(*map(int, found.groups()[:3]))
        if SERIAL.fullmatch(text):
            return SERIAL_DAY_ZERO + timedelta(days=int(text))
    except ValueError:
        pass
    raise InvalidInput(_("This is no date; write it as 22.11.2026."), code="date")


def read_past_day(text: str) -> date:
    day = read_day(text)
    if day > timezone.localdate():
        raise InvalidInput(_("This day lies in the future."), code="date")
    return day


def read_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(_("This is no id of Malaka."), code="unknown") from None


@dataclass(frozen=True)
class Heading:
    """What a row of headings means: for each the column, or None."""

    number: int
    heads: list[str]
    columns: list[Column | None] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [column.name if column else "" for column in self.columns]

    @property
    def known(self) -> int:
        return sum(column is not None for column in self.columns)


def match_heads(number: int, heads: Sequence[str], columns: Sequence[Column], memory: Mapping[str, str]) -> Heading:
    """Find the column of each heading by its words in any language, its name, or what `memory` says of it (folded)."""
    by_name = {column.name: column for column in columns}
    by_word = {word: column for column in columns for word in words_of(column.label)}
    found: list[Column | None] = []
    for head in heads:
        word = fold(head)
        column = by_name.get(memory[word]) if word in memory else by_name.get(head.strip()) or by_word.get(word)
        found.append(None if column in found else column)
    return Heading(number, list(heads), found)
