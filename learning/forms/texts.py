"""Forms whose texts are written in several languages side by side."""

from functools import partial

from django import forms
from django.utils.translation import gettext_lazy as _

from base.forms import WRITTEN, ServiceForm, TextsForm

title = partial(forms.CharField, label=_("Title"), max_length=200)

__all__ = ["WRITTEN", "ServiceForm", "TextsForm", "title"]
