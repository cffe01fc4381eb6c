"""Short text: the first answer that fits counts. Response: what was written.

`{"answers": [{"key", "text", "worth", "feedback"}], "exact"}`. Unless `exact`, letter case, alphabets and apostrophes
do not matter: oʻ, o', ö and ў are one letter. An asterisk in an answer stands for anything.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from base.folding import canonical, fold
from courses.questions.pieces import (
    FULL,
    MAX_RESPONSE,
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
    storable,
    stored,
    worth_of,
)

MAX_ANSWER = 200


def clean(data: Content) -> dict[str, Any]:
    exact = flag(data, "exact")
    answers = [
        {
            "key": row["key"],
            "text": _clean_answer(row.get("text"), exact=exact),
            "worth": stored(worth_of(row.get("worth", 1), field="answers")),
            "feedback": rich(row.get("feedback"), field="answers", required=False),
        }
        for row in rows(data, "answers")
    ]
    if not any(Decimal(answer["worth"]) == FULL for answer in answers):
        raise InvalidInput(_("One answer must be worth 100 per cent."), field="answers")
    cleaned = {"answers": answers, "exact": exact}
    if grade(cleaned, right(cleaned)).worth != FULL:
        raise InvalidInput(_("An earlier answer takes in the right one: put the right one first."), field="answers")
    return cleaned


def _clean_answer(text: object, *, exact: bool) -> str:
    answer = canonical(storable(str(text if text is not None else "")))
    if not 1 <= len(answer) <= MAX_ANSWER:
        raise InvalidInput(_("An accepted answer has from 1 to 200 characters."), field="answers")
    if not (exact or "*" in answer or fold(answer)):
        raise InvalidInput(_("An accepted answer needs letters or digits."), field="answers")
    return answer


def read(content: Content, sent: Sent) -> Response:
    text = one(sent)
    refuse_unless(len(text) <= MAX_RESPONSE and not set(sent) - {""})
    return text


def grade(content: Content, response: Response) -> Grade:
    same = canonical if content["exact"] else fold
    written = same(str(response))
    for answer in content["answers"]:
        if _fits(written, answer["text"], same):
            return Grade(share(Decimal(answer["worth"])), (answer["feedback"],))
    return Grade(NONE)


def right(content: Content) -> Response:
    text = next(str(answer["text"]) for answer in content["answers"] if Decimal(answer["worth"]) == FULL)
    return text.replace("*", "").strip() or text


def _fits(written: str, answer: str, same: Callable[[str], str]) -> bool:
    """Whether the pieces between the asterisks stand in `written`, in order, the first and last at its ends."""
    first, *others = [same(piece) for piece in answer.split("*")]
    if not others:
        return written == first
    *middle, last = others
    if not written.startswith(first) or len(written) < len(first) + len(last) or not written.endswith(last):
        return False
    at, end = len(first), len(written) - len(last)
    for piece in middle:
        at = written.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
