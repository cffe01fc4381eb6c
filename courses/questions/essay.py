"""Essay: `{"most_words", "guide"}`; a person grades it, after the guide. Response: the text."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions.pieces import Content, Grade, Response, Sent, one, refuse_unless, rich, whole

MAX_LETTERS = 50_000


def clean(data: Content) -> dict[str, Any]:
    most = data.get("most_words")
    return {
        "most_words": None if most is None else whole(most, field="most_words", least=1, most=10_000),
        "guide": rich(data.get("guide"), field="guide", required=False),
    }


def read(content: Content, sent: Sent) -> Response:
    text = one(sent)
    refuse_unless(not set(sent) - {""})
    if len(text) > MAX_LETTERS:
        raise InvalidInput(_("This text is longer than %(most)d characters."), values={"most": MAX_LETTERS})
    if content["most_words"] and (count := len(text.split())) > content["most_words"]:
        raise InvalidInput(
            _("This text has %(count)d words; at most %(most)d are asked for."),
            values={"count": count, "most": content["most_words"]},
        )
    return text


def grade(content: Content, response: Response) -> Grade:
    return Grade(None)


def right(content: Content) -> Response:
    return ""
