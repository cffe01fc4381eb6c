"""A table as long as those of a district: checked, its wrong rows sent back, mended, sent again, and all there once."""

import io
import re
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, expect

from tests.demo_site import ROOT, LiveStack
from tests.e2e.visitors import Visitor, visiting

ROWS, WRONG = 10_000, 37
HEADS = (
    "Number in your register",
    "Surname",
    "Given name",
    "Date of birth",
    "Household’s category",
    "Street and house",
)
FAULTS: tuple[tuple[int, Any], ...] = ((1, None), (3, "31.02.1990"), (4, "Rich family"))  # column, what stands there
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONG = 60_000  # ms; two cores may have other things to do


def person(number: int) -> list[Any]:
    """A row about somebody whom nobody else resembles."""
    born = date(1965, 1, 1) + timedelta(days=number)
    return [f"T-{number:05}", f"Sinovov{number}", "Anvar", born, "Poor family", f"Jadval koʻchasi, {number}-uy"]


def wrong_rows() -> dict[str, tuple[int, Any]]:
    """By the number in the register, spread over the table: which column is wrong, and what stands there."""
    step = ROWS // WRONG
    return {f"T-{n * step:05}": FAULTS[n % len(FAULTS)] for n in range(WRONG)}


def table() -> bytes:
    """The file as somebody typed it."""
    wrong = wrong_rows()
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet()
    sheet.append(HEADS)
    for number in range(ROWS):
        row = person(number)
        if row[0] in wrong:
            column, value = wrong[row[0]]
            row[column] = value
        sheet.append(row)
    return saved(book)


def mended(answer: bytes) -> bytes:
    """The file that came back, with the right value where a wrong one stood; the reasons are left in."""
    book = load_workbook(io.BytesIO(answer))
    sheet: Any = book.active
    wrong = wrong_rows()
    rows = list(sheet.iter_rows(min_row=2))
    assert {row[0].value for row in rows} == set(wrong)
    for row in rows:
        column, _value = wrong[row[0].value]
        assert HEADS[column] in row[-1].value, "the reason names the column"
        row[column].value = person(int(row[0].value[2:]))[column]
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def send(sender: Visitor, content: bytes, name: str) -> None:
    """Send a table and stand before what was found in it."""
    sender.open("/imports/")
    sender.page.get_by_label("What stands in the table").select_option("residents")
    sender.page.get_by_label("The table", exact=True).set_input_files(
        {"name": name, "mimeType": XLSX, "buffer": content}
    )
    sender.press("Send and have it checked")


def counted(sender: Visitor, **verdicts: int) -> None:
    """Wait until the table is checked, and read what was found."""
    labels = {"new": "New", "changed": "Changed", "unchanged": "Known already, unchanged", "wrong": "Wrong"}
    figures = [f"{label} " + f"{verdicts.get(name, 0):,}".replace(",", " ") for name, label in labels.items()]
    expect(sender.page.locator(".figures .figure")).to_have_text(figures, timeout=LONG)


def write_down(sender: Visitor) -> None:
    sender.page.get_by_role("button", name=re.compile("^Write .* down$")).click()
    expect(sender.page.locator("body")).to_contain_text("The good rows are written down", timeout=LONG)


def test_a_long_table_is_mended_and_everybody_is_there_once(chromium: Browser, live_stack: LiveStack) -> None:
    first = table()
    with visiting(chromium, live_stack.url) as sender:
        sender.sign_in("assistant")
        send(sender, first, "street.xlsx")
        expect(sender.page.get_by_role("progressbar").or_(sender.page.locator(".figures")).first).to_be_visible()
        counted(sender, new=ROWS - WRONG, wrong=WRONG)
        sender.looks()
        with sender.page.expect_download() as download:
            sender.press("Take the wrong rows with the reasons")
        answer = download.value.path().read_bytes()
        write_down(sender)
        sender.looks()
        send(sender, mended(answer), download.value.suggested_filename)
        counted(sender, new=WRONG)
        write_down(sender)
        assert standing(live_stack) == (ROWS, ROWS)
        send(sender, first, "street.xlsx")
        still_wrong = sum(value is not None for _column, value in wrong_rows().values())
        counted(sender, unchanged=ROWS - still_wrong, wrong=still_wrong)  # an empty cell leaves as it is who is known
        expect(sender.page.get_by_role("button", name=re.compile("^Write"))).to_have_count(0)
    assert standing(live_stack) == (ROWS, ROWS)


def standing(stack: LiveStack) -> tuple[int, int]:
    """How many residents of the table there are, and how many people; asked of the site's database from outside."""
    code = (
        "import django; django.setup(); from enrollment.models import Resident; "
        "rows = Resident.objects.filter(person__external_id__startswith='T-', ends_on=None); "
        "print(rows.count(), rows.values('person__external_id').distinct().count())"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], env=stack.environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows, people = map(int, found.stdout.split())
    return rows, people
