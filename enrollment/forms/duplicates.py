"""Forms of possible duplicates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from enrollment.forms.filters import FilterForm
from enrollment.models import PossibleDuplicate

Status = PossibleDuplicate.Status


class DuplicateFilterForm(FilterForm):
    """What keeps rows of the list."""

    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("To look at")), (Status.MERGED, _("Merged")), (Status.DIFFERENT, _("Two people"))],
    )


class MergeForm(forms.Form):
    """Which of the two records stays."""

    kept = forms.ModelChoiceField(
        Person.objects.none(),
        to_field_name="uuid",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which of the two records stays.")},
    )

    def __init__(self, *args: Any, pair: PossibleDuplicate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kept"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Person.objects.filter(pk__in=(pair.first_id, pair.second_id))
