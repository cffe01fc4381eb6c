"""The filter of the waiting lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from courses.models import Course
from enrollment.forms.filters import FilterForm
from enrollment.queries.referrals import courses_worked_with


class WaitingFilterForm(FilterForm):
    """Of which course one looks at the waiting list."""

    course = forms.ModelChoiceField(
        label=_("Course"),
        queryset=Course.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("All courses"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses_worked_with(user)  # type: ignore[attr-defined]  # fields are untyped
