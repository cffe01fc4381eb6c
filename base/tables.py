"""Tables that people send: read by a child process into a staging file, from there row by row."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from base import staging
from base.cells import unguard
from base.errors import InvalidInput

LOOK_AGAIN_SECONDS = 5

REFUSALS: dict[str, str | Promise] = {
    "empty": _("This file is empty: there is no row in it."),
    "old-workbook": _(
        "This is a workbook of an old kind (.xls), or one with a password. Save it as .xlsx, without a password."
    ),
    "not-a-workbook": _("This is no workbook, although its name says so. Send a file that a spreadsheet has saved."),
    "not-a-table": _("This is no table: neither a workbook (.xlsx, .ods) nor a text with commas, semicolons or tabs."),
    "macros": _("This workbook holds macros. Save it as an ordinary .xlsx or .ods, without macros."),
    "zip-bomb": _("Unpacked, this workbook would be far larger than a table is. Save it anew with the table alone."),
    "too-large": _("This workbook is too large to be read at once. Split it, or save it as CSV."),
    "too-many-rows": _("This table has more than 500,000 rows. Split it into several files."),
    "too-many-cells": _(
        "This table claims more cells than 500,000 rows of 100 columns have. Leave what is needed of it."
    ),
    "too-many-columns": _("This table has more than 100 columns. Leave those that are needed."),
}


@dataclass(frozen=True)
class Staged:
    """A staging file: how many rows it holds, and what the source was (for the answer in the same form)."""

    path: Path
    rows: int
    encoding: str = ""
    delimiter: str = ""

    @property
    def is_text(self) -> bool:
        return bool(self.delimiter)


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A row as it stands in the source, where it counts from 1; `end` is where the next one begins in the staging."""

    number: int
    cells: list[str]
    end: int


def stage_table(source: Path, target: Path, *, name: str, stay: Callable[[], None]) -> Staged:
    """Read a file into `target` and call `stay` now and then meanwhile. Raises InvalidInput for what is no good table.

    What is at `target` whole was finished: it is put there in the end.
    """
    part = target.with_suffix(".part")
    command = [sys.executable, "-P", staging.__file__, str(source), str(part), name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603  # ours
    try:
        while True:
            try:
                said, _errors = process.communicate(timeout=LOOK_AGAIN_SECONDS)
                break
            except subprocess.TimeoutExpired:
                stay()
    finally:
        process.kill()  # does nothing where it has ended
        process.wait()
    facts = _read_answer(said)
    if code := facts.get("refused"):
        part.unlink(missing_ok=True)
        raise InvalidInput(REFUSALS[code], field="file", code=code)
    staged = Staged(target, facts["rows"], facts.get("encoding", ""), facts.get("delimiter", ""))
    part.replace(target)
    return staged


def _read_answer(said: str) -> dict[str, Any]:
    """A child that died without a word had not enough memory or time."""
    answer: dict[str, Any] = json.loads(said) if said else {"refused": "too-large"}
    return answer


def read_rows(staged: Path, *, start: int = 0) -> Iterator[StagedRow]:
    """The rows that follow byte `start` of a staging file."""
    with staged.open("rb") as file:
        file.seek(start)
        end = start
        for line in file:
            end += len(line)
            number, cells = json.loads(line)
            yield StagedRow(number, [unguard(cell) if cell[:1] == "'" else cell for cell in cells], end)
