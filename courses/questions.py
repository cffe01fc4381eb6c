"""Questions as data: what a definition must hold, what may be answered, and what an answer is worth.

A response is a text, or a list of keys for a multiple choice; empty where nothing was answered. A true-false response
is "true" or "false", a numeric one a number with a decimal point.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from base.errors import InvalidInput
from base.folding import fold
from base.languages import clean_texts

Definition = Mapping[str, Any]
Response = str | list[str]

MAX_CHOICES = 20
MAX_ACCEPTED = 50
MAX_RESPONSE = 500
NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,10})?")
SPACES = re.compile(r"\s+")
KEY = re.compile(r"[a-z0-9]{1,8}")
NONE, FULL = Decimal(0), Decimal(1)


def clean_definition(kind: str, definition: Definition) -> dict[str, Any]:
    """Return the definition of a question of this kind as it is stored; raise InvalidInput with the field to mend."""
    return _CLEANERS[kind](definition)


def parse_response(kind: str, definition: Definition, raw: object) -> Response:
    """Read what a learner sent: the values of a form's field, or JSON. Raises InvalidInput where it cannot be read."""
    values = [_word(value) for value in (raw if isinstance(raw, list | tuple) else [raw])]
    values = [value for value in values if value]
    if kind == "multiple":
        keys = [choice["key"] for choice in definition["choices"]]
        _refuse_unless(set(values) <= set(keys))
        return [key for key in keys if key in values]
    _refuse_unless(len(values) <= 1)
    if not values:
        return ""
    match kind:
        case "single":
            _refuse_unless(any(choice["key"] == values[0] for choice in definition["choices"]))
        case "true-false":
            _refuse_unless(values[0] in ("true", "false"))
        case "numeric":
            return f"{parse_number(values[0]):f}"
    return values[0]


def parse_number(text: str) -> Decimal:
    """Read a number as people write it: a decimal comma or point, spaces between thousands, any minus sign."""
    plain = SPACES.sub("", text).replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    if not (plain.isascii() and NUMBER.fullmatch(plain)):
        raise InvalidInput(_("“%(text)s” is not a number: write it like 12,5.") % {"text": text[:50]})
    return Decimal(plain.replace(",", "."))


def grade(kind: str, definition: Definition, response: Response) -> Decimal:
    """Return what a response is worth, from 0 to 1.

    A multiple choice gives partial credit: the share of the right choices that were picked, less the share of the wrong
    ones that were picked, never below 0. So picking everything is worth nothing. Every other kind is right or wrong.
    """
    if not response:
        return NONE
    match kind:
        case "single":
            return _right(any(choice["key"] == response for choice in definition["choices"] if choice["correct"]))
        case "multiple":
            return _share_picked(definition, set(response))
        case "true-false":
            return _right(response == ("true" if definition["answer"] else "false"))
        case "numeric":
            distance = abs(Decimal(str(response)) - Decimal(definition["answer"]))
            return _right(distance <= Decimal(definition["tolerance"]))
        case "short-text":
            return _right(fold(str(response)) in {fold(text) for text in definition["accepted"]})
    raise ValueError(kind)


def _right(is_right: bool) -> Decimal:
    return FULL if is_right else NONE


def _share_picked(definition: Definition, picked: set[str]) -> Decimal:
    right = {choice["key"] for choice in definition["choices"] if choice["correct"]}
    wrong = {choice["key"] for choice in definition["choices"]} - right
    share = Decimal(len(picked & right)) / len(right) - Decimal(len(picked & wrong)) / max(len(wrong), 1)
    return max(share, NONE).quantize(Decimal("0.0001"))


def _word(value: object) -> str:
    """One value of a form or of JSON as a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    _refuse_unless(value is None or isinstance(value, str | int | float | Decimal))
    text = "" if value is None else str(value).strip()
    _refuse_unless(len(text) <= MAX_RESPONSE)
    return text


def _refuse_unless(fits: bool) -> None:
    if not fits:
        raise InvalidInput(_("This answer does not fit the question: open the page again and answer anew."))


def _clean_choices(definition: Definition) -> list[dict[str, Any]]:
    raw = definition.get("choices")
    if not isinstance(raw, list) or not 2 <= len(raw) <= MAX_CHOICES or not all(isinstance(c, dict) for c in raw):
        raise InvalidInput(_("Give from 2 to %(most)d choices.") % {"most": MAX_CHOICES}, field="choices")
    given = {str(choice.get("key") or "") for choice in raw}
    spare = (key for key in "abcdefghijklmnopqrstuvwxyz" if key not in given)
    choices = [
        {
            "key": str(choice.get("key") or next(spare)),
            "text": clean_texts(choice.get("text") or {}, field="choices", max_length=500),
            "correct": choice.get("correct") is True,
        }
        for choice in raw
    ]
    keys = [str(choice["key"]) for choice in choices]
    if len(set(keys)) < len(keys) or not all(KEY.fullmatch(key) for key in keys):
        raise InvalidInput(_("Each choice needs a key of its own, of small letters and digits."), field="choices")
    return choices


def _clean_single(definition: Definition) -> dict[str, Any]:
    choices = _clean_choices(definition)
    if sum(choice["correct"] for choice in choices) != 1:
        raise InvalidInput(_("Mark exactly one choice as right."), field="choices")
    return {"choices": choices}


def _clean_multiple(definition: Definition) -> dict[str, Any]:
    choices = _clean_choices(definition)
    if not any(choice["correct"] for choice in choices):
        raise InvalidInput(_("Mark at least one choice as right."), field="choices")
    return {"choices": choices}


def _clean_true_false(definition: Definition) -> dict[str, Any]:
    answer = definition.get("answer")
    if not isinstance(answer, bool):
        raise InvalidInput(_("Say whether the statement is true or false."), field="answer")
    return {"answer": answer}


def _clean_numeric(definition: Definition) -> dict[str, Any]:
    try:
        answer = parse_number(str(definition.get("answer", "")))
    except InvalidInput as error:
        raise InvalidInput(str(error), field="answer") from error
    try:
        tolerance = parse_number(str(definition.get("tolerance") or "0"))
    except InvalidInput as error:
        raise InvalidInput(str(error), field="tolerance") from error
    if tolerance < 0:
        raise InvalidInput(_("The tolerance is a distance: 0 or more."), field="tolerance")
    unit = clean_texts(definition.get("unit") or {}, field="unit", max_length=30, required=False)
    return {"answer": f"{answer:f}", "tolerance": f"{tolerance:f}", "unit": unit}


def _clean_short_text(definition: Definition) -> dict[str, Any]:
    raw = definition.get("accepted")
    accepted = [str(text).strip() for text in raw] if isinstance(raw, list) else []
    accepted = list(dict.fromkeys(text for text in accepted if text))
    if not 1 <= len(accepted) <= MAX_ACCEPTED or any(len(text) > 200 for text in accepted):
        raise InvalidInput(
            _("Give from 1 to %(most)d accepted answers of at most 200 characters.") % {"most": MAX_ACCEPTED},
            field="accepted",
        )
    if not all(fold(text) for text in accepted):
        raise InvalidInput(_("An accepted answer needs letters or digits."), field="accepted")
    return {"accepted": accepted}


_CLEANERS: dict[str, Callable[[Definition], dict[str, Any]]] = {
    "single": _clean_single,
    "multiple": _clean_multiple,
    "true-false": _clean_true_false,
    "numeric": _clean_numeric,
    "short-text": _clean_short_text,
}
