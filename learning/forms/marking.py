"""The form by which a person grades an answer."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm
from learning.models import AttemptQuestion


class MarkForm(ServiceForm):
    points = forms.DecimalField(min_value=0, decimal_places=2)
    comment = forms.CharField(
        label=_("What you say to the learner"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: QueryDict | None, *, question: AttemptQuestion) -> None:
        self.most = question.points
        given: Any = None if question.worth is None else (question.worth * question.points).quantize(Decimal("0.01"))
        super().__init__(data, initial={"points": given, "comment": question.comment})
        field = self.fields["points"]
        field.label = _("Points, of %(most)s") % {"most": f"{question.points.normalize():f}"}
        field.widget.attrs |= {"max": question.points, "autofocus": True, "class": "input-short"}

    def clean_points(self) -> Decimal:
        points: Decimal = self.cleaned_data["points"]
        if points > self.most:
            raise forms.ValidationError(
                _("This question is worth at most %(most)s points."), params={"most": self.most}
            )
        return points

    @property
    def worth(self) -> Decimal:
        points: Decimal = self.cleaned_data["points"]
        return (points / self.most).quantize(Decimal("0.0001"))
