import logging
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts.models import Person
from accounts.pinfl import (
    Pinfl,
    PinflDate,
    PinflError,
    PinflUnreadable,
    check_pinfl,
    decrypt_pinfl,
    encrypt_pinfl,
    hash_pinfl,
    mask,
    parse_pinfl,
)
from base.errors import InvalidInput

DIGITS = "30104850123450"  # invented; its check digit is right
TODAY = date(2026, 11, 22)


def test_a_pinfl_tells_birth_date_and_gender() -> None:
    pinfl = parse_pinfl(DIGITS)
    assert (pinfl.digits, pinfl.birth_date, pinfl.gender) == (DIGITS, date(1985, 4, 1), "male")


@pytest.mark.parametrize(
    ("first", "year", "gender"),
    [
        ("1", 1885, "male"),
        ("2", 1885, "female"),
        ("3", 1985, "male"),
        ("4", 1985, "female"),
        ("5", 2085, "male"),
        ("6", 2085, "female"),
    ],
)
def test_first_digit_is_sex_and_century(first: str, year: int, gender: str) -> None:
    pinfl = parse_pinfl(first + DIGITS[1:], today=date(2100, 1, 1))
    assert (pinfl.birth_date.year, pinfl.gender) == (year, gender)


@pytest.mark.parametrize(
    "text",
    [
        "3 010485 012 3450",
        "3-010485-012-345-0",
        " 30104850123450\n",
        "3010485\N{NO-BREAK SPACE}0123450",
        "3010485–0123450",
    ],
)
def test_spaces_and_dashes_are_tolerated(text: str) -> None:
    assert parse_pinfl(text).digits == DIGITS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "pinfl-length"),
        ("3010485012345", "pinfl-length"),
        ("301048501234507", "pinfl-length"),
        ("3010485012345A", "pinfl-digits"),
        ("٣٠١٠٤٨٥٠١٢٣٤٥٠", "pinfl-digits"),
        ("30104850123450.0", "pinfl-digits"),
        ("5.01E+13", "pinfl-spreadsheet"),
        ("5,01049E+13", "pinfl-spreadsheet"),
        ("5e13", "pinfl-spreadsheet"),
        ("50104900000000", "pinfl-spreadsheet"),
        ("00104850123450", "pinfl-sex-century"),
        ("70104850123450", "pinfl-sex-century"),
        ("33102850123450", "pinfl-date"),
        ("32902850123450", "pinfl-date"),
        ("30004850123450", "pinfl-date"),
        ("52311260123450", "pinfl-date"),
    ],
)
def test_each_refusal_has_its_code_and_never_shows_the_number(text: str, code: str) -> None:
    with pytest.raises(PinflError) as refused:
        parse_pinfl(text, today=TODAY)
    assert (refused.value.code, refused.value.field, refused.value.status) == (code, "pinfl", 422)
    assert isinstance(refused.value, ValueError)
    assert isinstance(refused.value, InvalidInput)
    assert text[:7] not in str(refused.value) or len(text) < 9
    assert refused.value.__cause__ is None


def test_born_today_is_born() -> None:
    assert parse_pinfl("52211260123450", today=TODAY).birth_date == TODAY


def test_29_february_of_a_leap_year() -> None:
    assert parse_pinfl("32902840123450").birth_date == date(1984, 2, 29)


@given(st.text() | st.from_regex(r"[1-6]\d{13}", fullmatch=True))
def test_any_text_gives_a_pinfl_or_a_refusal(text: str) -> None:
    with suppress(PinflError):
        assert len(parse_pinfl(text).digits) == 14


def test_check_digit_is_a_warning_only() -> None:
    assert parse_pinfl(DIGITS).check_digit_ok
    assert check_pinfl(parse_pinfl(DIGITS)) == []
    wrong = parse_pinfl("30104850123458")
    assert not wrong.check_digit_ok
    assert [(finding.code, finding.is_error) for finding in check_pinfl(wrong)] == [("pinfl-check-digit", False)]


def test_birth_date_and_gender_beside_it_must_agree() -> None:
    pinfl = parse_pinfl(DIGITS)
    assert check_pinfl(pinfl, birth_date=date(1985, 4, 1), gender=Person.Gender.MALE) == []
    findings = check_pinfl(pinfl, birth_date=date(1985, 1, 4), gender=Person.Gender.FEMALE)
    assert [(finding.code, finding.is_error) for finding in findings] == [
        ("pinfl-birth-date-differs", True),
        ("pinfl-gender-differs", True),
    ]


def test_genders_are_those_of_a_person() -> None:
    assert {parse_pinfl(DIGITS).gender, parse_pinfl("4" + DIGITS[1:]).gender} == set(Person.Gender.values)


def test_text_of_a_pinfl_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    pinfl = parse_pinfl(DIGITS)
    with caplog.at_level(logging.INFO):
        logging.getLogger("malaka").info("read %s %r", pinfl, {"pinfl": pinfl})
    for text in (str(pinfl), repr(pinfl), f"{pinfl}", repr([pinfl]), caplog.text):
        assert DIGITS[1:12] not in text
        assert "3•••••••••••50" in text


@pytest.mark.parametrize(("digits", "shown"), [(DIGITS, "3•••••••••••50"), ("12", "••"), ("", "")])
def test_mask(digits: str, shown: str) -> None:
    assert mask(digits) == shown


def test_hash_is_keyed_and_steady(settings: Settings) -> None:
    first = hash_pinfl(DIGITS)
    assert first == hash_pinfl(DIGITS) != hash_pinfl("30104850123458")
    assert len(first) == 64
    settings.PINFL_KEY = "another key"
    assert hash_pinfl(DIGITS) != first


def test_cipher_is_read_back_and_never_the_same() -> None:
    cipher = encrypt_pinfl(DIGITS)
    assert decrypt_pinfl(cipher) == DIGITS
    assert cipher != encrypt_pinfl(DIGITS)
    assert DIGITS not in cipher


def test_an_old_key_still_reads(settings: Settings) -> None:
    old = encrypt_pinfl(DIGITS)
    settings.PINFL_OLD_KEYS, settings.PINFL_KEY = [settings.PINFL_KEY], "a new key"
    assert decrypt_pinfl(old) == DIGITS
    new = encrypt_pinfl(DIGITS)
    assert new.split(".")[1] != old.split(".")[1]
    settings.PINFL_OLD_KEYS = []
    assert decrypt_pinfl(new) == DIGITS
    with pytest.raises(PinflUnreadable):
        decrypt_pinfl(old)


@pytest.mark.parametrize("broken", ["", "1", "1.00000000.AAAA", "…", "1.x.y.z"])
def test_what_is_no_cipher_is_unreadable(broken: str) -> None:
    with pytest.raises(PinflUnreadable):
        decrypt_pinfl(broken)


@given(st.data())
def test_a_changed_cipher_is_unreadable(data: st.DataObject) -> None:
    cipher = encrypt_pinfl(DIGITS)
    place = data.draw(st.integers(0, len(cipher) - 1))
    letter = data.draw(st.sampled_from("ABab019-_"))
    changed = cipher[:place] + letter + cipher[place + 1 :]
    if changed != cipher:
        with pytest.raises(PinflUnreadable):
            decrypt_pinfl(changed)


def test_equal_numbers_are_equal() -> None:
    assert parse_pinfl(DIGITS) == Pinfl(DIGITS)
    with pytest.raises(PinflDate):
        parse_pinfl("39999990123450")
