"""Forms by which work is marked, settled and handed back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm
from courses.models import Criterion
from learning.models import Mark


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Any number of files; its value is a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(ManyFiles, self).clean(one, initial) for one in data or []]


class CriteriaForm(ServiceForm):
    """What is reached, criterion by criterion: a level, or ticked where it is met."""

    def __init__(self, data: Any, *, criteria: Sequence[Criterion], mark: Mark | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.criteria = criteria
        own = {}
        for criterion in criteria:
            given = mark.reached.get(str(criterion.pk)) if mark else None
            own[f"c-{criterion.pk}"] = _field(criterion, given)
        self.fields = own | self.fields
        if mark:
            self.fields["seen"].initial = mark.revision

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def reached(self) -> dict[str, int]:
        """The levels chosen so far, by the id of the criterion, also of a form that is not complete."""
        found = {}
        for criterion in self.criteria:
            value = self.data.get(f"c-{criterion.pk}")
            if criterion.is_checked:
                found[str(criterion.pk)] = int(bool(value))
            elif value and value.isascii() and value.isdigit() and len(value) < 3:
                found[str(criterion.pk)] = int(value)
        return found

    @property
    def seen_revision(self) -> int | None:
        return self.cleaned_data.get("seen")


def _field(criterion: Criterion, given: int | None) -> forms.Field:
    label = f"{criterion} *" if criterion.required else str(criterion)
    if criterion.is_checked:
        worth = _("Points: %(points)s") % {"points": f"{criterion.most:f}"}
        return forms.BooleanField(label=label, required=False, initial=bool(given), help_text=worth)
    choices = [(str(n), f"{name} ({points:f})") for n, (name, points) in enumerate(criterion.steps)]
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, initial=None if given is None else str(given)
    )


class WorkMarkForm(CriteriaForm):
    comment = forms.CharField(
        label=_("What you say to the learner"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    attached = ManyFiles(label=_("Files that go with it"), required=False)

    def __init__(self, data: Any, *, mark: Mark | None, **kwargs: Any) -> None:
        super().__init__(data, mark=mark, **kwargs)
        if mark:
            self.fields["comment"].initial = mark.comment

    def field_for(self, name: str) -> str | None:
        return super().field_for("attached" if name == "file" else name)


class SettleForm(CriteriaForm):
    reason = forms.CharField(label=_("Why it is settled so"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any, *, mark: Mark | None, **kwargs: Any) -> None:
        super().__init__(data, mark=mark, **kwargs)
        if mark:
            self.fields["reason"].initial = mark.reason


class ReturnForm(forms.Form):
    words = forms.CharField(
        label=_("What the learner is to do better"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
