"""Forms of referrals."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.forms import offer
from enrollment.forms.filters import OfCourseForm
from enrollment.models import Cohort, DeclineReason, Referral, Wish, WithdrawalReason
from enrollment.queries.cohorts import open_cohorts_for
from enrollment.queries.places import Distance, Sought


class ReferralFilterForm(OfCourseForm):
    """What keeps rows of the list of referrals."""

    q = forms.CharField(label=_("Surname"), max_length=100, required=False)
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Referral.Status.choices]
    )
    field_order = ("q", "status", "course")


class AcceptForm(forms.Form):
    """Into which group a referral is accepted."""

    cohort = forms.ModelChoiceField(
        label=_("Group"), queryset=Cohort.objects.none(), to_field_name="uuid", empty_label=None
    )

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["cohort"]
        field.queryset = open_cohorts_for(referral)
        field.label_from_instance = _cohort_label
        field.initial = referral.cohort.uuid if referral.cohort else None


def _cohort_label(cohort: Cohort) -> str:
    words: dict[str, Any] = {"code": cohort.code, "free": cohort.seats_free}
    words["day"] = f"{cohort.starts_on:%d.%m.%Y}" if cohort.starts_on else "—"
    if cohort.seats is None:
        return _("%(code)s, starts %(day)s, no limit on seats") % words
    return _("%(code)s, starts %(day)s, seats free: %(free)s") % words


class DeclineForm(forms.Form):
    """Why a referral is declined."""

    reason = forms.ModelChoiceField(
        label=_("Reason"), queryset=DeclineReason.objects.none(), to_field_name="code", empty_label=None
    )
    note = forms.CharField(
        label=_("What else the assistant should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    model: Any = DeclineReason

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reason", self.model.objects.valid_on(timezone.localdate()))

    def clean_reason(self) -> str:
        """The code, as the services take it."""
        code: str = self.cleaned_data["reason"].code
        return code


class WithdrawForm(DeclineForm):
    """Why a referral, or a learner, is taken back."""

    model = WithdrawalReason

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("What else is to be known")


class PlaceSearchForm(forms.Form):
    """What a resident wants to learn, in which language, how far from home, from when."""

    q = forms.CharField(
        label=_("Course or trade"), max_length=100, required=False, help_text=_("For example: sewing, welding.")
    )
    within = forms.TypedChoiceField(
        label=_("Distance"),
        required=False,
        coerce=lambda value: Distance(int(value)),
        empty_value=None,
        choices=[
            ("", _("Anywhere")),
            (int(Distance.OWN_REGION), _("In the resident’s region")),
            (int(Distance.OWN_DISTRICT), _("In the resident’s district")),
        ],
    )
    language = forms.ChoiceField(
        label=_("Language of teaching"), required=False, choices=[("", _("Any language")), *settings.LANGUAGES]
    )
    starts_by = forms.DateField(label=_("Starts by"), required=False)

    def sought(self, wish: Wish | None) -> Sought:
        """What the form asks for; without words, what the wish names."""
        asked = self.cleaned_data if self.is_valid() else {}
        wish = None if asked.get("q") else wish
        return Sought(
            course=wish.course if wish else None,
            profession=wish.profession if wish else None,
            words=asked.get("q", ""),
            language=asked.get("language", ""),
            starts_by=asked.get("starts_by"),
            within=Distance.ELSEWHERE if asked.get("within") is None else asked["within"],
        )


class ReferralForm(forms.Form):
    """Where a resident is sent, and what the provider should know."""

    place = forms.ChoiceField(label=_("Place"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What the centre should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", places)
