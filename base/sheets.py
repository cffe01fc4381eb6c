"""Tables that go out: texts in rows, guarded against being taken for formulas."""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from base.cells import guard

PLAIN = "utf-8-sig"  # the mark tells spreadsheets that it is UTF-8


def write_csv(
    file: IO[bytes], heads: Iterable[Sequence[str]], rows: Iterable[Sequence[str]], *, delimiter: str = ";"
) -> None:
    """Write lines of guarded cells in UTF-8."""
    text: Any = codecs.getwriter(PLAIN)(file)
    writer = csv.writer(text, delimiter=delimiter)
    for line in heads:
        writer.writerow(line)
    for line in rows:
        writer.writerow(map(guard, line))


def write_workbook(file: IO[bytes], heads: Iterable[Sequence[str]], rows: Iterable[Sequence[str | Decimal]]) -> None:
    """Write a sheet of guarded texts and of numbers, row by row."""
    with _sheet(file) as sheet:
        for line in heads:
            sheet.append([_text_cell(sheet, text) for text in line])
        for row in rows:
            sheet.append([_text_cell(sheet, guard(cell)) if isinstance(cell, str) else cell for cell in row])


@contextmanager
def _sheet(file: IO[bytes]) -> Iterator[Any]:
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet()
    sheet.freeze_panes = "A2"
    yield sheet
    book.save(file)


def _text_cell(sheet: Any, text: str) -> Any:
    cell: Any = WriteOnlyCell(sheet)
    cell.value, cell.data_type, cell.number_format = text, "s", "@"
    return cell
