"""Matching: to each text belongs a match. Response: the key of the chosen match by the key of the text.

`{"pairs": [{"key", "text", "match"}]}`; a pair without text is a match that belongs to nothing. Equal matches are one:
it is shown once, under the first key.
"""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions.pieces import (
    NONE,
    Content,
    Grade,
    Response,
    Sent,
    flag,
    line,
    one,
    refuse_unless,
    rows,
    share,
    words,
)


def clean(data: Content) -> dict[str, Any]:
    pairs = [
        {
            "key": row["key"],
            "text": line(row.get("text"), field="pairs", required=False),
            "match": words(row.get("match"), field="pairs", most=500),
        }
        for row in rows(data, "pairs", least=2)
    ]
    cleaned = {"pairs": pairs, "all_or_nothing": flag(data, "all_or_nothing")}
    if len(asked(cleaned)) < 1 or len(matches(cleaned)) < 2:
        raise InvalidInput(_("Give at least one pair, and two matches that differ."), field="pairs")
    return cleaned


def asked(content: Content) -> list[dict[str, Any]]:
    """The pairs that are asked for."""
    return [pair for pair in content["pairs"] if pair["text"]]


def matches(content: Content) -> dict[str, dict[str, str]]:
    """The matches to choose from, by key."""
    found: dict[str, dict[str, str]] = {}
    for pair in content["pairs"]:
        if pair["match"] not in found.values():
            found[pair["key"]] = pair["match"]
    return found


def read(content: Content, sent: Sent) -> Response:
    known, keys = matches(content), {pair["key"] for pair in asked(content)}
    response = {pair["key"]: one(sent, pair["key"]) for pair in asked(content)}
    refuse_unless(not any(values for part, values in sent.items() if part not in keys))
    refuse_unless(all(value in known for value in response.values() if value))
    return {key: value for key, value in response.items() if value}


def grade(content: Content, response: Response) -> Grade:
    answer = right(content)
    assert isinstance(answer, dict)
    assert isinstance(response, dict)
    hits = sum(response.get(key) == value for key, value in answer.items())
    if content["all_or_nothing"] and hits < len(answer):
        return Grade(NONE)
    return Grade(share(Decimal(hits) / len(answer)))


def right(content: Content) -> Response:
    known = matches(content)
    return {pair["key"]: next(key for key, match in known.items() if match == pair["match"]) for pair in asked(content)}
