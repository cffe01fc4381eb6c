"""Forms of the kinds where a learner chooses: single, multiple, true or false, matching, ordering."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learning.forms.questions.base import (
    Column,
    QuestionForm,
    Rows,
    as_typed,
    feedback_column,
    percent,
    text_column,
    worth_column,
)

all_or_nothing = partial(
    forms.BooleanField,
    label=_("Only what is wholly right counts"),
    required=False,
    help_text=_("Otherwise a part of it is worth a part of the points."),
)


class ChoiceForm(QuestionForm):
    row_sets = (
        Rows(
            "choices",
            _("Choices"),
            _("Mark what is right. Rows left empty are left out."),
            (
                text_column("text", _("Choice")),
                Column("correct", _("right"), forms.BooleanField),
                worth_column,
                feedback_column,
            ),
        ),
    )

    shuffle = forms.BooleanField(label=_("Each learner sees them in another order"), required=False, initial=True)

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"shuffle": content["shuffle"], "all_or_nothing": content.get("all_or_nothing", False)}

    def rows_of(self, content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """What is worth what a tick alone would make it worth is shown as a tick."""
        rows = content[name]
        right = [row for row in rows if self.is_right(row)]
        even = all(Decimal(row["worth"]) == self.even_worth(row, len(right), len(rows)) for row in rows)
        return [row | {"correct": self.is_right(row), "worth": "" if even else percent(row["worth"])} for row in rows]

    def is_right(self, row: Mapping[str, Any]) -> bool:
        return Decimal(row["worth"]) > 0

    def even_worth(self, row: Mapping[str, Any], right: int, of: int) -> Decimal:
        return Decimal(1 if self.is_right(row) else 0)

    def read_answer(self) -> dict[str, Any]:
        rows = self.filled_rows(self.row_sets[0])
        if not any(row["worth"] for row in rows):
            rows = [{name: value for name, value in row.items() if name != "worth"} for row in rows]
        else:
            rows = [row | {"worth": row["worth"] or ("1" if row["correct"] else "0")} for row in rows]
        return {"choices": rows, "shuffle": self.cleaned_data["shuffle"]}


class SingleForm(ChoiceForm):
    def is_right(self, row: Mapping[str, Any]) -> bool:
        return Decimal(row["worth"]) == 1


class MultipleForm(ChoiceForm):
    all_or_nothing = all_or_nothing()

    def even_worth(self, row: Mapping[str, Any], right: int, of: int) -> Decimal:
        worth = Decimal(1) / right if self.is_right(row) else Decimal(-1) / max(of - right, 1)
        return worth.quantize(Decimal("0.00001"))

    def read_answer(self) -> dict[str, Any]:
        return super().read_answer() | {"all_or_nothing": self.cleaned_data["all_or_nothing"]}


class TrueFalseForm(QuestionForm):
    short = partial(forms.CharField, max_length=2000)
    texts = QuestionForm.texts | {
        "said_true": partial(short, label=_("What is said of “true”")),
        "said_false": partial(short, label=_("What is said of “false”")),
    }

    answer = forms.ChoiceField(
        label=_("The statement is"), choices=[("true", _("true")), ("false", _("false"))], widget=forms.RadioSelect
    )

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        said = {f"said_{name}": as_typed(texts) for name, texts in content["answer_feedback"].items()}
        return {"answer": str(content["answer"]).lower(), **said}

    def read_answer(self) -> dict[str, Any]:
        said = {"true": self.text("said_true"), "false": self.text("said_false")}
        return {"answer": self.cleaned_data["answer"] == "true", "answer_feedback": said}


class MatchingForm(QuestionForm):
    row_sets = (
        Rows(
            "pairs",
            _("Pairs"),
            _("What belongs together. A match without a text is one more to choose from, which belongs to nothing."),
            (text_column("text", _("Text")), text_column("match", _("Match"))),
        ),
    )

    all_or_nothing = all_or_nothing()

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"all_or_nothing": content["all_or_nothing"]}

    def read_answer(self) -> dict[str, Any]:
        return {
            "pairs": self.filled_rows(self.row_sets[0]),
            "all_or_nothing": self.cleaned_data["all_or_nothing"],
        }


class OrderingForm(QuestionForm):
    row_sets = (
        Rows(
            "items",
            _("Rows in their right order"),
            _("Learners get them mixed. What counts is which row follows which."),
            (text_column("text", _("Row")),),
            most=20,
        ),
    )

    all_or_nothing = all_or_nothing()

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"all_or_nothing": content["all_or_nothing"]}

    def read_answer(self) -> dict[str, Any]:
        return {
            "items": self.filled_rows(self.row_sets[0]),
            "all_or_nothing": self.cleaned_data["all_or_nothing"],
        }
