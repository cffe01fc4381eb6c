"""Turns a table file (XLSX, ODS, CSV) into lines of JSON, in a process of its own with little memory.

`python -P base/staging.py SOURCE TARGET NAME` writes one line `[row number, [cell, …]]` for each row that is not empty,
all cells as text, and prints one JSON object: what it found, or the code of what is wrong. It imports nothing of
Malaka, so that the memory it may have is left to the reader: calamine holds a whole sheet.
"""

import csv
import json
import re
import resource
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

MEMORY = 700 * 2**20
PROCESSOR_SECONDS = 600
STAGED_BYTES = 2 * 2**30
MOST_ROWS = 500_000
MOST_COLUMNS = 100
MOST_IN_A_CELL = 20_000
UNPACKED_BYTES = 1_500 * 2**20
UNPACKED_RATIO = 300  # an ordinary sheet packs to a tenth or a thirtieth
RATIO_COUNTS_FROM = 100 * 2**20
MOST_PARTS = 5_000
WORKBOOK_PARTS = {".xlsx": "xl/workbook.xml", ".ods": "content.xml", ".xlsb": "xl/workbook.bin"}
MACROS = re.compile(r"(^|/)(vbaProject[^/]*\.bin|Basic/|Scripts/)", re.IGNORECASE)
WORKBOOK_NAMES = (".xlsx", ".xlsm", ".ods", ".xls", ".xlsb")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an old .xls, or a workbook with a password
DELIMITERS = ",;\t"

Cells = Sequence[Any]
NumberedRows = Iterable[tuple[int, Cells]]


class Refused(Exception):
    """The file cannot be taken; the code says why."""


def read(source: Path, name: str) -> tuple[dict[str, str], NumberedRows]:
    """What kind of file it is, and its rows, counted from 1."""
    with source.open("rb") as file:
        head = file.read(2**16)
    if not head.strip():
        raise Refused("empty")
    if head.startswith(OLE):
        raise Refused("old-workbook")
    if head.startswith(b"PK"):
        return {"format": "workbook"}, read_workbook(source, check_archive(source))
    if name.lower().endswith(WORKBOOK_NAMES):
        raise Refused("not-a-workbook")
    return read_text(source, head)


def check_archive(source: Path) -> str:
    """Refuse what is no workbook, holds macros, or would unpack to more than there is room for; returns its ending."""
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
    # zipfile raises the last for a version of the format that it does not know.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("not-a-workbook") from error
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("old-workbook")
    ending = next((ending for ending, part in WORKBOOK_PARTS.items() if part in names), "")
    if not ending:
        raise Refused("not-a-workbook")
    if any(MACROS.search(part) for part in names):
        raise Refused("macros")
    unpacked, packed = sum(part.file_size for part in parts), source.stat().st_size
    too_dense = unpacked > RATIO_COUNTS_FROM and unpacked > UNPACKED_RATIO * packed
    if len(parts) > MOST_PARTS or unpacked > UNPACKED_BYTES or too_dense:
        raise Refused("zip-bomb")
    return ending


@contextmanager
def named(source: Path, ending: str) -> Iterator[str]:
    """Another name of a file: calamine says what is wrong with a workbook only where its name tells the kind."""
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / f"table{ending}"
        link.symlink_to(source.resolve())
        yield str(link)


def read_workbook(source: Path, ending: str) -> NumberedRows:
    """The rows of the first visible sheet that holds any."""
    import python_calamine as calamine

    try:
        with named(source, ending) as path, calamine.load_workbook(path) as book:
            for sheet in book.sheets_metadata:
                if sheet.visible != calamine.SheetVisibleEnum.Visible or sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                table = book.get_sheet_by_name(sheet.name)
                if table.height:
                    yield from filled_down(_numbered(table), _merged_down(table))
                    return
    except calamine.PasswordError as error:
        raise Refused("old-workbook") from error
    except calamine.CalamineError as error:
        too_many = str(error).startswith("Cell limit exceeded")  # calamine tells its errors apart by words alone
        raise Refused("too-many-cells" if too_many else "not-a-workbook") from error
    raise Refused("empty")


