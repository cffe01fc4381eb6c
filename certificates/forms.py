"""What people type about certificates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.codes import read_code


class VerifyForm(forms.Form):
    """A code, or a number with the holder's surname."""

    code = forms.CharField(
        label=_("Code or number"),
        max_length=100,
        help_text=_("The code is the last part of the address beside the QR code; the number stands above it."),
    )
    surname = forms.CharField(
        label=_("Surname of the holder"), max_length=100, required=False, help_text=_("Needed only with a number.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("surname") and cleaned.get("code") and not read_code(cleaned["code"]):
            self.add_error(
                "surname", _("This is not a code, which has 16 letters and digits. With a number, give the surname.")
            )
        return cleaned


class ReasonForm(forms.Form):
    """Why a certificate is revoked."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who checks the certificate will read it. Name no private matters."),
    )


class IssuedFilterForm(forms.Form):
    """What keeps rows of the list of issued certificates."""

    q = forms.CharField(label=_("Number or surname"), max_length=100, required=False)
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("issued", _("Valid")), ("revoked", _("Revoked"))],
    )
