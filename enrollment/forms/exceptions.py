"""Letting somebody learn a course without what comes before it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.pinfl import hash_pinfl, parse_pinfl
from base.errors import InvalidInput


class ExceptionForm(forms.Form):
    """Why, and for whom, unless the `person` is known already."""

    person = forms.CharField(
        label=_("PINFL"),
        max_length=40,
        help_text=_("14 digits, of somebody who is written down in Malaka."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why an exception is made"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, person: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = person
        if person:
            del self.fields["person"]

    def clean_person(self) -> Person:
        try:
            pinfl = parse_pinfl(self.cleaned_data["person"])
        except InvalidInput as error:
            raise forms.ValidationError(str(error)) from None
        found = Person.objects.filter(pinfl_hash=hash_pinfl(pinfl.digits)).select_related("merged_into").first()
        if found is None:
            raise forms.ValidationError(_("Nobody with this PINFL is written down."))
        return found.merged_into or found

    def asked(self) -> dict[str, Any]:
        """What is granted, for the service."""
        return {"person": self.known or self.cleaned_data["person"], "reason": self.cleaned_data["reason"]}
