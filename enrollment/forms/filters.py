"""What the filter forms of lists share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.forms import offer
from courses.models import Course
from enrollment.queries.referrals import courses_worked_with


class FilterForm(forms.Form):
    """The filters of a list, bound to its address."""

    def asked(self) -> dict[str, Any]:
        """What is filtered by; what cannot be read is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class OfCourseForm(FilterForm):
    """Of which of the courses that the user sends to or answers for."""

    course = forms.ModelChoiceField(
        label=_("Course"),
        queryset=Course.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("All courses"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "course", courses_worked_with(user))
