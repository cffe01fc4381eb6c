"""Forms for moving learners between groups, and for merging, splitting and copying groups."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.models import Cohort, Enrollment
from enrollment.services.cohorts import MOST_SEATS


class ReasonForm(forms.Form):
    """Why it is done; it stays in the history."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class TargetForm(ReasonForm):
    """Into which group: published, of the same provider and the same version of the course."""

    cohort = forms.ModelChoiceField(label=_("Group"), queryset=Cohort.objects.none(), to_field_name="uuid")
    field_order = ("cohort", "reason")

    def __init__(self, *args: Any, source: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Cohort.objects.filter(
            organization=source.organization_id, version=source.version_id, status=Cohort.Status.PUBLISHED
        )
        field: Any = self.fields["cohort"]
        field.queryset = others.filter(is_standing=False).exclude(pk=source.pk).order_by("-starts_on", "-pk")


class SplitForm(ReasonForm):
    """The code and the seats of the second group, and who moves there."""

    code = forms.CharField(label=_("Code of the new group"), max_length=40)
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MOST_SEATS, required=False)
    learners = forms.ModelMultipleChoiceField(
        label=_("Who moves there"),
        queryset=Enrollment.objects.none(),
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("code", "seats", "learners", "reason")

    def __init__(self, *args: Any, source: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        learning = source.enrollments.filter(status=Enrollment.Status.ACTIVE).select_related("person")
        field: Any = self.fields["learners"]
        field.queryset = learning.order_by("person__search_key", "pk")
        field.label_from_instance = lambda enrollment: enrollment.person.name
        self.initial.setdefault("seats", source.seats)


class CopyForm(forms.Form):
    """The code and the first day of the next intake; all other days follow."""

    code = forms.CharField(label=_("Code of the new group"), max_length=40)
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput)
