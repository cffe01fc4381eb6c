"""Multiple choice: the sum of what was picked, so that picking everything is worth nothing. Response: keys, in order.

`all_or_nothing`: only the right choices and no other are worth anything.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions.choices import clean_choices, picked
from courses.questions.pieces import FULL, NONE, Content, Grade, Response, Sent, flag, share

PLACES = Decimal("0.00001")


def clean(data: Content) -> dict[str, Any]:
    cleaned = clean_choices(data, _share_out)
    reached = sum(worth for choice in cleaned["choices"] if (worth := Decimal(choice["worth"])) > 0)
    if not reached:
        raise InvalidInput(_("Mark at least one choice as right."), field="choices")
    if share(Decimal(reached)) != FULL or reached > Decimal("1.01"):
        raise InvalidInput(_("What the right choices are worth must make 100 per cent together."), field="choices")
    return cleaned | {"all_or_nothing": flag(data, "all_or_nothing")}


def read(content: Content, sent: Sent) -> Response:
    return picked(content, sent)


def grade(content: Content, response: Response) -> Grade:
    chosen = [choice for choice in content["choices"] if choice["key"] in response]
    worth = share(sum((Decimal(choice["worth"]) for choice in chosen), NONE))
    if content["all_or_nothing"] and list(response) != right(content):
        worth = NONE
    return Grade(worth, tuple(choice["feedback"] for choice in chosen))


def right(content: Content) -> Response:
    return [choice["key"] for choice in content["choices"] if Decimal(choice["worth"]) > 0]


def _share_out(correct: Sequence[bool]) -> Sequence[Decimal]:
    gain = (FULL / max(sum(correct), 1)).quantize(PLACES, ROUND_CEILING)  # so that all together make the whole
    loss = (-FULL / max(len(correct) - sum(correct), 1)).quantize(PLACES)
    return [gain if is_right else loss for is_right in correct]
