"""True or false: `{"answer": bool, "answer_feedback": {"true": texts, "false": texts}}`. Response: one of both."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions.pieces import FULL, NONE, Content, Grade, Response, Sent, one, refuse_unless, rich

ANSWERS = ("true", "false")


def clean(data: Content) -> dict[str, Any]:
    answer = data.get("answer")
    if not isinstance(answer, bool):
        raise InvalidInput(_("Say whether the statement is true or false."), field="answer")
    said = data.get("answer_feedback") or {}
    said = said if isinstance(said, Mapping) else {}
    feedback = {name: rich(said.get(name), field="answer", required=False) for name in ANSWERS}
    return {"answer": answer, "answer_feedback": feedback}


def read(content: Content, sent: Sent) -> Response:
    value = one(sent)
    refuse_unless(value in ("", *ANSWERS) and not set(sent) - {""})
    return value


def grade(content: Content, response: Response) -> Grade:
    return Grade(FULL if response == right(content) else NONE, (content["answer_feedback"][str(response)],))


def right(content: Content) -> Response:
    return "true" if content["answer"] else "false"
