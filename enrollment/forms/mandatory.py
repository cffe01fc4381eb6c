"""Forms of mandatory training."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, PostCategory, User
from base.dates import month_name
from base.forms import offer
from courses.models import Course
from enrollment.deadlines import YEAR_END, Schedule
from enrollment.forms.filters import FilterForm
from enrollment.models import ExemptionReason
from enrollment.models.mandatory import RULING
from enrollment.queries.training import courses_required
from enrollment.services.training_rules import MOST_DAYS, MOST_MONTHS, MOST_YEARS, RulePlan

MOST_CHOICES = 200


def _months() -> list[tuple[int, str]]:
    return [(number, month_name(number)) for number in range(1, 13)]


class TrainingFilterForm(FilterForm):
    """What keeps rows of the list of mandatory training."""

    q = forms.CharField(
        label=_("Name"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Asked now")),
            ("overdue", _("Overdue")),
            ("soon", _("Due within 30 days")),
            ("due", _("To take")),
            ("started", _("Begun")),
            ("exempt", _("Exempt")),
            ("met", _("Taken")),
            ("ended", _("No longer asked")),
            ("all", _("All")),
        ],
    )
    course = forms.ModelChoiceField(
        Course.objects.none(), to_field_name="slug", label=_("Course"), required=False, empty_label=_("All courses")
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
        offer(self, "course", courses_required(user))
        own = user.standing.organizations(Membership.Role.STAFF_MANAGER)
        if len(own) > 1:
            offer(self, "organization", Organization.objects.filter(pk__in=own))
        else:
            del self.fields["organization"]


class RuleForm(forms.Form):
    """What is asked, of whom, and how often."""

    issuer = forms.ModelChoiceField(
        Organization.objects.none(), to_field_name="uuid", label=_("Who asks for it"), empty_label=None
    )
    course = forms.ModelChoiceField(
        Course.objects.none(), to_field_name="slug", label=_("Course"), empty_label=_("Choose a course")
    )
    repeats = forms.ChoiceField(
        label=_("How often"),
        widget=forms.RadioSelect,
        initial="years",
        choices=[
            ("once", _("Once")),
            ("months", _("Again a number of months after it was taken")),
            ("years", _("Again after a number of calendar years, by a day of the year")),
        ],
    )
    every_months = forms.IntegerField(
        label=_("Months until the next time"), min_value=1, max_value=MOST_MONTHS, required=False
    )
    every_years = forms.IntegerField(
        label=_("Calendar years until the next time"), min_value=1, max_value=MOST_YEARS, required=False, initial=3
    )
    by_day = forms.IntegerField(
        label=_("Day of the deadline"), min_value=1, max_value=31, required=False, initial=YEAR_END[1]
    )
    by_month = forms.TypedChoiceField(
        label=_("Month of the deadline"), coerce=int, choices=_months, required=False, initial=YEAR_END[0]
    )
    within_days = forms.IntegerField(
        label=_("Days from the appointment to the first deadline"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        help_text=_("Without it, the first deadline falls as if the course had been taken on the day of appointment."),
    )
    employers = forms.ModelMultipleChoiceField(
        Organization.objects.none(),
        to_field_name="uuid",
        label=_("Organizations, with all their units"),
        required=False,
        help_text=_("None chosen: every employer. Only an academy asks that of everybody."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    categories = forms.ModelMultipleChoiceField(
        PostCategory.objects.none(),
        to_field_name="code",
        label=_("Posts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every post."),
    )
    valid_from = forms.DateField(label=_("In force from"), widget=forms.DateInput)
    basis = forms.CharField(
        label=_("What it rests on"), max_length=300, required=False, help_text=_("The act and its article.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        issuers = Organization.objects.filter(pk__in=user.standing.organizations(*RULING))
        own = user.standing.organizations(Membership.Role.STAFF_MANAGER)
        is_academy = user.standing.has(Membership.Role.ACADEMY_ADMIN)
        fields["issuer"].queryset = issuers
        fields["course"].queryset = Course.objects.published().order_by("slug")
        employers = Organization.objects.employers()
        fields["employers"].queryset = employers if is_academy else employers.filter(pk__in=own)
        if not is_academy:
            fields["employers"].widget = forms.CheckboxSelectMultiple(choices=fields["employers"].choices)
            fields["employers"].help_text = _("None chosen: the organization that asks, with all its units.")
        fields["categories"].queryset = PostCategory.objects.valid_on(timezone.localdate()).order_by("pk")
        fields["valid_from"].initial = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for repeats, field in (("months", "every_months"), ("years", "every_years"), ("once", "within_days")):
            if typed.get("repeats") == repeats and field not in self.errors and not typed.get(field):
                self.add_error(field, _("Give this number."))
        return typed

    def plan(self) -> RulePlan:
        """What was typed, as the service takes it; an employer that names nobody means itself."""
        typed = self.cleaned_data
        repeats, issuer = typed["repeats"], typed["issuer"]
        employers = list(typed["employers"])
        if not employers and not issuer.is_provider:
            employers = [issuer]
        schedule = Schedule(
            within_days=typed["within_days"],
            every_months=typed["every_months"] if repeats == "months" else None,
            every_years=typed["every_years"] if repeats == "years" else None,
            by=(typed["by_month"] or YEAR_END[0], typed["by_day"] or YEAR_END[1]),
        )
        return RulePlan(
            schedule=schedule,
            valid_from=typed["valid_from"],
            basis=typed["basis"],
            employers=employers,
            categories=list(typed["categories"]),
        )


class EndRuleForm(forms.Form):
    """From when on a rule holds no longer."""

    on = forms.DateField(label=_("No longer in force from"), widget=forms.DateInput, initial=timezone.localdate)


class ExemptForm(forms.Form):
    """Why somebody need not take a course, and how long."""

    reason = forms.ModelChoiceField(
        ExemptionReason.objects.none(), to_field_name="code", label=_("Reason"), empty_label=_("Choose a reason")
    )
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput, initial=timezone.localdate)
    until = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput,
        required=False,
        help_text=_("The last day. Leave it empty where no end is known."),
    )
    note = forms.CharField(
        label=_("What it rests on"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason: Any = self.fields["reason"]
        reason.queryset = ExemptionReason.objects.valid_on(timezone.localdate())

    def asked(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        return {
            "reason": typed["reason"].code,
            "starts_on": typed["starts_on"],
            "ends_on": typed["until"] + timedelta(days=1) if typed["until"] else None,
            "note": typed["note"],
        }
