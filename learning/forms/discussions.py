"""The forms of discussions."""

from datetime import timedelta
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm, offer
from enrollment.models import ReportReason

MUTE_DAYS = 7


class PostForm(ServiceForm):
    """What somebody says; `uuid` names the post before there is one."""

    uuid = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    text = forms.CharField(label=_("Your answer"), strip=False, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))


class ThreadForm(PostForm):
    title = forms.CharField(label=_("What it is about, in a few words"), max_length=120)
    field_order = ("uuid", "title", "text")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        self.fields["text"].label = _("Your question or remark")


class EditForm(ServiceForm):
    text = forms.CharField(label=_("Your words"), strip=False, widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}))


class ReasonForm(ServiceForm):
    """A reason out of the list in force."""

    reason = forms.ModelChoiceField(ReportReason.objects.none(), label=_("Reason"), to_field_name="code")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        offer(self, "reason", ReportReason.objects.valid_on(timezone.localdate()))


class ReportForm(ReasonForm):
    words = forms.CharField(
        label=_("What is wrong with it"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class MuteForm(ReasonForm):
    until = forms.DateField(
        label=_("Last day on which nothing may be written"),
        initial=lambda: timezone.localdate() + timedelta(days=MUTE_DAYS),
        widget=forms.DateInput,
    )
