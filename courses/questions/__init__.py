"""Questions as data: one module for each kind, which says what a question holds and what an answer is worth.

A kind is a module with four functions:

- `clean(data)` returns what a question of this kind is stored as, or raises InvalidInput with the field to mend;
- `read(content, sent)` returns the response that a learner sent, or raises InvalidInput; it takes back what it gave;
- `grade(content, response)` returns what a response that is not empty is worth;
- `right(content)` returns a response that is worth all.

Every content also has `text` (rich), `points` and general `feedback` (rich). Texts are objects by language.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions import (
    cloze,
    essay,
    file,
    hot_spot,
    matching,
    multiple,
    numeric,
    ordering,
    short_text,
    single,
    true_false,
)
from courses.questions.pieces import NONE, Content, Grade, Response, Sent, rich, sent_of, stored

__all__ = [
    "GRADED_BY_HAND",
    "KINDS",
    "Content",
    "Grade",
    "Response",
    "clean_content",
    "grade_response",
    "read_response",
    "right_response",
]


class Kind(Protocol):
    def clean(self, data: Content) -> dict[str, Any]: ...
    def read(self, content: Content, sent: Sent) -> Response: ...
    def grade(self, content: Content, response: Response) -> Grade: ...
    def right(self, content: Content) -> Response: ...


KINDS: Mapping[str, Kind] = {
    "single": single,
    "multiple": multiple,
    "true-false": true_false,
    "numeric": numeric,
    "short-text": short_text,
    "matching": matching,
    "ordering": ordering,
    "cloze": cloze,
    "hot-spot": hot_spot,
    "essay": essay,
    "file": file,
}
GRADED_BY_HAND = ("essay", "file")


def clean_content(kind: str, data: Content) -> dict[str, Any]:
    """Return a question of this kind as it is stored; raise InvalidInput with the field to mend."""
    if kind not in KINDS:
        raise InvalidInput(_("There is no question of this kind."), field="kind")
    return {
        "text": rich(data.get("text"), field="text"),
        "points": stored(_clean_points(data.get("points", 1))),
        **KINDS[kind].clean(data),
        "feedback": rich(data.get("feedback"), field="feedback", required=False),
    }


def read_response(kind: str, content: Content, raw: object) -> Response:
    """Read what a learner sent: values by part, or JSON. Raises InvalidInput where it cannot be read."""
    return KINDS[kind].read(content, sent_of(raw))


def grade_response(kind: str, content: Content, response: Response) -> Grade:
    """Return what a response that `read_response` gave is worth; no answer is worth nothing."""
    return KINDS[kind].grade(content, response) if response else Grade(NONE)


def right_response(kind: str, content: Content) -> Response:
    """Return a response that is worth all; an empty one where a person grades."""
    return KINDS[kind].right(content)


def _clean_points(value: object) -> Decimal:
    try:
        points = Decimal(str(value))
    except ArithmeticError:
        points = NONE
    if points.is_finite() and 0 < points <= 1000 and (rounded := points.quantize(Decimal("0.01"))):
        return rounded
    raise InvalidInput(_("A question is worth more than 0 and at most 1000 points."), field="points")
