"""A question between a file and a bank, and what of it a format has no word of its own for."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput, Reason
from base.folding import fold
from courses.html import plain_text
from courses.questions import clean_content

MOST_BYTES = 50 * 2**20
MOST_QUESTIONS = 10_000
MEDIUM = 2
NAME_LENGTH = 100
PICTURE = re.compile(r"/pictures/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")
PLACE = ("folder", "tags", "difficulty")

Document = Mapping[str, Any]


class Unreadable(InvalidInput):
    """The file as a whole cannot be read."""

    code = "unreadable"


@dataclass(frozen=True)
class Draft:
    """A question as a file holds it: `content` as its kind is stored, `pictures` by the uuid that stands in it.

    `left_out` is what the file says of it and Malaka does not take.
    """

    kind: str
    content: dict[str, Any]
    folder: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: int = MEDIUM
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    name: str = field(default="", compare=False)
    left_out: tuple[Reason, ...] = field(default=(), compare=False)

    @property
    def title(self) -> str:
        """A line by which people know it: the name that the file gives it, else how its text begins."""
        texts = self.content["text"]
        return self.name or plain_text(next(iter(texts.values()), ""))[:NAME_LENGTH]

    @property
    def document(self) -> dict[str, Any]:
        return {**self.content, "folder": [*self.folder], "tags": [*self.tags], "difficulty": self.difficulty}


@dataclass(frozen=True)
class Refusal:
    """A question that is not taken, by its name and kind in the file, and why; or is not written."""

    name: str
    kind: str
    reason: Reason

    def told(self) -> dict[str, str]:
        """The same in words, as commands print it."""
        return {"name": self.name, "kind": self.kind, "reason": str(self.reason)}


Item = Draft | Refusal


def clean_draft(
    kind: str, content: Document, *, folder: Iterable[str] = (), tags: Iterable[str] = (), **more: Any
) -> Draft:
    """Return what a reader found as a draft. Raises InvalidInput."""
    kept = tuple(sorted({tag.strip() for tag in tags} - {""}))
    return Draft(kind, clean_content(kind, _compared(content)), tuple(folder), kept, **more)


def _compared(content: Document) -> Document:
    """A content whose answers of signs alone, which have no other spelling, are compared as they are."""
    if gaps := content.get("gaps"):
        return {**content, "gaps": [_compared(gap) for gap in gaps]}
    answers = content.get("answers") or ()
    texts = [str(answer["text"]) for answer in answers if isinstance(answer, dict) and answer.get("text")]
    has_signs = any("*" not in text and not fold(text) for text in texts)
    return {**content, "exact": True} if has_signs else content


def picture_id(data: bytes) -> str:
    """The uuid by which a draft names a picture: the same for the same bytes."""
    return str(uuid5(NAMESPACE_OID, sha256(data).hexdigest()))


def picture_address(uuid: str) -> str:
    return f"/pictures/{uuid}/"


# --- What a format has no word for ---------------------------------------------------------------
def difference(said: Any, meant: Any) -> Any:
    """What has to change in `said` to become `meant`: of objects by name, of rows by their place; None: nothing."""
    if isinstance(said, dict) and isinstance(meant, dict):
        parts = {name: difference(said.get(name), value) for name, value in meant.items() if said.get(name) != value}
        return (parts | {name: None for name in said if name not in meant}) or None
    if isinstance(said, list) and isinstance(meant, list) and len(said) == len(meant) and said != meant:
        rows = zip(said, meant, strict=True)
        return {str(place): difference(*pair) for place, pair in enumerate(rows) if pair[0] != pair[1]}
    return None if said == meant else meant


def amended(said: Any, change: Any) -> Any:
    """What `said` becomes by a `difference`."""
    if isinstance(said, list) and isinstance(change, dict):
        return [amended(row, change[str(place)]) if str(place) in change else row for place, row in enumerate(said)]
    if isinstance(said, dict) and isinstance(change, dict):
        changed = {name: amended(said.get(name), part) for name, part in change.items() if part is not None}
        return {name: value for name, value in said.items() if name not in change} | changed
    return change


def packed(change: Any) -> str:
    """A difference as one line of ASCII."""
    return json.dumps(change, separators=(",", ":"), sort_keys=True)


def amend(draft: Draft, line: str) -> Draft:
    """Return `draft` with what its format had no word for. Raises InvalidInput."""
    try:
        document = amended(draft.document, json.loads(line))
        folder, tags, difficulty = (document[name] for name in PLACE)
        is_sound = all(isinstance(word, str) for word in [*folder, *tags]) and isinstance(difficulty, int)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInput(_("What Malaka noted beside this question was changed and cannot be read.")) from error
    if not is_sound:
        raise InvalidInput(_("What Malaka noted beside this question was changed and cannot be read."))
    changed = clean_draft(draft.kind, document, folder=folder, tags=tags, difficulty=difficulty)
    return replace(draft, content=changed.content, folder=changed.folder, tags=changed.tags, difficulty=difficulty)