def _numbered(table: Any) -> NumberedRows:
    first = table.total_height - table.height if table.start is None else 0
    return enumerate(table.iter_rows(), start=first + 1)


def _merged_down(table: Any) -> dict[int, list[tuple[int, int]]]:
    """By its first row (counted from 1): the columns of cells merged over several rows, and their last rows."""
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in table.merged_cell_ranges or ():
        if bottom > top:
            merged.setdefault(top + 1, []).append((left, bottom + 1))
    return merged


def filled_down(rows: NumberedRows, merged: dict[int, list[tuple[int, int]]]) -> NumberedRows:
    """A cell merged over several rows says the same of each; merged over several columns it fills the first alone."""
    standing: dict[int, tuple[int, Any]] = {}
    for number, cells in rows:
        if merged or standing:
            cells = list(cells)
            for column, (last, value) in list(standing.items()):
                if number <= last and column < len(cells):
                    cells[column] = value
                elif number > last:
                    del standing[column]
            for column, last in merged.pop(number, ()):
                if column < len(cells):
                    standing[column] = last, cells[column]
        yield number, cells


def read_text(source: Path, head: bytes) -> tuple[dict[str, str], NumberedRows]:
    encoding = find_encoding(source, head)
    with source.open(encoding=encoding, newline="") as file:
        lines = iter(lambda: file.readline(MOST_IN_A_CELL), "")
        first = next((line for line in lines if line.strip(" \t\r\n,;")), "")
    delimiter = find_delimiter(first)
    return {"format": "text", "encoding": encoding, "delimiter": delimiter}, read_csv(source, encoding, delimiter)


def find_encoding(source: Path, head: bytes) -> str:
    """UTF-8 if every byte fits it, else Windows-1251; UTF-16 by its mark alone."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in head:
        raise Refused("not-a-table")
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            with source.open(encoding=encoding, newline="") as file:
                while file.read(2**20):
                    pass
            return encoding
        except UnicodeError:
            continue
    raise Refused("not-a-table")


def find_delimiter(line: str) -> str:
    """Of comma, semicolon and tab the one that stands most often outside quotation marks."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=bare.count)


def read_csv(source: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, Cells]]:
    csv.field_size_limit(MOST_IN_A_CELL)
    with source.open(encoding=encoding, newline="") as file:
        try:
            yield from enumerate(csv.reader(file, delimiter=delimiter), start=1)
        except (csv.Error, UnicodeError) as error:
            raise Refused("not-a-table") from error


def as_text(value: Any) -> str:
    """A cell as text: dates as 2026-11-22, whole numbers without a point."""
    if isinstance(value, str):
        return value.strip() if len(value) <= MOST_IN_A_CELL else value[:MOST_IN_A_CELL]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def stage(rows: NumberedRows, target: Path) -> int:
    """Write the rows that are not empty; returns how many."""
    count = 0
    with target.open("w", encoding="utf-8") as file:
        for number, cells in rows:
            texts = [*map(as_text, cells)]
            while texts and not texts[-1]:
                texts.pop()
            if not texts:
                continue
            if len(texts) > MOST_COLUMNS:
                raise Refused("too-many-columns")
            if any("\0" in text for text in texts):
                raise Refused("not-a-table")
            count += 1
            if count > MOST_ROWS + 20:  # headings stand among them
                raise Refused("too-many-rows")
            file.write(json.dumps([number, texts], ensure_ascii=False))
            file.write("\n")
    if not count:
        raise Refused("empty")
    return count


def main(source: str, target: str, name: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (STAGED_BYTES, STAGED_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer: dict[str, Any]
    try:
        facts, rows = read(Path(source), name)
        answer = {**facts, "rows": stage(rows, Path(target))}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except (MemoryError, OSError):
        answer = {"refused": "too-large"}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
