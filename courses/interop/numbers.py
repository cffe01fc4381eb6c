"""Numbers and shares as files write them."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions.numeric import parse_number
from courses.questions.pieces import stored

ANY_NUMBER = {"number": "0", "tolerance": "999999999999999"}  # every number that an answer may be


def plain_number(text: str) -> str:
    """A number as Malaka keeps it: of 1.5e3 1500. Raises InvalidInput."""
    try:
        number = Decimal(text.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation:
        number = parse_number(text)
    if not number.is_finite() or abs(number.adjusted()) > 20:
        raise InvalidInput(_("“%(text)s” is no number that can be answered."), values={"text": text.strip()[:50]})
    return stored(round(number, 10))


def percent(text: str) -> str:
    """What so many per cent are worth: of 33.3 0.333. Raises InvalidInput."""
    try:
        return str(Decimal(text.strip().replace(",", ".") or "0") / 100)
    except InvalidOperation as error:
        raise InvalidInput(_("“%(text)s” is no share in per cent."), values={"text": text.strip()[:50]}) from error


def as_percent(worth: str) -> str:
    return stored(Decimal(worth) * 100)
