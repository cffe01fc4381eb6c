"""Files that somebody may send instead of a table: each gets a clear answer from a child that has little memory."""

import io
import struct
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from base.errors import InvalidInput
from base.tables import Staged, read_rows, stage_table

MAIN = "http://schemas.openxmlformats.org"
XLSX = {
    "[Content_Types].xml": f'<Types xmlns="{MAIN}/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{MAIN}/package/2006/relationships"><Relationship Id="r1" '
    f'Type="{MAIN}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}/spreadsheetml/2006/main" '
    f'xmlns:r="{MAIN}/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>'
    "</workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{MAIN}/package/2006/relationships"><Relationship Id="r1" '
    f'Type="{MAIN}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
SHEET = f'<worksheet xmlns="{MAIN}/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
ODF = "urn:oasis:names:tc:opendocument:xmlns"
ODS = (
    f'<office:document-content xmlns:office="{ODF}:office:1.0" xmlns:table="{ODF}:table:1.0" '
    f'xmlns:text="{ODF}:text:1.0"><office:body><office:spreadsheet><table:table table:name="A">%s</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)
CELL = '<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def xlsx(rows: str, **more: bytes) -> bytes:
    """A workbook of rows in its own words."""
    return zipped({**XLSX, "xl/worksheets/sheet1.xml": SHEET % rows, **more})


def ods(rows: str) -> bytes:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": MANIFEST, "content.xml": ODS % rows})


def book(rows: list[list[Any]], *merged: str) -> bytes:
    """A workbook as a spreadsheet would save it."""
    made = Workbook()
    sheet: Any = made.active
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def staged(folder: Path, content: bytes, name: str) -> Staged:
    source = folder / "source"
    source.write_bytes(content)
    return stage_table(source, folder / "rows", name=name, stay=lambda: None)


def cells_of(folder: Path, content: bytes, name: str = "t.xlsx") -> list[list[str]]:
    return [row.cells for row in read_rows(staged(folder, content, name).path)]


def refusal_of(folder: Path, content: bytes, name: str = "t.xlsx") -> str:
    with pytest.raises(InvalidInput) as refused:
        staged(folder, content, name)
    assert str(refused.value)
    assert not [*folder.glob("rows*")]
    return refused.value.code


def test_300_000_rows_are_read(tmp_path: Path) -> None:
    cell = '<c t="inlineStr"><is><t>Sinovov</t></is></c>'
    rows = f"<row>{cell * 3}</row>" * 300_000
    assert staged(tmp_path, xlsx(rows), "t.xlsx").rows == 300_000


def test_too_many_rows_and_columns_are_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, b"a\n" * 500_100, "t.csv") == "too-many-rows"
    assert refusal_of(tmp_path, b",".join([b"a"] * 101), "t.csv") == "too-many-columns"


def test_merged_cells_say_the_same_of_each_row_and_of_the_first_column(tmp_path: Path) -> None:
    content = book([["Bogʻ", "Ali", "Vali"], [None, "Gʻani", None], ["Chorsu", "Hasan", None]], "A1:A2", "B3:C3")
    assert cells_of(tmp_path, content) == [["Bogʻ", "Ali", "Vali"], ["Bogʻ", "Gʻani"], ["Chorsu", "Hasan"]]


def test_formulas_are_their_last_values(tmp_path: Path) -> None:
    row = '<row r="1"><c r="A1"><f>2+3</f><v>5</v></c><c r="B1"><f>2+3</f></c><c r="C1"><v>7</v></c></row>'
    assert cells_of(tmp_path, xlsx(row)) == [["5", "", "7"]]


def test_days_come_as_dates_texts_and_numbers(tmp_path: Path) -> None:
    content = book([[date(1990, 11, 22), "22.11.1990", 33199, 30102901234567, 5.01e13]])
    assert cells_of(tmp_path, content) == [["1990-11-22", "22.11.1990", "33199", "30102901234567", "50100000000000"]]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "t.xlsx", "empty"),
        (b" \r\n\t\n", "t.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5_000), "t.xlsx", "not-a-workbook"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5_000), "t.csv", "not-a-table"),
        (b"PK\x03\x04 but no archive", "t.xlsx", "not-a-workbook"),
        (zipped({"a.txt": "a"}), "t.xlsx", "not-a-workbook"),
        (zipped({**XLSX, "xl/worksheets/sheet1.xml": "<worksheet"}), "t.xlsx", "not-a-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "t.xls", "old-workbook"),
        (xlsx("", **{"xl/vbaProject.bin": b"x"}), "t.xlsm", "macros"),
        (xlsx("", **{"xl/vbaProject.bin": b"x"}), "t.xlsx", "macros"),
        (xlsx(""), "t.xlsx", "empty"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(tmp_path: Path, content: bytes, name: str, code: str) -> None:
    assert refusal_of(tmp_path, content, name) == code


def test_a_zip_bomb_is_refused_by_its_own_word(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, xlsx(" " * 150 * 2**20)) == "zip-bomb"


def test_a_zip_bomb_that_lies_about_its_size_harms_nobody(tmp_path: Path) -> None:
    size = len(SHEET % (" " * 150 * 2**20))
    bomb = xlsx(" " * 150 * 2**20).replace(struct.pack("<I", size), struct.pack("<I", 1_000))
    assert refusal_of(tmp_path, bomb) in ("not-a-workbook", "empty", "too-large")


@pytest.mark.parametrize(
    ("rows", "columns", "code"),
    [(1_000_000, 1, "too-many-rows"), (1_000_000, 16_384, "too-many-cells"), (1, 2_000_000_000, "too-many-columns")],
)
def test_ods_that_repeats_itself_without_end_is_refused(tmp_path: Path, rows: int, columns: int, code: str) -> None:
    cell = CELL.replace("-cell ", f'-cell table:number-columns-repeated="{columns}" ', 1)
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    assert refusal_of(tmp_path, ods(row), "t.ods") == code


def test_the_empty_rows_at_the_end_of_an_ordinary_ods_are_none(tmp_path: Path) -> None:
    empty = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
    assert cells_of(tmp_path, ods(f"<table:table-row>{CELL}</table:table-row>{empty}"), "t.ods") == [["a"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_texts_of_any_encoding_and_delimiter_are_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"Фамилия{delimiter}Имя\r\nАбдуллаев{delimiter}Анвар\r\n"
    assert cells_of(tmp_path, text.encode(encoding), "t.csv") == [["Фамилия", "Имя"], ["Абдуллаев", "Анвар"]]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n".encode("utf-16-le"),
        b"a,b\n" + b"c,d\n" * 20_000 + b"e\0f,g\n",
        b"a," + b"b" * 100 * 2**20,
        b'a,b\n"' + b"c" * 30_000,
    ],
    ids=["UTF-16 without its mark", "a NUL far below", "one line of 100 MB", "a quotation without end"],
)
def test_texts_that_are_no_tables_are_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal_of(tmp_path, content, "t.csv") == "not-a-table"


def test_a_line_of_nothing_but_delimiters_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, b"a,b\n" + b"," * 80 * 2**20, "t.csv") == "too-large"
