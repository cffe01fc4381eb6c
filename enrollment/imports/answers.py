"""What goes back to whoever sent a table: its wrong rows with the reasons, and templates to fill in."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from base.cells import guard
from base.dates import short_date
from base.errors import InvalidInput
from base.services.jobs import Work
from base.sheets import write_csv, write_workbook
from base.tables import Staged, read_rows
from enrollment.imports.columns import Column, drop_down, read_day
from enrollment.imports.kind import Kind
from enrollment.models import Import

STAY_EVERY = 5_000
TEMPLATE_ROWS = 10_000


def write_wrong_rows(work: Work, table: Import, staged: Staged, start: int, columns: Sequence[Column | None]) -> None:
    """Keep as the job's result the wrong rows of a table as they were sent, with the reasons in a last column.

    They come in the form of the source: a text with its own delimiter (always UTF-8: other encodings lack our letters),
    a workbook as .xlsx.
    """
    heads = [*table.heads, _("What is wrong")]
    rows = _wrong_rows(work, table, staged, start, columns)
    ending = _("wrong-rows")
    with tempfile.TemporaryFile() as file:
        if staged.is_text:
            write_csv(file, [heads], rows, delimiter=staged.delimiter)
        else:
            write_workbook(file, [heads], rows)
        file.seek(0)
        work.store_result(f"{Path(table.name).stem[:80]}-{ending}.{'csv' if staged.is_text else 'xlsx'}", File(file))


def _wrong_rows(
    work: Work, table: Import, staged: Staged, start: int, columns: Sequence[Column | None]
) -> Iterator[list[str]]:
    heads = dict(zip((column.name if column else "" for column in columns), table.heads, strict=False))
    problems = table.problems.order_by("row", "id").iterator()
    problem = next(problems, None)
    for count, row in enumerate(read_rows(staged.path, start=start)):
        if count % STAY_EVERY == 0:
            work.stay()
        if problem is None:
            return
        reasons = []
        while problem and problem.row == row.number:
            head = heads.get(problem.column)
            reasons.append(f"{head}: {problem}" if head else str(problem))
            problem = next(problems, None)
        if reasons:
            cells = row.cells + [""] * (len(columns) - len(row.cells))
            yield [*map(_as_sent, cells, columns), " ".join(reasons)]


def _as_sent(text: str, column: Column | None) -> str:
    """A cell as people write it: days dotted."""
    if column and column.is_day:
        with suppress(InvalidInput):
            return short_date(read_day(text))
    return text


def write_template(file: IO[bytes], kind: Kind) -> None:
    """Write a workbook to fill in, in the language in force: headings, drop-down lists, and a sheet that explains."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = str(Import.Kind(kind.name).label)[:31]
    sheet.freeze_panes = "A2"
    lists: Any = book.create_sheet("Lists")
    lists.sheet_state = "hidden"
    for place, column in enumerate(kind.columns, start=1):
        letter = get_column_letter(place)
        head = sheet.cell(row=1, column=place, value=str(column.label))
        head.font = Font(bold=True)
        sheet.column_dimensions[letter].width = max(len(str(column.label)) + 4, 14)
        sheet.column_dimensions[letter].number_format = "DD.MM.YYYY" if column.is_day else "@"
        if column.choices and (offered := drop_down(kind.lists[column.choices])):
            _add_list(sheet, lists, letter, offered)
    _explain(book.create_sheet(_("How to fill it in")), kind)
    book.save(file)


def _add_list(sheet: Any, lists: Any, letter: str, offered: Sequence[str]) -> None:
    for row, text in enumerate(offered, start=1):
        lists[f"{letter}{row}"] = guard(text)
    rule = DataValidation(type="list", formula1=f"Lists!${letter}$1:${letter}${len(offered)}", allow_blank=True)
    rule.error = _("Choose one of the list.")
    rule.add(f"{letter}2:{letter}{TEMPLATE_ROWS}")
    sheet.add_data_validation(rule)


def _explain(sheet: Any, kind: Kind) -> None:
    sheet.append([_("Column"), _("Needed"), _("What stands in it")])
    for column in kind.columns:
        sheet.append([str(column.label), _("Yes") if column.required else "", str(column.help)])
    for letter, width in {"A": 36, "B": 12, "C": 100}.items():
        sheet.column_dimensions[letter].width = width
