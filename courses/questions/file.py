"""File: `{"endings": [".pdf", …], "guide"}`; a person grades it, after the guide. Response: the uuid of what came.

Who keeps the file itself is not for here.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from courses.questions.pieces import Content, Grade, Response, Sent, one, refuse_unless, rich
from courses.uploads import DOCUMENTS

DEFAULT = (".pdf", ".docx", ".jpg", ".png")


def clean(data: Content) -> dict[str, Any]:
    raw = data.get("endings") or list(DEFAULT)
    endings = sorted({str(ending) for ending in raw}) if isinstance(raw, list | tuple) else []
    if not endings or not set(endings) <= set(DOCUMENTS):
        raise InvalidInput(
            _("Name the kinds of file: some of %(known)s."), field="endings", values={"known": ", ".join(DOCUMENTS)}
        )
    return {"endings": endings, "guide": rich(data.get("guide"), field="guide", required=False)}


def read(content: Content, sent: Sent) -> Response:
    value = one(sent)
    refuse_unless(not set(sent) - {""})
    if not value:
        return ""
    try:
        return str(UUID(value))
    except ValueError:
        refuse_unless(False)
        raise


def grade(content: Content, response: Response) -> Grade:
    return Grade(None)


def right(content: Content) -> Response:
    return ""
