"""One row of a table on its way from the file to what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.pinfl import mask
from base.errors import DomainError, InvalidInput, said_again
from enrollment.imports.columns import Column

VALUE_SHOWN = 200


def source_words() -> override:
    """A block in which texts stay as they stand in the code, so that whoever reads them later has them translated."""
    return override("en")


class Verdict(StrEnum):
    """What a row does."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is wrong, and at which column: in source words, with the values of their placeholders apart."""

    column: str
    code: str
    message: str
    values: Mapping[str, Any]
    value: str = ""

    def __str__(self) -> str:
        return said_again(self.message, self.values)


@dataclass(slots=True)
class Row:
    """`cells` as written, `values` as read, both by the name of the column and without empty ones."""

    number: int
    cells: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    verdict: Verdict = Verdict.WRONG
    plan: Any = None

    def refuse(self, error: DomainError, column: str = "", *, secret: bool = False) -> None:
        """Note a refusal at `column`, or the one that it names itself. It was raised within `source_words`."""
        column = column or error.field or ""
        value = self.cells.get(column, "")
        shown = mask("".join(value.split())) if secret or column == "pinfl" else value
        self.problems.append(Problem(column, error.code, str(error.args[0]), error.values, shown[:VALUE_SHOWN]))

    @property
    def is_wrong(self) -> bool:
        return bool(self.problems)


def read_cells(number: int, cells: Sequence[str], columns: Sequence[Column | None]) -> Row:
    """The row's cells by the columns of its heading."""
    return Row(number, {column.name: text for column, text in zip(columns, cells, strict=False) if column and text})


def read_values(row: Row, columns: Sequence[Column], readers: Mapping[str, Any]) -> None:
    """Read every cell; what is wrong, or missing although needed, is noted."""
    for column in columns:
        text = row.cells.get(column.name)
        if text is None:
            if column.required:
                row.refuse(InvalidInput(_("This is needed."), code="required"), column.name)
            continue
        try:
            row.values[column.name] = readers[column.name](text)
        except InvalidInput as error:
            row.refuse(error, column.name, secret=column.secret)
