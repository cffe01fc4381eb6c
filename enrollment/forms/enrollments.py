"""Forms of a learner's record."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.forms import offer
from enrollment.models import OutcomeKind


class ResultForm(forms.Form):
    """A result that a teacher writes down."""

    score = forms.DecimalField(
        label=_("Score"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=_("From 0 to 100. The better of this and the best attempt counts."),
    )
    completed = forms.NullBooleanField(
        label=_("Is the lesson done?"),
        required=False,
        widget=forms.Select(choices=[("", _("As the score says")), ("true", _("Yes")), ("false", _("No"))]),
    )
    evidence = forms.CharField(
        label=_("What it rests on"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class OutcomeForm(forms.Form):
    """What came of the training."""

    kind = forms.ModelChoiceField(
        label=_("What happened"), queryset=OutcomeKind.objects.none(), to_field_name="code", empty_label=None
    )
    on = forms.DateField(label=_("Since when"), widget=forms.DateInput)
    source = forms.CharField(label=_("Who said so"), max_length=100, help_text=_("For example: employer, bank, visit."))
    employer = forms.CharField(label=_("Employer or business"), max_length=200, required=False)
    evidence = forms.CharField(label=_("Document or number"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", OutcomeKind.objects.valid_on(timezone.localdate()))

    def clean_kind(self) -> str:
        """The code, as the services take it."""
        code: str = self.cleaned_data["kind"].code
        return code


class DecisionForm(forms.Form):
    """Why a decision is made by hand, or corrected."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
