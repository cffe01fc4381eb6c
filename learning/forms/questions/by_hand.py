"""Forms of the kinds that a person grades: essays and files."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.questions.file import DEFAULT
from courses.uploads import DOCUMENTS
from learning.forms.questions.base import QuestionForm, ShortArea, as_typed

GUIDE = {
    "guide": partial(
        forms.CharField,
        label=_("How it is graded, for those who grade"),
        max_length=20_000,
        widget=ShortArea,
    )
}


class EssayForm(QuestionForm):
    texts = QuestionForm.texts | GUIDE

    most_words = forms.IntegerField(
        label=_("Words at most"), required=False, min_value=1, max_value=10_000, help_text=_("Empty: no limit.")
    )

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"most_words": content["most_words"], "guide": as_typed(content["guide"])}

    def read_answer(self) -> dict[str, Any]:
        return {"most_words": self.cleaned_data["most_words"], "guide": self.text("guide")}


class FileForm(QuestionForm):
    texts = QuestionForm.texts | GUIDE

    endings = forms.MultipleChoiceField(
        label=_("Kinds of file"),
        choices=[(ending, ending.removeprefix(".")) for ending in DOCUMENTS],
        initial=DEFAULT,
        widget=forms.CheckboxSelectMultiple,
    )

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"endings": content["endings"], "guide": as_typed(content["guide"])}

    def read_answer(self) -> dict[str, Any]:
        return {"endings": self.cleaned_data["endings"], "guide": self.text("guide")}
