"""What the filter forms of lists share."""

from typing import Any

from django import forms


class FilterForm(forms.Form):
    """The filters of a list, bound to its address."""

    def asked(self) -> dict[str, Any]:
        """What is filtered by; what cannot be read is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
