"""Forms of the units of one's own organization."""

from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.services.units import LONGEST_NAME
from base.forms import TextsForm, offer
from enrollment.forms.filters import FilterForm
from enrollment.queries.units import units_of


class UnitFilterForm(FilterForm):
    """Which unit of the tree is opened."""

    under = forms.UUIDField(required=False)


class UnitForm(TextsForm):
    """A unit: its name, what it is a unit of, and from when."""

    texts = {"names": partial(forms.CharField, label=_("Name of the unit"), max_length=LONGEST_NAME)}

    uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    parent = forms.ModelChoiceField(
        Organization.objects.none(), to_field_name="uuid", label=_("Unit of"), empty_label=None
    )
    starts_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput,
        help_text=_("Leave it empty where nobody wrote down since when."),
    )

    def __init__(self, *args: Any, user: User, unit: Organization | None = None, **kwargs: Any) -> None:
        if unit and unit.parent:
            kwargs["initial"] = {"names": unit.names, "parent": unit.parent.uuid, "starts_on": unit.starts_on}
        super().__init__(*args, **kwargs)
        above = units_of(user).employers().standing()
        if unit:
            above = above.exclude(pk__in=Organization.objects.with_units([unit.pk]))
            del self.fields["uuid"]
        offer(self, "parent", above)

    def asked(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        return {name: self.cleaned_data[name] for name in self.fields if name in ("uuid", "parent", "starts_on")} | {
            "names": self.text("names")
        }


class CloseUnitForm(forms.Form):
    """From when a unit is closed."""

    on = forms.DateField(label=_("First day on which it is closed"), widget=forms.DateInput, initial=timezone.localdate)
