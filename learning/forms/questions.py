"""Forms for the questions of a quiz, one for each kind."""

from collections.abc import Mapping
from functools import partial
from typing import Any, TypedDict

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from courses.models import Question
from courses.questions import MAX_CHOICES
from learning.forms.texts import WRITTEN, TextsForm

SPARE_CHOICES = 2
FEWEST_CHOICES = 4


class QuestionContent(TypedDict):
    """What a question says and asks, as courses.services.questions takes it."""

    text: dict[str, str]
    feedback: dict[str, str]
    definition: dict[str, Any]


class QuestionForm(TextsForm):
    """What every question has: its text and what a learner reads after answering."""

    texts = {
        "text": partial(
            forms.CharField, label=_("Question"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
        ),
        "feedback": partial(
            forms.CharField,
            label=_("Explanation after answering"),
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
    }

    def __init__(self, *args: Any, question: Question | None = None, **kwargs: Any) -> None:
        self.definition: Mapping[str, Any] = question.definition if question else {}
        initial = {"text": question.text, "feedback": question.feedback} if question else {}
        super().__init__(*args, initial=initial | self.initial_answer(), **kwargs)

    def initial_answer(self) -> dict[str, Any]:
        return {}

    def read_definition(self) -> dict[str, Any]:
        """The definition that was filled in; each kind of question reads its own fields."""
        raise NotImplementedError

    def content(self) -> QuestionContent:
        return {
            "text": self.text("text"),
            "feedback": self.text("feedback"),
            "definition": self.read_definition(),
        }


class TrueFalseForm(QuestionForm):
    answer = forms.ChoiceField(
        label=_("The statement is"), choices=[("true", _("true")), ("false", _("false"))], widget=forms.RadioSelect
    )

    def initial_answer(self) -> dict[str, Any]:
        return {"answer": str(self.definition["answer"]).lower()} if self.definition else {}

    def read_definition(self) -> dict[str, Any]:
        return {"answer": self.cleaned_data["answer"] == "true"}


class NumericForm(QuestionForm):
    texts = QuestionForm.texts | {
        "unit": partial(forms.CharField, label=_("Unit, shown beside the answer"), max_length=30)
    }

    answer = forms.CharField(label=_("Right answer"), max_length=30)
    tolerance = forms.CharField(
        label=_("Tolerance"),
        max_length=30,
        initial="0",
        help_text=_("Right is whatever is not farther away than this."),
    )

    def initial_answer(self) -> dict[str, Any]:
        return dict(self.definition)

    def read_definition(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("answer", "tolerance")} | {"unit": self.text("unit")}


class ShortTextForm(QuestionForm):
    accepted = forms.CharField(
        label=_("Accepted answers, one a line"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Large and small letters, alphabets and apostrophes do not matter."),
    )

    def initial_answer(self) -> dict[str, Any]:
        return {"accepted": "\n".join(self.definition.get("accepted", []))}

    def read_definition(self) -> dict[str, Any]:
        return {"accepted": self.cleaned_data["accepted"].splitlines()}


class ChoiceForm(QuestionForm):
    """Single or multiple choice: rows with a text in each language and a mark on what is right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[str] = []
        stored = self.definition.get("choices", [])
        sent = [name for name in self.data if name.startswith("choice") and name.endswith(f"_{WRITTEN[0]}")]
        wanted = max(len(sent), len(stored) + SPARE_CHOICES, FEWEST_CHOICES)
        for n in range(1, min(wanted, MAX_CHOICES) + 1):
            self._add_row(n, stored[n - 1] if n <= len(stored) else {})

    def _add_row(self, n: int, choice: Mapping[str, Any]) -> None:
        name = f"choice{n}"
        self.rows.append(name)
        names = dict(settings.LANGUAGES)
        for code in WRITTEN:
            label = _now("Choice %(number)d: %(language)s") % {"number": n, "language": names[code]}
            text = choice.get("text", {}).get(code, "")
            self.fields[f"{name}_{code}"] = forms.CharField(
                label=label, required=False, max_length=500, initial=text, widget=forms.TextInput(attrs={"lang": code})
            )
        self.fields[f"{name}_right"] = forms.BooleanField(
            label=_now("Choice %(number)d is right") % {"number": n},
            required=False,
            initial=choice.get("correct", False),
        )
        self.fields[f"{name}_key"] = forms.CharField(
            required=False, max_length=8, initial=choice.get("key", ""), widget=forms.HiddenInput
        )

    def choice_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "number": number,
                "texts": [self[f"{name}_{code}"] for code in WRITTEN],
                "right": self[f"{name}_right"],
                "key": self[f"{name}_key"],
            }
            for number, name in enumerate(self.rows, start=1)
        ]

    def others(self) -> list[Any]:
        return [bound for bound in super().others() if not bound.name.startswith("choice")]

    def read_definition(self) -> dict[str, Any]:
        choices = []
        for name in self.rows:
            text = {code: self.cleaned_data[f"{name}_{code}"] for code in WRITTEN}
            if any(text.values()):
                right, key = self.cleaned_data[f"{name}_right"], self.cleaned_data[f"{name}_key"]
                choices.append({"key": key, "text": text, "correct": right})
        return {"choices": choices}


FORMS: dict[str, type[QuestionForm]] = {
    Question.Kind.SINGLE: ChoiceForm,
    Question.Kind.MULTIPLE: ChoiceForm,
    Question.Kind.TRUE_FALSE: TrueFalseForm,
    Question.Kind.NUMERIC: NumericForm,
    Question.Kind.SHORT_TEXT: ShortTextForm,
}
