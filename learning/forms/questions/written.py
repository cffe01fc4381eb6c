"""Forms of the kinds where a learner writes: numbers, short texts, texts with gaps."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from base.forms import WRITTEN
from base.languages import Texts
from courses.html import typed
from learning.forms.questions.base import (
    Column,
    PercentField,
    QuestionForm,
    Rows,
    feedback_column,
    percent,
    worth_column,
)

number = partial(forms.CharField, max_length=30)


class NumericForm(QuestionForm):
    row_sets = (
        Rows(
            "answers",
            _("Right answers"),
            _("The first that fits counts; right is whatever is not farther away than the tolerance."),
            (
                Column("number", _("Number"), number),
                Column("tolerance", _("Tolerance"), number),
                worth_column,
                feedback_column,
            ),
            fewest=1,
        ),
        Rows(
            "units",
            _("Units"),
            _("The first is the one of the answers. A further one says how many of the first it is: 1 m is 100 cm."),
            (
                Column("text", _("Unit"), partial(forms.CharField, max_length=30), is_text=True),
                Column("factor", _("Is so many of the first"), number),
            ),
            fewest=1,
            most=10,
        ),
    )

    unit_asked = forms.BooleanField(
        label=_("Learners write the unit"), required=False, help_text=_("Otherwise it stands beside the field.")
    )
    unit_penalty = PercentField(
        label=_("A wrong or missing unit takes away, in per cent"), required=False, initial="50"
    )

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"unit_asked": content["unit_asked"], "unit_penalty": percent(content["unit_penalty"])}

    def rows_of(self, content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        rows = super().rows_of(content, name)
        return _with_percent(rows) if name == "answers" else rows

    def read_answer(self) -> dict[str, Any]:
        answers, units = (self.filled_rows(rows) for rows in self.row_sets)
        return {
            "answers": [row | {"worth": row["worth"] or "1"} for row in answers if row["number"]],
            "units": [row for row in units if any(row["text"].values())],
            "unit_asked": self.cleaned_data["unit_asked"],
            "unit_penalty": self.cleaned_data["unit_penalty"] or "0",
        }


class ShortTextForm(QuestionForm):
    row_sets = (
        Rows(
            "answers",
            _("Accepted answers"),
            _("Large and small letters, alphabets and apostrophes do not matter. An asterisk stands for anything."),
            (Column("text", _("Answer"), partial(forms.CharField, max_length=200)), worth_column, feedback_column),
            fewest=3,
        ),
    )

    exact = forms.BooleanField(
        label=_("Letters matter"), required=False, help_text=_("The spelling must be the same, letter case too.")
    )

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"exact": content["exact"]}

    def rows_of(self, content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        return _with_percent(super().rows_of(content, name))

    def read_answer(self) -> dict[str, Any]:
        answers = [row | {"worth": row["worth"] or "1"} for row in self.filled_rows(self.row_sets[0])]
        return {"answers": answers, "exact": self.cleaned_data["exact"]}


def _with_percent(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"worth": "" if Decimal(row["worth"]) == 1 else percent(row["worth"])} for row in rows]


LINE = re.compile(r"(?:(?P<worth>-?\d{1,3}(?:[.,]\d{1,5})?)% )?(?P<answer>.*?)(?:\s+# (?P<said>.*))?")
BETWEEN = " | "


class ClozeForm(QuestionForm):
    """Gaps, each with its answers one a line: `50% answer # what is said of it`; languages as `uz | ru | en`."""

    row_sets = (
        Rows(
            "gaps",
            _("Gaps"),
            _(
                "Write [[1]], [[2]] in the text of every language. Answers stand one a line: for a choice the first is "
                "right, for a number 12,5 ± 0,1. Where languages differ: Toshkent | Ташкент | Tashkent."
            ),
            (
                Column(
                    "kind",
                    _("Gap"),
                    partial(
                        forms.ChoiceField,
                        choices=[("short-text", _("written")), ("numeric", _("a number")), ("single", _("chosen"))],
                    ),
                    is_aside=False,
                ),
                Column(
                    "answers",
                    _("Answers, one a line"),
                    partial(forms.CharField, widget=forms.Textarea(attrs={"rows": 3})),
                ),
                Column(
                    "weight",
                    _("Counts so many times"),
                    partial(forms.IntegerField, min_value=1, max_value=100),
                    is_aside=True,
                ),
            ),
            fewest=2,
        ),
    )

    all_or_nothing = forms.BooleanField(label=_("Only what is wholly right counts"), required=False)

    def initial_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"all_or_nothing": content["all_or_nothing"]}

    def rows_of(self, content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        weights = {gap["weight"] for gap in content["gaps"]}
        return [
            {
                "key": gap["key"],
                "kind": gap["kind"],
                "answers": written_gap(gap),
                "weight": "" if weights == {1} else gap["weight"],
            }
            for gap in content["gaps"]
        ]

    def read_answer(self) -> dict[str, Any]:
        rows = [row for row in self.filled_rows(self.row_sets[0]) if row["answers"]]
        gaps = []
        for n, row in enumerate(rows, start=1):
            gap = {"key": row["key"] or str(n), "kind": row["kind"], "weight": row["weight"] or 1}
            gaps.append(gap | read_gap(row["kind"], row["answers"]))
        return {"gaps": gaps, "all_or_nothing": self.cleaned_data["all_or_nothing"]}


def read_gap(kind: str, lines: str) -> dict[str, Any]:
    """The answers of a gap from the lines that an author wrote."""
    found = []
    for n, line in enumerate(filter(None, map(str.strip, lines.splitlines()))):
        match = LINE.fullmatch(line)
        assert match is not None  # every line fits
        worth = str(Decimal(match["worth"].replace(",", ".")) / 100) if match["worth"] else ""
        row: dict[str, Any] = {"feedback": _texts_in(match["said"] or "")}
        if kind == "single":
            row |= {"text": _texts_in(match["answer"]), "worth": worth or ("0" if n else "1")}
        elif kind == "numeric":
            value, _sign, tolerance = match["answer"].partition("±")
            row |= {"number": value.strip(), "tolerance": tolerance.strip() or "0", "worth": worth or "1"}
        else:
            row |= {"text": match["answer"], "worth": worth or "1"}
        found.append(row)
    return {"choices" if kind == "single" else "answers": found}


def written_gap(gap: Mapping[str, Any]) -> str:
    """The answers of a gap as its author reads them."""
    lines = []
    for n, row in enumerate(gap["choices"] if gap["kind"] == "single" else gap["answers"]):
        usual = "1" if gap["kind"] != "single" or n == 0 else "0"
        line = "" if row["worth"] == usual else f"{percent(row['worth'])}% "
        if gap["kind"] == "numeric":
            line += row["number"].replace(".", ",") + (
                f" ± {row['tolerance'].replace('.', ',')}" if row["tolerance"] != "0" else ""
            )
        else:
            line += row["text"] if isinstance(row["text"], str) else _line_of(row["text"])
        said = _line_of(row["feedback"])
        lines.append(f"{line} # {said}" if said else line)
    return "\n".join(lines)


def _texts_in(line: str) -> dict[str, str]:
    parts = line.split(BETWEEN)
    return {code: part.strip() for code, part in zip(WRITTEN, parts, strict=False) if part.strip()}


def _line_of(texts: Texts) -> str:
    parts = [typed(texts.get(code, "")) for code in WRITTEN]
    return BETWEEN.join(parts[: max((n for n, part in enumerate(parts, start=1) if part), default=0)])
