"""What a staff manager looks for, and whom to let learn what."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Employment, User
from enrollment.models import Cohort
from enrollment.queries.staff import cohorts_for_staff, list_staff

MOST_AT_ONCE = 200


class StaffFilterForm(forms.Form):
    """The filters of the list of own staff."""

    q = forms.CharField(
        label=_("Name"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("Learning"),
        required=False,
        choices=[
            ("", _("All")),
            ("learning", _("Learning now")),
            ("completed", _("Has completed a course")),
            ("nothing", _("Has not learned anything here")),
        ],
    )


class StaffEnrollForm(forms.Form):
    """Some of one's own staff, and the group that they are to learn in."""

    post = forms.ModelMultipleChoiceField(Employment.objects.none(), to_field_name="uuid", label=_("Staff"))
    cohort = forms.ModelChoiceField(
        Cohort.objects.none(), to_field_name="uuid", label=_("Course and group"), empty_label=_("Choose a course")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff: Any = self.fields["post"]
        staff.queryset = list_staff(user).select_related("person")
        staff.error_messages["required"] = _("Choose at least one person.")
        cohort: Any = self.fields["cohort"]
        cohort.queryset = cohorts_for_staff()
        cohort.label_from_instance = _cohort_label

    def clean_post(self) -> Any:
        posts = list(self.cleaned_data["post"])
        if len(posts) > MOST_AT_ONCE:
            raise forms.ValidationError(_("Choose at most %(n)d people at once.") % {"n": MOST_AT_ONCE})
        return posts


def _cohort_label(cohort: Cohort) -> str:
    if cohort.is_standing:
        return _("%(course)s — at one’s own pace, from today") % {"course": cohort.course.name}
    words: dict[str, Any] = {"course": cohort.course.name, "code": cohort.code}
    words["day"] = f"{cohort.starts_on:%d.%m.%Y}" if cohort.starts_on else "—"
    return _("%(course)s — group %(code)s, starts %(day)s") % words
