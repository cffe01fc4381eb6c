"""Questions in a table: a row for each question, and below it a row for each of its answers (with no kind).

Columns are known by their headings in any language of Malaka; a text has a column for each language, `Text (ru)`.
"""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput, reason
from base.folding import fold
from base.languages import LANGUAGE_CODES
from base.staging import MOST_IN_A_CELL
from base.tables import read_rows, stage_table
from courses.html import plain_text
from courses.interop.cloze_codes import read_gaps
from courses.interop.drafts import NAME_LENGTH, Draft, Item, Refusal, Unreadable, amend, clean_draft
from courses.interop.folders import read_folder
from courses.interop.numbers import percent, plain_number
from courses.interop.texts import Reading

HEADING_WITHIN = 20
TEXTS = ("text", "match", "feedback")


class Words:
    """Words that stand in a table, each for a name of ours; read in any language, written in the one in force."""

    def __init__(self, labels: Mapping[str, str | Promise]) -> None:
        self.labels = labels

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {fold(name): name for name in self.labels}
        for language, _label in settings.LANGUAGES:
            with override(language):
                names |= {fold(str(label)): name for name, label in self.labels.items()}
        return names

    def meaning(self, text: str) -> str:
        """The name that a word stands for, else nothing."""
        return self._names.get(fold(text), "")

    def word(self, name: str) -> str:
        return str(self.labels[name])


LABELS = Words(
    {
        "kind": gettext_lazy("Kind"),
        "text": gettext_lazy("Text"),
        "share": gettext_lazy("Share, %"),
        "tolerance": gettext_lazy("Tolerance"),
        "match": gettext_lazy("Match"),
        "feedback": gettext_lazy("Feedback"),
        "points": gettext_lazy("Points"),
        "difficulty": gettext_lazy("Difficulty"),
        "folder": gettext_lazy("Folder"),
        "tags": gettext_lazy("Tags"),
        "note": gettext_lazy("Malaka's note"),
    }
)
KINDS = Words(
    {
        "single": gettext_lazy("Single choice"),
        "multiple": gettext_lazy("Multiple choice"),
        "true-false": gettext_lazy("True or false"),
        "numeric": pgettext_lazy("kind of question", "Number"),
        "short-text": gettext_lazy("Short text"),
        "matching": gettext_lazy("Matching"),
        "ordering": gettext_lazy("Putting in order"),
        "cloze": gettext_lazy("Gap text"),
        "essay": gettext_lazy("Essay"),
        "file": pgettext_lazy("kind of question", "File to send in"),
    }
)
DIFFICULTIES = Words({"1": gettext_lazy("Easy"), "2": gettext_lazy("Medium"), "3": gettext_lazy("Hard")})
TRUTHS = Words({"true": gettext_lazy("True"), "false": gettext_lazy("False")})
MARKS = {"+", "x", "х", "✓", "✔", "1", "ha", "да", "yes"}
OF_LANGUAGE = re.compile(r"(.+?)\s*\(([a-z]+(?:-[a-z]+)?)\)")

Row = Mapping[str, str]
"""The cells of a row that are not empty by column; texts by column and language, as `text ru`."""


