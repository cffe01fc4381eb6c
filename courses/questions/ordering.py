"""Ordering: the rows are stored in their right order. Response: keys as the learner put them.

`{"items": [{"key", "text"}], "all_or_nothing"}`. What counts is which row follows which, so that one row out of place
does not spoil all that come after it. A form sends the place of each row, by its key.
"""

from decimal import Decimal
from itertools import pairwise
from typing import Any

from courses.questions.pieces import NONE, Content, Grade, Response, Sent, flag, line, one, refuse_unless, rows, share


def clean(data: Content) -> dict[str, Any]:
    items = [
        {"key": row["key"], "text": line(row.get("text"), field="items")}
        for row in rows(data, "items", least=2, most=20)
    ]
    return {"items": items, "all_or_nothing": flag(data, "all_or_nothing")}


def read(content: Content, sent: Sent) -> Response:
    """Take places (`{"a": ["2"], …}`) or the keys in their order; what has no place is left out."""
    keys = right(content)
    listed = list(sent.get("", ()))
    refuse_unless(set(sent) <= {"", *keys})
    if listed:
        refuse_unless(set(listed) <= set(keys) and len(set(listed)) == len(listed))
        return listed
    places = {key: one(sent, key) for key in keys}
    refuse_unless(all(place in _places(content) for place in places.values() if place))
    return sorted((key for key in keys if places[key]), key=lambda key: (int(places[key]), key))


def grade(content: Content, response: Response) -> Grade:
    answer = right(content)
    links = set(pairwise(answer))
    found = len(links & set(pairwise(response)))
    if content["all_or_nothing"] and response != answer:
        return Grade(NONE)
    return Grade(share(Decimal(found) / len(links)))


def right(content: Content) -> list[str]:
    return [item["key"] for item in content["items"]]


def _places(content: Content) -> set[str]:
    return {str(n) for n in range(1, len(content["items"]) + 1)}
