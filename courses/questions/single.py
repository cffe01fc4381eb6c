"""Single choice: one of the choices; the best is worth all, others may be worth a part. Response: its key."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions.choices import clean_choices, picked
from courses.questions.pieces import FULL, NONE, Content, Grade, Response, Sent, refuse_unless, share


def clean(data: Content) -> dict[str, Any]:
    cleaned = clean_choices(data, _share_out)
    if sum(Decimal(choice["worth"]) == FULL for choice in cleaned["choices"]) != 1:
        raise InvalidInput(_("Mark exactly one choice as right."), field="choices")
    return cleaned


def read(content: Content, sent: Sent) -> Response:
    keys = picked(content, sent)
    refuse_unless(len(keys) <= 1)
    return keys[0] if keys else ""


def grade(content: Content, response: Response) -> Grade:
    choice = next(choice for choice in content["choices"] if choice["key"] == response)
    return Grade(share(Decimal(choice["worth"])), (choice["feedback"],))


def right(content: Content) -> Response:
    return str(next(choice["key"] for choice in content["choices"] if Decimal(choice["worth"]) == FULL))


def _share_out(correct: Sequence[bool]) -> Sequence[Decimal]:
    return [FULL if is_right else NONE for is_right in correct]
