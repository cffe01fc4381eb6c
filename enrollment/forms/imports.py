"""Forms of tables of many rows."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from base.errors import InvalidInput
from enrollment.models import Import
from enrollment.services.imports import check_size


class TableFileForm(forms.Form):
    """A table that somebody sends."""

    file = forms.FileField(
        label=_("The table"),
        help_text=_("XLSX, ODS or CSV. It is checked first; nothing is written before you say so."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv,.txt,.tsv"}),
    )

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_too_large = is_too_large
        if is_too_large:
            self.fields["file"].required = False

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            check_size(None if file is None else file.size, exceeded=self.is_too_large)
        except InvalidInput as error:
            raise forms.ValidationError(str(error)) from error
        return file


class TableForm(TableFileForm):
    """What kind of table somebody sends, and the file."""

    kind = forms.ChoiceField(label=_("What stands in the table"))
    field_order = ("kind", "file")

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [(name, Import.Kind(name).label) for name in kinds]


class ColumnsForm(forms.Form):
    """Which column each heading of a table is."""

    def __init__(
        self,
        *args: Any,
        heads: Sequence[str],
        columns: Sequence[str],
        samples: Sequence[Sequence[str]],
        labels: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Leave it out")), *labels]
        for place, head in enumerate(heads):
            values = [row[place] for row in samples if place < len(row) and row[place]]
            self.fields[f"column{place}"] = forms.ChoiceField(
                label=head or _("Column without a heading"),
                choices=choices,
                required=False,
                initial=columns[place] if place < len(columns) else "",
                help_text="; ".join(values),
            )

    @property
    def columns(self) -> list[str]:
        """The chosen columns, in the order of the headings."""
        return [self.cleaned_data[name] for name in self.fields]

    def clean(self) -> dict[str, Any]:
        """One column is read from one heading alone."""
        cleaned: dict[str, Any] = super().clean() or {}
        seen: set[str] = set()
        for name in self.fields:
            column = cleaned.get(name)
            if column and column in seen:
                self.add_error(name, _("This column is read from another heading already."))
            seen.add(column or "")
        return cleaned
