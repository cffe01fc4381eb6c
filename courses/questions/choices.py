"""Choices: what single and multiple choice share. `{"choices": [{"key", "text", "worth", "feedback"}], "shuffle"}`.

What is right is worth more than 0. Instead of `worth` an author may say `correct` of each choice: each kind of question
shares out the worth then.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from courses.questions.pieces import Content, Sent, flag, line, refuse_unless, rich, rows, stored, worth_of

Worths = Callable[[Sequence[bool]], Sequence[Decimal]]


def clean_choices(data: Content, share_out: Worths) -> dict[str, Any]:
    given = rows(data, "choices", least=2)
    even = share_out([row.get("correct") is True for row in given])
    choices = [
        {
            "key": row["key"],
            "text": line(row.get("text"), field="choices"),
            "worth": stored(worth_of(row.get("worth", fair), field="choices")),
            "feedback": rich(row.get("feedback"), field="choices", required=False),
        }
        for row, fair in zip(given, even, strict=True)
    ]
    return {"choices": choices, "shuffle": flag(data, "shuffle", default=True)}


def keys_of(content: Content) -> list[str]:
    return [choice["key"] for choice in content["choices"]]


def picked(content: Content, sent: Sent) -> list[str]:
    """The keys that were picked, in the question's own order."""
    values = set(sent.get("", ()))
    keys = keys_of(content)
    refuse_unless(values <= set(keys) and not set(sent) - {""})
    return [key for key in keys if key in values]
