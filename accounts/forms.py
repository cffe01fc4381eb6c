from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Person
from accounts.services.people import clean_phone
from base.errors import InvalidInput


class ActivationForm(forms.Form):
    """The code that an assistant or a centre handed over."""

    code = forms.CharField(
        label=_("Activation code"),
        max_length=40,
        help_text=_("Three groups of four letters and digits, such as ABCD-EFGH-JKLM."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class ContactForm(forms.ModelForm[Person]):
    """How to reach oneself."""

    class Meta:
        model = Person
        fields = ["phone", "email"]
        labels = {"phone": _("Phone"), "email": _("E-mail")}
        help_texts = {"phone": _("To call you; it is not used to sign in."), "email": ""}

    def clean_phone(self) -> str:
        try:
            return clean_phone(self.cleaned_data["phone"])
        except InvalidInput as error:
            raise forms.ValidationError(str(error)) from error


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What the token is for"), max_length=100)
    days = forms.IntegerField(label=_("Good for how many days"), min_value=1, max_value=3650, initial=365)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=ApiToken.Scope.choices,
        initial=ApiToken.Scope.values,
        widget=forms.CheckboxSelectMultiple,
    )
