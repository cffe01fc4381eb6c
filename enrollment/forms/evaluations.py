"""The questionnaire of a cohort's learners."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment.models import EvaluationQuestion
from enrollment.services.evaluations import MOST_TEXT

SCALE = [(1, _("1: not at all")), (2, "2"), (3, "3"), (4, "4"), (5, _("5: fully"))]


class EvaluationForm(forms.Form):
    """How far a learner agrees with each sentence, and what else there is to say."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = []
        for question in EvaluationQuestion.objects.valid_on(timezone.localdate()):
            self.codes.append(question.code)
            self.fields[question.code] = forms.TypedChoiceField(
                label=question.name, coerce=int, choices=SCALE, widget=forms.RadioSelect
            )
        self.fields["text"] = forms.CharField(
            label=_("What should stay, what should change?"),
            required=False,
            max_length=MOST_TEXT,
            help_text=_("Write no names: what you write is shown as it is."),
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def ratings(self) -> dict[str, int]:
        """What was chosen, by the code of the question."""
        return {code: self.cleaned_data[code] for code in self.codes}