def read(
    data: bytes, language: str, name: str = "table.csv", stay: Callable[[], None] = lambda: None
) -> Iterator[Item]:
    """The questions of a table, one by one; a child process reads it. Raises InvalidInput for what is no table."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.write_bytes(data)
        staged = stage_table(source, Path(folder) / "rows", name="table" if data[:2] == b"PK" else name, stay=stay)
        yield from parse((row.cells for row in read_rows(staged.path)), language)


def parse(rows: Iterable[Sequence[str]], language: str) -> Iterator[Item]:
    """The questions that the rows of a table hold. Raises Unreadable where no heading is found."""
    every = iter(rows)
    columns = _columns(every)
    asked: _Asked | None = None
    for cells in every:
        row = {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}
        if "kind" in row:
            if asked:
                yield asked.item(language)
            asked = _Asked(row)
        elif asked and row:
            asked.rows.append(row)
        elif row:
            yield Refusal(row.get("text", "")[:NAME_LENGTH], "?", reason(_("No row above says of which kind it is.")))
    if asked:
        yield asked.item(language)


def _columns(rows: Iterator[Sequence[str]]) -> list[str]:
    for _place, cells in zip(range(HEADING_WITHIN), rows, strict=False):
        found = [_column(cell) for cell in cells]
        if "kind" in found and any(name.partition(" ")[0] == "text" for name in found):
            return found
    raise Unreadable(
        gettext_lazy("This table has no row of headings with “%(kind)s” and “%(text)s”."),
        field="file",
        values={"kind": ["Kind", {}], "text": ["Text", {}]},
    )


def _column(head: str) -> str:
    if (found := OF_LANGUAGE.fullmatch(head.strip())) and found[2] in LANGUAGE_CODES:
        column = LABELS.meaning(found[1])
        return f"{column} {found[2]}" if column in TEXTS else ""
    return LABELS.meaning(head)


@dataclass
class _Asked:
    """The rows of one question."""

    head: Row
    rows: list[Row] = field(default_factory=list)

    def item(self, language: str) -> Draft | Refusal:
        kind = KINDS.meaning(self.head["kind"])
        name = self.name()
        if not kind:
            return Refusal(name, self.head["kind"][:40], reason(_("A table holds no questions of this kind.")))
        try:
            return self._draft(kind, _Cells(Reading(language)), name)
        except InvalidInput as error:
            return Refusal(name, kind, error.reason)

    def name(self) -> str:
        texts = [cell for column, cell in self.head.items() if column.partition(" ")[0] == "text"]
        return plain_text(texts[0])[:NAME_LENGTH] if texts else ""

    def _draft(self, kind: str, cells: "_Cells", name: str) -> Draft:
        if any(len(cell) >= MOST_IN_A_CELL for row in (self.head, *self.rows) for cell in row.values()):
            raise InvalidInput(_("A cell is longer than %(most)d characters."), values={"most": MOST_IN_A_CELL - 1})
        head = self.head
        content = cells.content(kind, head, self.rows)
        level = head.get("difficulty", "2")
        difficulty = DIFFICULTIES.meaning(level)
        if not difficulty:
            raise InvalidInput(_("“%(text)s” is no difficulty."), values={"text": level[:50]})
        draft = clean_draft(
            kind,
            {"points": plain_number(head.get("points", "1")), "feedback": cells.rich(head, "feedback"), **content},
            folder=read_folder(head.get("folder", "")),
            tags=head.get("tags", "").split(","),
            difficulty=int(difficulty),
            pictures=cells.reading.pictures,
            left_out=tuple(cells.reading.left_out),
        )
        return amend(draft, head["note"]) if "note" in head else draft


class _Cells:
    """How the cells of a question's rows are read."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def texts(self, row: Row, column: str, read: Callable[[str], dict[str, str]]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, cell in row.items():
            own, _space, code = name.partition(" ")
            if own == column:
                found |= {code: next(iter(read(cell).values()))} if code else read(cell)
        return found

    def rich(self, row: Row, column: str) -> dict[str, str]:
        return self.texts(row, column, self.reading.rich)

    def line(self, row: Row, column: str) -> dict[str, str]:
        return self.texts(row, column, self.reading.line)

    def plain(self, row: Row) -> str:
        return next((cell for name, cell in row.items() if name.partition(" ")[0] == "text"), "")

    def content(self, kind: str, head: Row, rows: Sequence[Row]) -> dict[str, Any]:
        if kind == "cloze":
            return self.gaps(head)
        return {"text": self.rich(head, "text"), **getattr(self, kind.replace("-", "_"))(rows)}

    def gaps(self, head: Row) -> dict[str, Any]:
        """The text is read once the codes are out of it: their feedback may be in several languages."""
        stems = {name: cell for name, cell in head.items() if name.partition(" ")[0] == "text"}
        if len(stems) != 1:
            raise InvalidInput(_("Its gaps stand in several languages side by side; give one language."))
        ((name, cell),) = stems.items()
        text, gaps = read_gaps(cell, self.reading)
        return {"text": self.rich({name: text}, "text"), "gaps": gaps}

    def single(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Right ones are marked, or each says its share."""
        shares = [row.get("share", "").casefold() for row in rows]
        is_marked = any(share in MARKS for share in shares) and all(share in MARKS | {""} for share in shares)
        return {
            "choices": [
                {"text": self.line(row, "text"), "feedback": self.rich(row, "feedback")}
                | ({"correct": bool(share)} if is_marked else {"worth": _share(share or "0")})
                for row, share in zip(rows, shares, strict=True)
            ]
        }

    multiple = single

    def true_false(self, rows: Sequence[Row]) -> dict[str, Any]:
        said = {TRUTHS.meaning(self.plain(row)): row for row in rows}
        right = [word for word, row in said.items() if row.get("share", "").casefold() in MARKS | {"100"}]
        if set(said) != {"true", "false"} or len(right) != 1:
            raise InvalidInput(_("It does not say whether true or false is right."))
        return {
            "answer": right == ["true"],
            "answer_feedback": {word: self.rich(row, "feedback") for word, row in said.items()},
        }

    def numeric(self, rows: Sequence[Row]) -> dict[str, Any]:
        return {
            "answers": [
                self.answer(row)
                | {
                    "number": plain_number(self.plain(row)),
                    "tolerance": plain_number(row.get("tolerance", "0")),
                }
                for row in rows
            ]
        }

    def short_text(self, rows: Sequence[Row]) -> dict[str, Any]:
        return {"answers": [self.answer(row) | {"text": self.plain(row)} for row in rows]}

    def answer(self, row: Row) -> dict[str, Any]:
        return {"worth": _share(row.get("share", "100")), "feedback": self.rich(row, "feedback")}

    def matching(self, rows: Sequence[Row]) -> dict[str, Any]:
        words = self.reading.words
        return {"pairs": [{"text": self.line(row, "text"), "match": self.texts(row, "match", words)} for row in rows]}

    def ordering(self, rows: Sequence[Row]) -> dict[str, Any]:
        return {"items": [{"text": self.line(row, "text")} for row in rows]}

    def essay(self, rows: Sequence[Row]) -> dict[str, Any]:
        """The row below says how it is graded."""
        return {"guide": self.rich(rows[0], "text")} if rows else {}

    file = essay


def _share(text: str) -> str:
    """What an answer is worth: per cent, or up to 1 as a cell formatted in per cent comes."""
    worth = percent(plain_number(text.removesuffix("%"))) if text not in MARKS else "1"
    return plain_number(text) if text not in MARKS and abs(float(worth)) <= 0.01 else worth
