"""Forms of people who are asked for from elsewhere."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.forms.filters import FilterForm
from enrollment.models import Relocation


class RelocationFilterForm(FilterForm):
    """What keeps rows of the list."""

    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Relocation.Status.choices]
    )


class RefuseForm(forms.Form):
    """Why a person does not move."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever asked reads it. Do not say where the person lives."),
    )
