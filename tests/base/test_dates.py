from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from django.utils.numberformat import format as format_number
from django.utils.translation import to_locale

from base.dates import MONTHS, long_date, month_name, short_date

DAY = date(2026, 11, 22)
LANGUAGES = [code for code, name in settings.LANGUAGES]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("uz", "2026-yil 22-noyabr"),
        ("uz-cyrl", "2026 йил 22 ноябрь"),
        ("kaa", "2026-jıl 22-noyabr"),
        ("ru", "22 ноября 2026 г."),
        ("en", "22 November 2026"),
        ("fr", "2026-yil 22-noyabr"),
    ],
)
def test_long_date(language: str, written: str) -> None:
    assert long_date(DAY, language) == written


def test_long_date_is_in_the_language_of_the_reader() -> None:
    with translation.override("en"):
        assert long_date(DAY) == "22 November 2026"


def test_short_date() -> None:
    assert short_date(date(2026, 3, 5)) == "05.03.2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_twelve_months(language: str) -> None:
    assert len({month_name(month, language) for month in range(1, 13)}) == 12
    assert len(MONTHS[language].split()) == 12


def test_karakalpak_months_are_its_own() -> None:
    assert (month_name(1, "kaa"), month_name(9, "kaa"), month_name(12, "kaa")) == ("Yanvar", "Sentyabr", "Dekabr")


def test_filters_show_the_time_in_tashkent() -> None:
    page = Template("{% load dates %}{{ at|long_date }}|{{ at|short_date }}|{{ at|short_time }}|{{ none|long_date }}")
    with translation.override("en"):
        shown = page.render(Context({"at": datetime(2026, 11, 21, 20, 5, tzinfo=UTC), "none": None}))
    assert shown == "22 November 2026|22.11.2026|01:05|"


@pytest.mark.parametrize("language", LANGUAGES)
def test_formats_of_every_language(language: str) -> None:
    formats = import_module(f"lms.formats.{to_locale(language)}.formats")
    number = format_number(
        1234.5, formats.DECIMAL_SEPARATOR, 1, formats.NUMBER_GROUPING, formats.THOUSAND_SEPARATOR, force_grouping=True
    )
    assert number == ("1\N{NO-BREAK SPACE}234.5" if language == "en" else "1\N{NO-BREAK SPACE}234,5")
    assert (formats.DATE_FORMAT, formats.FIRST_DAY_OF_WEEK) == ("d.m.Y", 1)
