"""The form by which a piece of a course is written in a further language, beside the original."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm
from courses.services.translations import TEXTS, Piece
from learning.forms.authoring import BodyWidget

LABELS = {"title": _("Title"), "summary": _("In short"), "body": _("Text"), "levels": _("Levels, one a line")}


class LanguageForm(forms.Form):
    """Into which language."""

    to = forms.ChoiceField(label=_("Translate into"), choices=settings.LANGUAGES)


class TranslationForm(ServiceForm):
    """The texts of one piece in one language."""

    def __init__(self, data: Mapping[str, Any] | None, *, piece: Piece, language: str) -> None:
        super().__init__(data)
        for name, most in TEXTS[type(piece)].items():
            texts = getattr(piece, name)
            if name != "title" and not texts:
                continue  # there is nothing to translate
            field = forms.CharField(label=LABELS[name], max_length=most, required=False, widget=_widget(name))
            field.initial = texts.get(language, "")
            field.widget.attrs["lang"] = language
            self.fields[name] = field


def _widget(name: str) -> forms.Widget:
    if name == "body":
        return BodyWidget()
    return forms.TextInput() if name == "title" else forms.Textarea(attrs={"rows": 4})
