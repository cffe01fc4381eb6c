"""Gap text: `[[1]]` in the text is the gap of that key. Response: the answer of each filled gap by its key.

`{"gaps": [{"key", "kind", "weight", …}]}`: a gap is itself a short text, a number or a single choice, with the content
of that kind. Each language's text holds every gap once.
"""

import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions import numeric, short_text, single
from courses.questions.pieces import NONE, Content, Grade, Response, Sent, flag, one, refuse_unless, rows, share, whole

GAP = re.compile(r"\[\[([a-z0-9]{1,8})\]\]")
GAP_KINDS: Mapping[str, ModuleType] = {"short-text": short_text, "numeric": numeric, "single": single}


def clean(data: Content) -> dict[str, Any]:
    gaps = [_clean_gap(row) for row in rows(data, "gaps")]
    keys = sorted(gap["key"] for gap in gaps)
    texts = data.get("text")
    for text in texts.values() if isinstance(texts, Mapping) else ():
        if text and sorted(GAP.findall(str(text))) != keys:
            raise InvalidInput(
                _("The text must hold each gap once, in every language: %(gaps)s."),
                field="text",
                values={"gaps": ", ".join(f"[[{key}]]" for key in keys)},
            )
    return {"gaps": gaps, "all_or_nothing": flag(data, "all_or_nothing")}


def _clean_gap(row: Content) -> dict[str, Any]:
    kind = str(row.get("kind"))
    if kind not in GAP_KINDS:
        raise InvalidInput(_("A gap is a short text, a number or a choice."), field="gaps")
    weight = whole(row.get("weight", 1), field="gaps", least=1, most=100)
    try:
        return {"key": row["key"], "kind": kind, "weight": weight, **GAP_KINDS[kind].clean(row)}
    except InvalidInput as error:
        values = {"gap": row["key"], "error": error.reason.nested}
        raise InvalidInput(_("Gap %(gap)s: %(error)s"), field="gaps", values=values) from error


def read(content: Content, sent: Sent) -> Response:
    keys = {gap["key"] for gap in content["gaps"]}
    refuse_unless(not any(values for part, values in sent.items() if part not in keys))
    parts = {
        gap["key"]: GAP_KINDS[gap["kind"]].read(gap, {"": _list(one(sent, gap["key"]))}) for gap in content["gaps"]
    }
    return {key: response for key, response in parts.items() if response}


def grade(content: Content, response: Response) -> Grade:
    grades = grades_by_gap(content, response)
    reached = sum((gap["weight"] * (grades[gap["key"]].worth or NONE) for gap in content["gaps"]), NONE)
    worth = share(reached / sum(gap["weight"] for gap in content["gaps"]))
    if content["all_or_nothing"] and worth != 1:
        worth = NONE
    return Grade(worth, tuple(said for graded in grades.values() for said in graded.feedback))


def grades_by_gap(content: Content, response: Response) -> dict[str, Grade]:
    """The grade of each gap by its key."""
    filled: Mapping[str, str] = response if isinstance(response, dict) else {}
    return {
        gap["key"]: GAP_KINDS[gap["kind"]].grade(gap, filled[gap["key"]]) if gap["key"] in filled else Grade(NONE)
        for gap in content["gaps"]
    }


def right(content: Content) -> Response:
    return {gap["key"]: GAP_KINDS[gap["kind"]].right(gap) for gap in content["gaps"]}


def pieces(text: str) -> list[tuple[str, str]]:
    """A text as pairs: what stands before a gap, and its key; the last pair has no key."""
    parts = GAP.split(text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def _list(value: str) -> list[str]:
    return [value] if value else []
