"""Forms by which authors say how work is handed in, and by which criteria it is marked."""

from dataclasses import asdict
from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm, TextsForm
from courses.models import AssignmentRules, Criterion, Lesson
from courses.services.assignments import MOST_DUE_DAYS, MOST_FILES, MOST_MEGABYTES, AssignmentFields
from learning.queries.assignments import KINDS

AT_THE_BENCH = ("double", "tolerance")


class AssignmentRulesForm(ServiceForm):
    takes_text = forms.BooleanField(label=_("Learners hand in a text"), required=False)
    most_files = forms.IntegerField(
        label=_("Files, at most"), min_value=0, max_value=MOST_FILES, help_text=_("0: no files.")
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of files"), required=False, choices=KINDS.items(), widget=forms.CheckboxSelectMultiple
    )
    most_megabytes = forms.IntegerField(
        label=_("Size of a file, in megabytes at most"),
        min_value=1,
        max_value=MOST_MEGABYTES,
        help_text=_("A minute of video from a telephone has about 100 megabytes."),
    )
    due_days = forms.IntegerField(
        label=_("Due so many days after the group begins"),
        required=False,
        min_value=0,
        max_value=MOST_DUE_DAYS,
        help_text=_("Empty: no date. Whoever teaches a group may give it a date of its own."),
    )
    late = forms.ChoiceField(label=_("When it is late"), choices=AssignmentRules.Late)
    late_percent = forms.IntegerField(
        label=_("Lost for each day begun, in per cent of the result"), min_value=0, max_value=100
    )
    late_least = forms.IntegerField(label=_("What always remains, in per cent"), min_value=0, max_value=100)
    anonymous = forms.BooleanField(
        label=_("Anonymous"), required=False, help_text=_("Whoever marks does not see whose work it is.")
    )
    double = forms.BooleanField(
        label=_("Marked by two people"), required=False, help_text=_("Neither sees what the other gave.")
    )
    tolerance = forms.IntegerField(
        label=_("Greatest difference between their results, of 100"),
        min_value=0,
        max_value=100,
        help_text=_("Up to it the mean counts; above it the two settle it, or a third person does."),
    )

    def __init__(self, data: QueryDict | None, *, rules: AssignmentRules) -> None:
        self.stored = rules
        initial = {name: getattr(rules, name) for name in asdict(AssignmentFields())}
        super().__init__(data, initial=initial | {"kinds": rules.taken_kinds})
        if rules.lesson.kind == Lesson.Kind.PRACTICAL:
            for name in set(self.fields) - set(AT_THE_BENCH):
                del self.fields[name]

    def rule_fields(self) -> AssignmentFields:
        kept = {name: getattr(self.stored, name) for name in asdict(AssignmentFields())}
        return AssignmentFields(**kept | self.cleaned_data)


class CriterionForm(TextsForm):
    texts = {
        "title": partial(forms.CharField, label=_("What is looked at"), max_length=300),
        "levels": partial(
            forms.CharField,
            label=_("Levels, one a line"),
            max_length=5000,
            widget=partial(forms.Textarea, attrs={"rows": 4})(),
            help_text=_("The lowest first. Empty: an item of a checklist, which is met or not."),
        ),
    }

    points = forms.CharField(
        label=_("Points"),
        max_length=100,
        help_text=_(
            "For levels one number each: 0; 2; 4. For an item of a checklist one number: what meeting it gives."
        ),
    )
    required = forms.BooleanField(
        label=_("Must be met"), required=False, help_text=_("Where it is not met, the whole result is 0.")
    )

    def __init__(self, data: QueryDict | None, *, criterion: Criterion | None = None) -> None:
        initial: dict[str, Any] = {"points": "1"}
        if criterion:
            initial = {name: getattr(criterion, name) for name in ("title", "levels", "required")}
            initial["points"] = "; ".join(criterion.points)
        super().__init__(data, initial=initial)

    def criterion_fields(self) -> dict[str, Any]:
        plain = {name: self.cleaned_data[name] for name in ("points", "required")}
        return plain | {"title": self.text("title"), "levels": self.text("levels")}
