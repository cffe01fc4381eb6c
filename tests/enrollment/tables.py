"""Tables for tests of imports, sent as a user would."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management import call_command
from openpyxl import Workbook

from accounts.models import User

Line = Mapping[str, Any]


def csv_of(lines: Iterable[Line], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A text whose headings are the names of columns."""
    lines = list(lines)
    heads = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(heads)
    writer.writerows([line.get(head, "") for head in heads] for line in lines)
    return text.getvalue().encode(encoding)


def write_xlsx(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    """A workbook of any number of rows."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(path)


def xlsx_of(rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def import_table(kind: str, content: bytes, user: User, folder: Path, *options: str, name: str = "t.csv") -> Any:
    """What the shell command answers."""
    path = folder / name
    path.write_bytes(content)
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("import_table", kind, str(path), f"--as={user.username}", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def counts(answer: Mapping[str, Any]) -> tuple[int, ...]:
    """New, changed, unchanged, wrong."""
    return tuple(answer[name] for name in ("new", "changed", "unchanged", "wrong"))


def codes(answer: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    return [(error["row"], error["column"], error["code"]) for error in answer["errors"]]
