"""The search of the catalogue."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from enrollment.forms.filters import FilterForm


class CatalogueForm(FilterForm):
    """What keeps courses of the catalogue."""

    q = forms.CharField(label=_("Course or trade"), max_length=100, required=False)
    language = forms.ChoiceField(
        label=_("Language of teaching"), required=False, choices=[("", _("All languages")), *settings.LANGUAGES]
    )
