"""What every kind of question is made of: how its pieces are cleaned, how an answer is read, what a grade is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from base.languages import Texts, clean_texts
from courses.html import clean_html, clean_inline, is_blank, paragraphs

Content = Mapping[str, Any]
"""A question as it is stored: plain JSON."""
Response = str | list[str] | dict[str, str]
"""An answer as it is stored; empty where nothing was answered."""
Sent = Mapping[str, Sequence[str]]
"""An answer as a form sends it: values by the part of the question, "" where it has only one."""

T = TypeVar("T")
KEY = re.compile(r"[a-z0-9]{1,8}")
MAX_ROWS = 40
MAX_RESPONSE = 500
MAX_TEXT = 20_000
NONE, FULL = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class Grade:
    """What a response is worth, from 0 to 1 (None: a person has to look at it), and what is said about it."""

    worth: Decimal | None
    feedback: tuple[Texts, ...] = ()


def share(worth: Decimal) -> Decimal:
    """`worth` as a grade holds it: within 0 and 1, to four places, so that three thirds are one."""
    return min(max(worth, NONE), FULL).quantize(Decimal("0.0001")).normalize()


# --- What authors wrote -------------------------------------------------------------------------
def rich(texts: object, *, field: str, required: bool = True) -> dict[str, str]:
    """Texts with paragraphs, lists, tables and pictures; plain lines become paragraphs."""
    cleaned = {code: clean_html(paragraphs(text)) for code, text in _strings(texts, field).items()}
    cleaned = {code: "" if is_blank(html) else html for code, html in cleaned.items()}
    return clean_texts(cleaned, field=field, max_length=MAX_TEXT, required=required)


def line(texts: object, *, field: str, required: bool = True, most: int = 2000) -> dict[str, str]:
    """Texts of one line, with marks and pictures but without blocks: they stand in a label."""
    cleaned = {code: clean_inline(text) for code, text in _strings(texts, field).items()}
    cleaned = {code: "" if is_blank(html) else html for code, html in cleaned.items()}
    return clean_texts(cleaned, field=field, max_length=most, required=required)


def words(texts: object, *, field: str, required: bool = True, most: int = 200) -> dict[str, str]:
    """Plain texts, for what a browser shows without marks."""
    return clean_texts(_strings(texts, field), field=field, max_length=most, required=required)


def rows(data: Content, name: str, *, least: int = 1, most: int = MAX_ROWS) -> list[dict[str, Any]]:
    """The rows of a question, each with a key of its own; keys that lack are given out."""
    raw = data.get(name)
    if not isinstance(raw, list) or not least <= len(raw) <= most or not all(isinstance(row, dict) for row in raw):
        raise InvalidInput(
            _("Give from %(least)d to %(most)d rows."), field=name, values={"least": least, "most": most}
        )
    given = [str(row.get("key") or "") for row in raw]
    spare = (key for key in _spare_keys() if key not in given)
    keyed = [{**row, "key": key or next(spare)} for row, key in zip(raw, given, strict=True)]
    keys = [row["key"] for row in keyed]
    if len(set(keys)) < len(keys) or not all(KEY.fullmatch(key) for key in keys):
        raise InvalidInput(_("Each row needs a key of its own, of small letters and digits."), field=name)
    return keyed


def worth_of(value: object, *, field: str) -> Decimal:
    """What one answer is worth, from -1 to 1."""
    try:
        worth = Decimal(str(value))
    except InvalidOperation:
        worth = Decimal("NaN")
    if not (worth.is_finite() and -1 <= worth <= 1):
        raise InvalidInput(_("An answer is worth from -100 to 100 per cent."), field=field)
    return worth


def stored(number: Decimal) -> str:
    """A number as JSON keeps it, without exponent and needless zeros."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def flag(data: Content, name: str, *, default: bool = False) -> bool:
    value = data.get(name, default)
    return value if isinstance(value, bool) else default


def whole(value: object, *, field: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidInput(
            _("Give a whole number from %(least)d to %(most)d."), field=field, values={"least": least, "most": most}
        )
    return value


def _strings(texts: object, field: str) -> dict[str, str]:
    if not isinstance(texts or {}, Mapping):
        raise InvalidInput(_("Give this text in at least one language."), field=field)
    given: Mapping[Any, Any] = texts or {}  # type: ignore[assignment]  # checked above
    return {str(code): storable(str(text or "")) for code, text in given.items()}


def _spare_keys() -> Iterable[str]:
    yield from "abcdefghijklmnopqrstuvwxyz"
    yield from (f"r{n}" for n in range(1, 1000))


# --- What a learner sent ------------------------------------------------------------------------
def sent_of(raw: object) -> Sent:
    """The values of a form's fields, or JSON, by part. Raises InvalidInput where that cannot be."""
    if isinstance(raw, Mapping):
        refuse_unless(len(raw) <= MAX_ROWS + 1)
        return {str(part): _values(values) for part, values in raw.items()}
    return {"": _values(raw)}


def one(sent: Sent, part: str = "") -> str:
    """The only value of a part, "" where there is none."""
    values = sent.get(part, ())
    refuse_unless(len(values) <= 1)
    return values[0] if values else ""


def refuse_unless(fits: bool) -> None:
    if not fits:
        raise InvalidInput(_("This answer does not fit the question: open the page again and answer anew."))


def storable(text: str) -> str:
    """Without what no database keeps: the null character and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode().replace("\r\n", "\n")


def _values(raw: object) -> list[str]:
    values = [_word(value) for value in (raw if isinstance(raw, list | tuple) else [raw])]
    refuse_unless(len(values) <= 200)
    return [value for value in values if value]


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    refuse_unless(value is None or isinstance(value, str | int | float | Decimal))
    return "" if value is None else storable(str(value)).strip()


# --- Order --------------------------------------------------------------------------------------
def shuffled(things: Iterable[T], *, seed: str) -> list[T]:
    """The things in an order that one seed always gives; each is told apart by how it prints."""
    return sorted(things, key=lambda thing: sha256(f"{seed}:{thing}".encode()).digest())
