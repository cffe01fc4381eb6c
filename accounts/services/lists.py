"""State lists kept as dated rows: read from CSV, compared with what is stored, changed in bulk."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models.territory import Dated, DatedRow
from base.errors import InvalidInput
from base.folding import canonical, fold
from base.languages import LANGUAGE_CODES

BATCH = 1000
# A list that loses more than this share of its rows, and more than this number, is taken for a broken file.
MOST_LOST = 0.05
FEW_LOST = 20

NAME_COLUMNS = {"name_uz": "uz", "name_uz_cyrl": "uz-cyrl", "name_kaa": "kaa", "name_ru": "ru", "name_en": "en"}

SEARCH_KEY_LENGTH = 400


class BadList(InvalidInput):
    """A file of a list cannot be loaded; the message names file, row and column."""

    code = "bad-list"


@dataclass(frozen=True)
class Column:
    """What a column of a file holds, as a pattern and in words."""

    name: str
    pattern: re.Pattern[str]
    expected: str | Promise


@dataclass(frozen=True)
class Row:
    """A row of a file, with the number that a spreadsheet shows; `code` is its first declared column."""

    file: str
    number: int
    code: str
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    @property
    def names(self) -> dict[str, str]:
        """The names by language, those that are given."""
        return {language: self[column] for column, language in NAME_COLUMNS.items() if self.values.get(column)}

    def refusal(self, column: str, expected: str | Promise) -> BadList:
        return BadList(
            _("%(file)s, row %(row)d, column “%(column)s”: “%(value)s” is not %(expected)s.")
            % {
                "file": self.file,
                "row": self.number,
                "column": column,
                "value": self.values[column],
                "expected": expected,
            }
        )


@dataclass(frozen=True)
class Changes:
    """How many rows of a list a load made, changed, left as they were, and ended."""

    rows: str
    new: int
    changed: int
    unchanged: int
    ended: int

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.ended)

    def __str__(self) -> str:
        return _(
            "%(rows)s: %(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(ended)d no longer valid"
        ) % asdict(self)


def read_rows(path: Path, columns: Sequence[Column]) -> list[Row]:
    """Read a CSV file in UTF-8 with a header; the first column is a code and stands once.

    Raises BadList where a column is missing or a cell is not as expected.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(_rows(path.name, csv.DictReader(file, restval="", strict=True), columns))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadList(_("%(file)s cannot be read: %(error)s.") % {"file": path.name, "error": error}) from error
    seen: set[str] = set()
    for row in rows:
        if row.code in seen:
            raise row.refusal(columns[0].name, _("a new code: it stands in a row above"))
        seen.add(row.code)
    return rows


def _rows(file: str, reader: "csv.DictReader[str]", columns: Sequence[Column]) -> Iterator[Row]:
    for column in columns:
        if column.name not in (reader.fieldnames or ()):
            raise BadList(_("%(file)s has no column “%(column)s”.") % {"file": file, "column": column.name})
    for number, cells in enumerate(reader, start=2):
        if None in cells:
            raise BadList(_("%(file)s, row %(row)d has more cells than the header.") % {"file": file, "row": number})
        values = {name: _clean(name, value) for name, value in cells.items()}
        row = Row(file, number, values[columns[0].name], values)
        for column in columns:
            if not column.pattern.fullmatch(row.values[column.name]):
                raise row.refusal(column.name, column.expected)
        yield row


def _clean(column: str, value: str) -> str:
    return canonical(value) if column in ("name_uz", "name_kaa") else " ".join(value.split())


def keep_list(
    model: type[DatedRow], wanted: Mapping[str, Mapping[str, Any]], *, today: date | None = None, accept_loss: bool
) -> Changes:
    """Make the rows of `model` those of `wanted` (code → fields): create, change, end; in the caller's transaction.

    What left the list is valid until today, what came back is valid again; a name in a language that the list lacks
    is kept. Raises BadList where a suspicious part of the list is missing, unless `accept_loss`.
    """
    today = today or timezone.localdate()
    stored = model._default_manager.in_bulk(field_name="code")
    lost = [row for code, row in stored.items() if code not in wanted and not _ended(row, today)]
    if len(lost) > max(FEW_LOST, MOST_LOST * len(stored)) and not accept_loss:
        raise BadList(
            _("%(count)d of %(total)d stored %(rows)s are missing. Is the file complete?")
            % {"count": len(lost), "total": len(stored), "rows": model._meta.verbose_name_plural}
        )
    starts_on = today if stored else None
    new = [model(code=code, valid_from=starts_on) for code in wanted if code not in stored]
    for row in new:
        _take(row, wanted[row.code], today)
    changed = [row for code, row in stored.items() if code in wanted and _take(row, wanted[code], today)]
    for row in lost:
        row.valid_until = today
    model._default_manager.bulk_create(new, batch_size=BATCH)
    if changed:
        fields = [*wanted[changed[0].code], "search_key", "valid_until"]
        model._default_manager.bulk_update(changed, fields, batch_size=BATCH)
    if lost:
        model._default_manager.bulk_update(lost, ["valid_until"], batch_size=BATCH)
    unchanged = len(wanted) - len(new) - len(changed)
    return Changes(str(model._meta.verbose_name_plural), len(new), len(changed), unchanged, len(lost))


def _ended(row: Dated, today: date) -> bool:
    return row.valid_until is not None and row.valid_until <= today


def _fields(row: Dated, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What the row must hold so that it says what the list says."""
    names = row.names | wanted["names"]
    until = None if _ended(row, today) else row.valid_until
    return {**wanted, "names": names, "search_key": search_key(names), "valid_until": until}


def _take(row: Dated, wanted: Mapping[str, Any], today: date) -> bool:
    """Give `row` what the list says; return whether that changed it."""
    fields = _fields(row, wanted, today)
    changed = any(getattr(row, field) != value for field, value in fields.items())
    for field, value in fields.items():
        setattr(row, field, value)
    return changed


def search_key(names: Mapping[str, str]) -> str:
    """Return one key in which a place or occupation is found by its name in any language, Uzbek first."""
    key = ""
    for language in sorted(names, key=LANGUAGE_CODES.index):
        folded = fold(names[language])
        if folded not in key:
            key = f"{key} {folded}".strip()
    return key[:SEARCH_KEY_LENGTH].rstrip()
