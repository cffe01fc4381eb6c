"""What a staff manager looks for, and whom to let learn what."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Employment, Organization, PostCategory, User
from accounts.services.people import PersonData
from base.forms import offer
from enrollment.forms.intake import OnceForm
from enrollment.models import Cohort
from enrollment.queries.staff import STAFF_MANAGER, cohorts_for_staff, list_staff
from enrollment.queries.units import units_of

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
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        to_field_name="uuid",
        label=_("Organization"),
        required=False,
        empty_label=_("All organizations"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = user.standing.organizations(STAFF_MANAGER)
        if len(own) > 1:
            offer(self, "organization", Organization.objects.filter(pk__in=own))
        else:
            del self.fields["organization"]


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
        offer(self, "cohort", cohorts_for_staff())
        cohort: Any = self.fields["cohort"]
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


class PostForm(OnceForm):
    """A post at one of the user's organizations; without a category, the words of the post decide."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), to_field_name="uuid", label=_("Organization"), empty_label=None
    )
    post = forms.CharField(label=_("Post"), max_length=200)
    category = forms.ModelChoiceField(
        PostCategory.objects.none(),
        to_field_name="code",
        label=_("Kind of post"),
        required=False,
        empty_label=_("By the words of the post"),
        help_text=_("By it, rules decide which courses are mandatory."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organization", units_of(user).standing())
        offer(self, "category", PostCategory.objects.valid_on(timezone.localdate()).order_by("pk"))


class AppointForm(PostForm):
    """Who is appointed, to what, from when on."""

    surname = forms.CharField(label=_("Surname"), max_length=100)
    given_name = forms.CharField(label=_("Given name"), max_length=100)
    patronymic = forms.CharField(label=_("Patronymic"), required=False, max_length=100)
    pinfl = forms.CharField(
        label=_("PINFL"),
        required=False,
        max_length=40,
        help_text=_("14 digits. By it somebody who is known already is found, and not written down twice."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("Reminders of deadlines go there."))
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    starts_on = forms.DateField(label=_("In office from"), widget=forms.DateInput, initial=timezone.localdate)
    field_order = ("surname", "given_name", "patronymic", "pinfl", "email", "phone")

    def person(self) -> PersonData:
        typed = self.cleaned_data
        return PersonData(**{name: typed[name] for name in ("surname", "given_name", "patronymic", "pinfl", "phone")})

    def appointment(self) -> dict[str, Any]:
        """The post, as the service takes it."""
        names = ("organization", "post", "category", "starts_on", "email", "uuid")
        return {name: self.cleaned_data[name] for name in names}


class TransferForm(PostForm):
    """The next post, and its first day."""

    on = forms.DateField(label=_("In the new post from"), widget=forms.DateInput, initial=timezone.localdate)

    def transfer(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        return {name: self.cleaned_data[name] for name in ("organization", "post", "category", "on")}


class CorrectPostForm(PostForm):
    """What was written down wrongly of a post."""

    starts_on = forms.DateField(label=_("In office from"), widget=forms.DateInput)

    def __init__(self, *args: Any, employment: Employment, **kwargs: Any) -> None:
        initial = {
            "post": employment.post,
            "starts_on": employment.starts_on,
            "category": employment.category.code if employment.category else None,
        }
        super().__init__(*args, initial=initial, **kwargs)
        del self.fields["organization"]

    def correction(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        return {name: self.cleaned_data[name] for name in ("post", "category", "starts_on")}


class EndPostForm(forms.Form):
    """When a post is held no longer."""

    on = forms.DateField(label=_("First day no longer in office"), widget=forms.DateInput, initial=timezone.localdate)
