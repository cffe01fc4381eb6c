"""Gaps as Moodle writes them into a text: `{2:SHORTANSWER:=thread#Right~%50%yarn}`.

A code stands in HTML, so `&` and `<` of an answer are escaped there; a backslash stands before `~ # } /`.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from html import escape, unescape
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.interop.numbers import ANY_NUMBER, as_percent, percent, plain_number
from courses.interop.texts import HTML, Reading, marked

KINDS = {
    **dict.fromkeys(("SHORTANSWER", "SA", "MW"), ("short-text", {"exact": False})),
    **dict.fromkeys(("SHORTANSWER_C", "SAC", "MWC"), ("short-text", {"exact": True})),
    **dict.fromkeys(("NUMERICAL", "NM"), ("numeric", {})),
    **dict.fromkeys(
        ("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"), ("single", {"shuffle": False})
    ),
    **dict.fromkeys(
        ("MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"), ("single", {"shuffle": True})
    ),
}
BEGIN = re.compile(r"\{\s*(\d*)\s*:\s*([A-Za-z_]+)\s*:")
BROKEN = re.compile(rf"\{{\s*\d*\s*:|\{{\s*\d*\s*(?:{'|'.join(KINDS)}|MULTIRESPONSE)\b", re.IGNORECASE)
BODY = re.compile(r"(?:\\.|[^\\}])*", re.DOTALL)
PARTS = re.compile(r"(?:\\.|[^\\~])+", re.DOTALL)
ANSWER = re.compile(r"\s*(?:(=)|%(-?[\d.,]{1,12})%)?((?:\\.|[^\\#])*)(?:#(.*))?", re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
SPECIAL = re.compile(r"[\\~#}]")
LONGEST = 20_000


def read_gaps(html: str, reading: Reading) -> tuple[str, list[dict[str, Any]]]:
    """A text with `[[1]]` for each code, and the gaps. Raises InvalidInput for one that is broken."""
    gaps: list[dict[str, Any]] = []
    text, at = [], 0
    while begun := BEGIN.search(html, at):
        key = str(len(gaps) + 1)
        body = BODY.match(html, begun.end(), begun.end() + LONGEST)
        assert body
        if html[body.end() : body.end() + 1] != "}" or BEGIN.search(body[0]):
            raise InvalidInput(_("Gap %(gap)s begins with { but does not end with }."), values={"gap": key})
        gaps.append(_gap(key, begun, body[0], reading))
        text += [html[at : begun.start()], f"[[{key}]]"]
        at = body.end() + 1
    whole = "".join([*text, html[at:]])
    if BROKEN.search(whole) or not gaps:
        raise InvalidInput(_("It holds no gap that can be read, or one that is broken."))
    return whole, gaps


def _gap(key: str, begun: re.Match[str], body: str, reading: Reading) -> dict[str, Any]:
    if begun[2].upper() not in KINDS:
        words = _("Gap %(gap)s is of the kind “%(kind)s”, which gaps here cannot be.")
        raise InvalidInput(words, values={"gap": key, "kind": begun[2][:30]})
    kind, settings = KINDS[begun[2].upper()]
    rows = [_row(kind, part, reading) for part in PARTS.findall(body) if part.strip()]
    if kind == "numeric":
        rows.sort(key=lambda row: row.get("tolerance") == ANY_NUMBER["tolerance"])
    named = "choices" if kind == "single" else "answers"
    return {"key": key, "kind": kind, "weight": int(begun[1][:6] or 1), **settings, named: rows}


def _row(kind: str, part: str, reading: Reading) -> dict[str, Any]:
    found = ANSWER.fullmatch(part)
    assert found
    worth = "1" if found[1] else percent(found[2]) if found[2] else "0"
    answer = ESCAPED.sub(r"\1", found[3]).strip()
    row = {"worth": worth, "feedback": reading.rich(ESCAPED.sub(r"\1", found[4] or ""), HTML)}
    if kind == "single":
        return row | {"text": reading.line(answer, HTML)}
    plain = unescape(re.sub(r"<[^>]*>", "", answer))
    if kind == "short-text":
        return row | {"text": plain}
    if plain == "*":
        return row | ANY_NUMBER
    number, _sign, tolerance = plain.partition(":")
    return row | {"number": plain_number(number), "tolerance": plain_number(tolerance or "0")}


def write_gap(gap: Mapping[str, Any], language: str) -> str:
    """The code of a gap."""
    kind = gap["kind"]
    if kind == "single":
        name = "MULTICHOICE_S" if gap["shuffle"] else "MULTICHOICE"
    elif kind == "numeric":
        name = "NUMERICAL"
    else:
        name = "SHORTANSWER_C" if gap["exact"] else "SHORTANSWER"
    rows = gap["choices"] if kind == "single" else gap["answers"]
    return f"{{{gap['weight']}:{name}:{'~'.join(_written(kind, row, language) for row in rows)}}}"


def _written(kind: str, row: Mapping[str, Any], language: str) -> str:
    if kind == "single":
        answer = marked(row["text"], language)
    elif kind == "short-text":
        answer = escape(row["text"], quote=False)
    else:
        is_any = {name: row[name] for name in ANY_NUMBER} == ANY_NUMBER
        answer = "*" if is_any else f"{row['number']}:{row['tolerance']}"
    worth = Decimal(row["worth"])
    share = "=" if worth == 1 else f"%{as_percent(row['worth'])}%" if worth or answer[:1] in "=%" else ""
    feedback = marked(row["feedback"], language)
    said = f"#{_escape(feedback)}" if feedback else ""
    return f"{share}{_escape(answer)}{said}"


def _escape(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)
