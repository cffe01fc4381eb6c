"""The form of a comment."""

from django import forms
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm


class CommentForm(ServiceForm):
    text = forms.CharField(label=_("Comment"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}))
