"""Texts that come in several languages: one JSON object per text, keyed by language code."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import get_language

from base.transliteration import to_cyrillic

LANGUAGE_CODES = ("uz", "uz-cyrl", "kaa", "ru", "en")
FALLBACKS = {"kaa": ("uz",), "ru": ("uz", "en"), "en": ("uz", "ru"), "uz": ("ru", "en")}

Texts = Mapping[str, str]


class LocalizedField(models.JSONField):
    """A text as `{"uz": …, "ru": …}`; every key is one of `LANGUAGE_CODES`, absent languages are left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)


def localized(texts: Texts, language: str | None = None) -> str:
    """Return the text in `language` (the reader's unless named), else in the nearest language there is.

    Uzbek in Cyrillic is made from the Latin by rule where no text of its own was given.
    """
    language = language or get_language() or "uz"
    if text := texts.get(language):
        return text
    if language == "uz-cyrl" and (latin := texts.get("uz")):
        return to_cyrillic(latin)
    for other in (*FALLBACKS.get(language, ()), *LANGUAGE_CODES):
        if text := texts.get(other):
            return text
    return ""
