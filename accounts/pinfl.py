"""PINFL (JSHSHIR): the 14 digits by which the state knows a person; read, checked, masked, hashed, encrypted.

    3 010485 012 345 0
    | |      |   |   check digit: weights 7, 3, 1 repeated over the first 13 digits, sum modulo 10
    | |      |   serial number
    | |      district of birth registration
    | birth date as DDMMYY
    sex and century: 1, 3, 5 male and 2, 4, 6 female; born in 18xx, 19xx, 20xx

Source: no open text of the state's rule was found; five public implementations agree on the structure and on
the check digit. A number whose check digit differs is therefore accepted with a warning.

The number tells birth date and sex, so it is kept encrypted, found by a keyed hash and shown masked. It stands
in no message, log or repr.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from operator import mul
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.errors import InvalidInput

LENGTH = 14
WEIGHTS = (7, 3, 1) * 4 + (7,)
CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}

SEPARATORS = re.compile(r"[\s\u2010-\u2015-]+")
SPREADSHEET_NUMBER = re.compile(r"\d([.,]\d+)?E\+?\d+|\d{7}0{7}", re.IGNORECASE)  # or read back

Gender = Literal["male", "female"]


class PinflError(InvalidInput, ValueError):
    """What was given is no PINFL."""

    code = "pinfl"

    def __init__(self, message: str | None = None, *, values: Mapping[str, int] | None = None) -> None:
        super().__init__(message, field="pinfl", values=values)


class PinflSpreadsheet(PinflError):
    """A spreadsheet kept the number as 5.01E+13: its digits are lost."""

    code = "pinfl-spreadsheet"
    message = gettext_lazy(
        "The spreadsheet has rounded this PINFL (as in 5.01E+13), so its digits are lost. "
        "Format the column as text and enter the PINFL again."
    )


class PinflDigits(PinflError):
    code = "pinfl-digits"
    message = gettext_lazy("A PINFL has only digits.")


class PinflLength(PinflError):
    code = "pinfl-length"
    message = gettext_lazy("A PINFL has 14 digits; here are %(count)d.")


class PinflSexCentury(PinflError):
    code = "pinfl-sex-century"
    message = gettext_lazy("A PINFL begins with a digit from 1 to 6.")


class PinflDate(PinflError):
    code = "pinfl-date"
    message = gettext_lazy("Digits 2 to 7 of this PINFL are no birth date (day, month, year).")


class PinflUnreadable(Exception):
    """The stored PINFL was encrypted with a key that is not at hand, or was changed."""


@dataclass(frozen=True, slots=True, repr=False)
class Pinfl:
    """A well-formed PINFL; as text it is masked, `digits` is the number itself."""

    digits: str

    def __repr__(self) -> str:
        return f"<Pinfl {self}>"

    def __str__(self) -> str:
        return mask(self.digits)

    @property
    def birth_date(self) -> date:
        day, month, year = int(self.digits[1:3]), int(self.digits[3:5]), int(self.digits[5:7])
        return date(CENTURIES[self.digits[0]] + year, month, day)

    @property
    def gender(self) -> Gender:
        return "male" if self.digits[0] in "135" else "female"

    @property
    def check_digit_ok(self) -> bool:
        *body, last = map(int, self.digits)
        total: int = sum(map(mul, body, WEIGHTS))
        return total % 10 == last


def parse_pinfl(text: str, *, today: date | None = None) -> Pinfl:
    """Read a PINFL as people type it, spaces and dashes between the digits allowed.

    Raises a PinflError that says what is wrong; its message never holds the number.
    """
    digits = SEPARATORS.sub("", text)
    if SPREADSHEET_NUMBER.fullmatch(digits):
        raise PinflSpreadsheet
    if not (digits.isascii() and digits.isdigit()) and digits:
        raise PinflDigits
    if len(digits) != LENGTH:
        raise PinflLength(values={"count": len(digits)})
    if digits[0] not in CENTURIES:
        raise PinflSexCentury
    pinfl = Pinfl(digits)
    try:
        birth_date = pinfl.birth_date
    except ValueError:
        raise PinflDate from None
    if birth_date > (today or timezone.localdate()):
        raise PinflDate(_("By this PINFL the person is not born yet."))
    return pinfl


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a PINFL that a person should look at; an error forbids to save, a warning does not."""

    field: str
    code: str
    message: str
    is_error: bool


def check_pinfl(pinfl: Pinfl, *, birth_date: date | None = None, gender: str = "") -> list[Finding]:
    """Compare a PINFL with its own check digit and with the birth date and gender given beside it, where given."""
    return list(_findings(pinfl, birth_date, gender))


def _findings(pinfl: Pinfl, birth_date: date | None, gender: str) -> Iterator[Finding]:
    if birth_date and birth_date != pinfl.birth_date:
        message = _("The birth date differs from the one in the PINFL. Check both against the document.")
        yield Finding("birth_date", "pinfl-birth-date-differs", message, is_error=True)
    if gender and gender != pinfl.gender:
        message = _("The gender differs from the one in the PINFL. Check both against the document.")
        yield Finding("gender", "pinfl-gender-differs", message, is_error=True)
    if not pinfl.check_digit_ok:
        message = _("The last digit does not fit the others: compare the PINFL with the document once more.")
        yield Finding("pinfl", "pinfl-check-digit", message, is_error=False)


def mask(digits: str) -> str:
    """Return the number as it may be shown: the first digit and the last two, without birth date and district."""
    return f"{digits[:1]}{'•' * max(len(digits) - 3, 0)}{digits[-2:]}" if len(digits) > 3 else "•" * len(digits)


def hash_pinfl(digits: str) -> str:
    """Return the keyed hash by which a person is found, 64 hexadecimal digits."""
    return hmac.new(_subkey(settings.PINFL_KEY, b"lookup"), digits.encode(), sha256).hexdigest()


def encrypt_pinfl(digits: str) -> str:
    """Return the number encrypted with the current key, as `1.<key id>.<nonce and cipher text>`."""
    head = cipher_head()
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_subkey(settings.PINFL_KEY, b"cipher")).encrypt(nonce, digits.encode(), head.encode())
    return f"{head}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def cipher_head() -> str:
    """What every cipher made with the current key begins with."""
    return f"1.{_key_id(settings.PINFL_KEY)}"


def decrypt_pinfl(cipher: str) -> str:
    """Return the digits that `encrypt_pinfl` was given, by the current key or one of PINFL_OLD_KEYS.

    Raises PinflUnreadable.
    """
    head, _dot, body = cipher.rpartition(".")
    keys = {f"1.{_key_id(key)}": key for key in (*settings.PINFL_OLD_KEYS, settings.PINFL_KEY)}
    try:
        sealed = base64.urlsafe_b64decode(body)
        aes = AESGCM(_subkey(keys[head], b"cipher"))
        return aes.decrypt(sealed[:12], sealed[12:], head.encode()).decode()
    except (KeyError, ValueError, InvalidTag):
        raise PinflUnreadable from None


def _key_id(key: str) -> str:
    return _subkey(key, b"name")[:4].hex()


@lru_cache(maxsize=32)
def _subkey(key: str, purpose: bytes) -> bytes:
    """Derive the key of one purpose, so that hash, cipher and key id tell nothing about each other."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"malaka pinfl " + purpose).derive(key.encode())
