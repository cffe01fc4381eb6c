"""Texts that come in several languages: one JSON object per text, keyed by language code."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.errors import InvalidInput
from base.transliteration import to_cyrillic

LANGUAGE_CODES = ("uz", "uz-cyrl", "kaa", "ru", "en")
FALLBACKS = {"kaa": ("uz",), "ru": ("uz", "en"), "en": ("uz", "ru"), "uz": ("ru", "en")}

Texts = Mapping[str, str]


class LocalizedField(models.JSONField):
    """A text as `{"uz": …, "ru": …}`; every key is one of `LANGUAGE_CODES`, absent languages are left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)


def nearest_language(texts: Texts, language: str | None = None) -> str:
    """Return the code of the language in which `localized` answers."""
    language = language or get_language() or "uz"
    if texts.get(language) or (language == "uz-cyrl" and texts.get("uz")):
        return language
    return next((other for other in (*FALLBACKS.get(language, ()), *LANGUAGE_CODES) if texts.get(other)), language)


def localized(texts: Texts, language: str | None = None) -> str:
    """Return the text in `language` (the reader's unless named), else in the nearest language there is.

    Uzbek in Cyrillic is made from the Latin by rule where no text of its own was given.
    """
    language = language or get_language() or "uz"
    if text := texts.get(language):
        return text
    code = nearest_language(texts, language)
    if code == "uz-cyrl" and not texts.get(code):
        return to_cyrillic(texts.get("uz", ""))
    return texts.get(code, "")


def clean_texts(texts: Texts, *, field: str, max_length: int | None = None, required: bool = True) -> dict[str, str]:
    """Return `texts` as they are stored: known languages in one order, outer spaces gone, empty ones left out.

    Raises InvalidInput for `field` where a language is unknown, a text too long, or none given although required.
    """
    if unknown := set(texts) - set(LANGUAGE_CODES):
        raise InvalidInput(_("“%(code)s” is not a language of Malaka."), field=field, values={"code": min(unknown)})
    clean = {code: text for code in LANGUAGE_CODES if (text := str(texts.get(code) or "").strip())}
    if required and not clean:
        raise InvalidInput(_("Give this text in at least one language."), field=field)
    if max_length and any(len(text) > max_length for text in clean.values()):
        raise InvalidInput(_("This text is longer than %(most)d characters."), field=field, values={"most": max_length})
    return clean
