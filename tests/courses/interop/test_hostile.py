"""Files that mean harm, and files of nonsense: each is refused in words, none takes long or reaches out."""

import time
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from base.errors import InvalidInput
from courses.interop import FORMATS, read_questions
from courses.interop.drafts import MOST_BYTES, Item
from tests.courses.interop.reading import FILES

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE quiz [<!ENTITY l0 "ha">{LAUGHS}]><quiz><question>&l9;</question></quiz>',
    "external entity": '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question>&x;</question></quiz>',
    "external type": '<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd"><quiz><question/></quiz>',
    "parameter entity": '<!DOCTYPE quiz [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><quiz/>',
    "huge attribute": f'<quiz><question type="{"x" * 5_000_000}"/></quiz>',
    "deep nesting": "<quiz>" + "<a>" * 200_000,
    "never closed": "<quiz><question>" + "x" * 1_000_000,
}


def read(data: bytes, name: str) -> list[Item]:
    return list(read_questions(data, name=name))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_xml_is_refused_at_once(text: str) -> None:
    began = time.monotonic()
    with pytest.raises(InvalidInput):
        read(text.encode(), "a.xml")
    assert time.monotonic() - began < 5


def test_giant_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(b"x" * (MOST_BYTES + 1), "a.gift")
    assert refused.value.code == "too-large"
    monkeypatch.setattr("courses.interop.MOST_QUESTIONS", 20)
    assert len(read(b"A {T}\n\n" * 20, "a.gift")) == 20
    with pytest.raises(InvalidInput):
        read(b"A {T}\n\n" * 21, "a.gift")


@pytest.mark.parametrize(
    "text",
    [
        "A {" + "~" * 100_000 + "}",
        "A {" + "=a->" * 50_000 + "}",
        "A {#" + "=" * 100_000 + "}",
        "A {" * 50_000,
        ":" * 200_000 + "{T}",
        "[html]" + r"<span class\=multilang lang\=uz>" * 5_000 + " {T}",
        "[html]" + "<img " * 30_000 + " {T}",
        "[markdown]" + "[" * 20_000 + " {T}",
        "[markdown]" + ">" * 20_000 + " {T}",
    ],
    ids=lambda text: text[:12],
)
def test_endless_signs_in_gift_take_no_time(text: str) -> None:
    began = time.monotonic()
    read(text.encode(), "a.gift")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "text", ["{1:SA:" * 5_000, "{1:SA:=" + "a~" * 5_000 + "}", "{1:SA:" + "\\" * 10_000 + "}", "{1:SA:=" + "%" * 9_000]
)
def test_endless_signs_in_gaps_take_no_time(text: str) -> None:
    began = time.monotonic()
    quiz = f'<quiz><question type="cloze"><questiontext><text>{text}</text></questiontext></question></quiz>'
    read(quiz.encode(), "a.xml")
    assert time.monotonic() - began < 5


def test_archives_that_are_no_workbook_are_refused() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../questions.xml", "<quiz/>")
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 150 * 2**20)
    for data in (packed.getvalue(), bomb.getvalue(), b"PK\x03\x04 nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"):
        with pytest.raises(InvalidInput):
            read(data, "a.xlsx")


SIGNS = "{}=~#%:.->\\\n$[]<>/&\"' aT1АВ"


@pytest.mark.parametrize("form", ["gift", "aiken", "moodle-xml"])
@given(st.one_of(st.text(st.sampled_from(SIGNS), max_size=60).map(str.encode), st.binary(max_size=60)))
@example(b"::a::{=%1.2.3%a}")
@example(b"a {#1..}")
@settings(max_examples=60, deadline=None)
def test_nonsense_is_read_or_refused(form: str, data: bytes) -> None:
    with suppress(InvalidInput):
        assert all(FORMATS[form].read(data, "uz"))


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("file", ["every_kind.xml", "every_corner.gift"])
def test_files_with_a_hole_are_read_or_refused(file: str, data: st.DataObject) -> None:
    whole = Path(FILES / file).read_bytes()
    start = data.draw(st.integers(0, len(whole) - 1))
    put = data.draw(st.sampled_from([b"", b"}", b"<", b"\xff", b"~", b"=", b"]]>", b"{1:"]))
    cut = whole[:start] + put + whole[start + data.draw(st.integers(0, 40)) :]
    with suppress(InvalidInput):
        assert read(cut, file)
