"""The certificate as paper: its words, fonts and QR code, read back by other programs than the one that wrote it."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from certificates.ornament import MARGIN, PAGE_HEIGHT, PAGE_WIDTH, PITCH
from certificates.rendering import render_certificate
from certificates.snapshot import CertificateWords
from tests.certificates.words import ADDRESS, LANGUAGES, LONGEST, UZBEK

if not shutil.which("pdftotext") and os.environ.get("CI") != "true":
    pytest.skip("poppler-utils is not installed", allow_module_level=True)


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    return tmp_path / "certificate.pdf"


def written(words: CertificateWords, path: Path) -> Path:
    path.write_bytes(render_certificate(words))
    return path


def printed(words: CertificateWords) -> list[str]:
    return [
        words.issuer,
        words.title,
        words.awarded_to,
        words.holder,
        words.achievement,
        words.course,
        *(part for detail in words.details for part in (detail.caption, detail.value)),
        words.number_line,
        words.place_and_date,
        words.signatory_post,
        words.signatory_name,
        words.verify_note,
        words.verify_url,
    ]


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.holder)
def test_every_word_can_be_read_and_copied(words: CertificateWords, stored: Path) -> None:
    text = run("pdftotext", "-raw", written(words, stored), "-")
    for expected in printed(words):
        assert expected in " ".join(text.split())
    assert sorted(without_space(text)) == sorted(without_space("".join(printed(words))))


def test_the_longest_words_are_all_there_and_inside_the_border(stored: Path) -> None:
    written(LONGEST, stored)
    text = without_space(run("pdftotext", "-raw", stored, "-"))
    for expected in printed(LONGEST):
        assert without_space(expected) in text
    boxes = re.findall(
        r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">', run("pdftotext", "-bbox", stored, "-")
    )
    assert boxes
    inner = MARGIN + PITCH + 4
    for left, top, right, bottom in (map(float, box) for box in boxes):
        assert inner < left
        assert right < PAGE_WIDTH - inner
        assert inner < top
        assert bottom < PAGE_HEIGHT - inner


@pytest.mark.parametrize(
    ("holder", "shown"),
    [
        ("Karimov\x00\x08 Anvar\u202e\u200b\n\tRustam oʻgʻli", "Karimov Anvar Rustam oʻgʻli"),
        ("Karimov 😀 Anvar 李", "Karimov � Anvar �"),
        ("Karimov كريم", "Karimov ����"),
        ("I\u0301sa A\u0301nvar Z\u0334\u0335\u0336", "Ísa Ánvar Z"),
        ("\ud800 Karimov", "� Karimov"),
        ("(Karimov) \\Anvar\\ <b>&amp;", "(Karimov) \\Anvar\\ <b>&amp;"),
        ("K" * 300, "K" * 300),
        ("   ", ""),
    ],
)
def test_hostile_names_are_shown_as_far_as_they_can_be(holder: str, shown: str, stored: Path) -> None:
    text = run("pdftotext", "-raw", written(replace(UZBEK, holder=holder), stored), "-")
    between = text.split(UZBEK.awarded_to)[1].split(UZBEK.achievement)[0]
    assert without_space(between) == without_space(shown)
    if holder != "K" * 300:
        assert " ".join(between.split()) == shown


def test_it_is_one_page_of_a4_across_with_its_fonts_inside(stored: Path) -> None:
    written(LONGEST, stored)
    facts = run("pdfinfo", stored)
    assert re.search(r"Pages: +1\n", facts)
    assert re.search(r"Page size: +841.89 x 595.276 pts \(A4\)", facts)
    fonts = run("pdffonts", stored).splitlines()[2:]
    assert fonts
    for font in fonts:
        name, embedded, subset = font.split()[0], *font.split()[-5:-3]
        assert re.fullmatch(r"[A-Z]{6}\+DejaVu.+", name)
        assert (embedded, subset) == ("yes", "yes")


def test_it_names_itself_and_its_language(stored: Path) -> None:
    content = written(UZBEK, stored).read_bytes()
    facts = run("pdfinfo", stored)
    assert f"Title:           {UZBEK.title} {UZBEK.number}: {UZBEK.holder}\n" in facts
    assert f"Author:          {UZBEK.issuer}\n" in facts
    assert b"/Lang (uz)" in content
    assert b"/DisplayDocTitle true" in content


@pytest.mark.parametrize("address", [ADDRESS, LONGEST.verify_url])
def test_its_qr_code_opens_the_verification_page(address: str, stored: Path) -> None:
    written(replace(UZBEK, verify_url=address), stored)
    run("pdftoppm", "-r", "110", "-png", "-singlefile", stored, stored.with_suffix(""))
    with Image.open(stored.with_suffix(".png")) as page:
        found = zxingcpp.read_barcodes(page)
    assert [code.text for code in found] == [address]


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    first = render_certificate(UZBEK)
    render_certificate(LONGEST)
    assert render_certificate(UZBEK) == first
    assert render_certificate(replace(UZBEK, number_line="№ 2")) != first


def test_threads_may_render_side_by_side() -> None:
    expected = [render_certificate(words) for words in LANGUAGES]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render_certificate, LANGUAGES * 8)) == expected * 8


def test_the_page_stays_small() -> None:
    assert len(render_certificate(LONGEST)) < 100_000
