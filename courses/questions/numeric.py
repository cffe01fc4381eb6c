"""Number: the first answer that lies within its tolerance counts. Response: "12.5", or "12.5 sm" with a unit.

`{"answers": [{"key", "number", "tolerance", "worth", "feedback"}], "units": [{"key", "text", "factor"}], "unit_asked",
"unit_penalty"}`. Answers are in the first unit; a factor says how many of it one of the others is. Unless a unit is
asked for, the first stands beside the field and may be left out.
"""

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from base.folding import fold
from courses.questions.pieces import (
    FULL,
    NONE,
    Content,
    Grade,
    Response,
    Sent,
    flag,
    one,
    refuse_unless,
    rich,
    rows,
    share,
    stored,
    words,
    worth_of,
)

NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,10})?")
SPACES = re.compile(r"\s+")
WITH_UNIT = re.compile(r"(\W*[0-9][0-9\s.,]*?)\s*([^0-9\s.,].{0,30})?", re.DOTALL)


def parse_number(text: str) -> Decimal:
    """Read a number as people write it: a decimal comma or point, spaces between thousands, any minus sign."""
    plain = SPACES.sub("", text).replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    if not (plain.isascii() and NUMBER.fullmatch(plain)):
        raise InvalidInput(_("“%(text)s” is not a number: write it like 12,5."), values={"text": text[:50]})
    return Decimal(plain.replace(",", "."))


def clean(data: Content) -> dict[str, Any]:
    answers = [
        {
            "key": row["key"],
            "number": stored(_number(row.get("number"), field="answers")),
            "tolerance": stored(_number(row.get("tolerance") or "0", field="answers")),
            "worth": stored(worth_of(row.get("worth", 1), field="answers")),
            "feedback": rich(row.get("feedback"), field="answers", required=False),
        }
        for row in rows(data, "answers")
    ]
    if any(Decimal(answer["tolerance"]) < 0 for answer in answers):
        raise InvalidInput(_("The tolerance is a distance: 0 or more."), field="answers")
    if not any(Decimal(answer["worth"]) == FULL for answer in answers):
        raise InvalidInput(_("One answer must be worth 100 per cent."), field="answers")
    cleaned = {"answers": answers, "units": _clean_units(data), "unit_asked": flag(data, "unit_asked")}
    if cleaned["unit_asked"] and not cleaned["units"]:
        raise InvalidInput(_("A unit is asked for, but none is given."), field="units")
    penalty = worth_of(data.get("unit_penalty", "0.5"), field="units")
    if grade(cleaned | {"unit_penalty": "0"}, right(cleaned)).worth != FULL:
        raise InvalidInput(_("An earlier answer takes in the right one: put the right one first."), field="answers")
    return cleaned | {"unit_penalty": stored(max(penalty, NONE))}


def _clean_units(data: Content) -> list[dict[str, Any]]:
    units = (
        [
            {
                "key": row["key"],
                "text": words(row.get("text"), field="units", most=30),
                "factor": stored(_number(row.get("factor") or "1", field="units")),
            }
            for row in rows(data, "units", least=0)
        ]
        if data.get("units")
        else []
    )
    if any(Decimal(unit["factor"]) <= 0 for unit in units) or (units and units[0]["factor"] != "1"):
        raise InvalidInput(_("The first unit has the factor 1, every other a factor above 0."), field="units")
    return units


def _number(value: object, *, field: str) -> Decimal:
    try:
        return parse_number(str(value if value is not None else ""))
    except InvalidInput as error:
        raise InvalidInput(str(error), field=field) from error


def read(content: Content, sent: Sent) -> Response:
    text = one(sent)
    refuse_unless(len(text) <= 100 and not set(sent) - {""})
    if not text:
        return ""
    found = WITH_UNIT.fullmatch(text)
    number, unit = (found[1], (found[2] or "").strip()) if found else (text, "")
    if unit and not content["unit_asked"] and _factor(content, unit) is None:
        number, unit = text, ""  # not a number, and said so
    value = stored(parse_number(number))
    return f"{value} {unit}" if unit else value


def grade(content: Content, response: Response) -> Grade:
    number, _space, unit = str(response).partition(" ")
    factor = _factor(content, unit) if unit else None
    value = Decimal(number) * (factor or 1)
    for answer in content["answers"]:
        if abs(value - Decimal(answer["number"])) <= Decimal(answer["tolerance"]):
            worth = Decimal(answer["worth"])
            if content["unit_asked"] and factor is None:
                worth *= 1 - Decimal(content["unit_penalty"])
            return Grade(share(worth), (answer["feedback"],))
    return Grade(NONE)


def right(content: Content) -> Response:
    number = str(next(answer["number"] for answer in content["answers"] if Decimal(answer["worth"]) == FULL))
    unit = next(iter(content["units"][0]["text"].values())) if content["unit_asked"] else ""
    return f"{number} {unit}" if unit else number


def _factor(content: Content, unit: str) -> Decimal | None:
    """How many of the first unit one of this unit is, by any of its names: as it is written, else folded."""
    for same in (str.strip, _folded):
        for known in content["units"]:
            if same(unit) in {same(name) for name in known["text"].values()}:
                return Decimal(known["factor"])
    return None


def _folded(name: str) -> str:
    return fold(name) or name.strip().casefold()
