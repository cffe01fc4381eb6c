"""Texts that most forms of authoring ask for."""

from functools import partial

from django import forms
from django.utils.translation import gettext_lazy as _

title = partial(forms.CharField, label=_("Title"), max_length=200)
