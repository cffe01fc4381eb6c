"""The words of each kind of notice; an app registers its own when it is loaded."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

from base.languages import localized

TEXTS: dict[str, str | Promise] = {}


def register(texts: Mapping[str, str | Promise]) -> None:
    """Add kinds of notices: the key is the kind, the text has named placeholders for its params."""
    TEXTS.update(texts)


def text_of(kind: str, params: Mapping[str, Any]) -> str:
    """Say a notice in the reader's language; a param that comes in several languages likewise."""
    spoken = {name: localized(value) if isinstance(value, dict) else value for name, value in params.items()}
    return str(TEXTS.get(kind, kind)) % spoken
