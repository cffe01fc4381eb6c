"""The forms of training plans."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Organization, User
from base.forms import offer
from courses.models import Course
from enrollment.forms.filters import FilterForm
from enrollment.forms.intake import TradeForm
from reports.models import PlanLine, TrainingPlan
from reports.queries.plans import courses_near, districts_to_plan, owners_near, providers_near
from reports.services.plans import MOST_PEOPLE, LinePlan

YEARS_AHEAD = 2


class PlanFilterForm(FilterForm):
    """The plans of which season, of those that there are, and in which state."""

    season = forms.ChoiceField(label=_("Season"), required=False)
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *TrainingPlan.Status.choices]
    )

    def __init__(self, *args: Any, plans: "QuerySet[TrainingPlan]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seasons = plans.order_by("-year", "-season").values_list("year", "season").distinct()
        words = dict(TrainingPlan.Season.choices)
        known = [(f"{year}-{season}", f"{year}, {words[season]}") for year, season in seasons]
        offer(self, "season", [("", _("All seasons")), *known])

    def asked(self) -> dict[str, Any]:
        """What is filtered by, as fields of the plan."""
        asked = super().asked()
        year, _dash, season = asked.pop("season", "").partition("-")
        return asked | ({"year": int(year), "season": season} if season else {})


class StartForm(forms.Form):
    """Whose plan for which season."""

    district = forms.ModelChoiceField(District.objects.none(), label=_("District"), to_field_name="code")
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    season = forms.ChoiceField(label=_("Season"), choices=TrainingPlan.Season.choices)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        offer(self, "district", districts_to_plan(user))
        offer(self, "year", [(str(year), year) for year in range(today.year - 1, today.year + YEARS_AHEAD)])
        # The season to come: what has begun is mostly agreed on.
        self.initial.setdefault("year", today.year + (today.month > 6))
        self.initial.setdefault("season", TrainingPlan.Season.FIRST if today.month > 6 else TrainingPlan.Season.SECOND)


class LineForm(TradeForm):
    """A line of a plan: its occupation is named by a course or by words."""

    field_order = ("course", "words", "profession")

    course = forms.ModelChoiceField(
        Course.objects.none(),
        label=_("Course"),
        required=False,
        to_field_name="slug",
        empty_label=_("Any that leads to the occupation"),
    )
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Provider"),
        required=False,
        to_field_name="uuid",
        empty_label=_("Any provider"),
    )
    target = forms.IntegerField(
        label=_("Target"), max_value=MOST_PEOPLE, help_text=_("How many residents are to be enrolled.")
    )
    owner = forms.ChoiceField(label=_("Who answers for it"))
    due_on = forms.DateField(label=_("Due by"), widget=forms.DateInput)
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    reason = forms.CharField(
        label=_("Why the plan changes"),
        max_length=500,
        help_text=_("The plan is agreed: the reason stands in its history."),
    )

    def __init__(self, *args: Any, plan: TrainingPlan, line: PlanLine | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.line = plan, line
        course, provider = (line.course_id, line.organization_id) if line else (None, None)
        offer(self, "course", courses_near(plan.district, besides=course))
        offer(self, "organization", providers_near(plan.district, besides=provider))
        near = owners_near(plan.district)
        self.owners = {str(row.user.uuid): row.user for row in near}
        named = {str(row.user.uuid): f"{row.user.name}: {row.get_role_display()}, {row.place}" for row in near}
        if line:
            self.owners.setdefault(str(line.owner.uuid), line.owner)
            named.setdefault(str(line.owner.uuid), line.owner.name)
        offer(self, "owner", [("", "---------"), *named.items()])
        agreed = plan.status == TrainingPlan.Status.AGREED
        self.fields["target"].widget.attrs["min"] = 0 if agreed and line else 1
        if not agreed:
            del self.fields["reason"]
        elif line:
            self.fields["target"].help_text = _("How many residents are to be enrolled; 0 gives the line up.")

    def clean(self) -> dict[str, Any]:
        """Take the occupation from the course where none is named."""
        cleaned = super().clean()
        course = cleaned.get("course")
        if course and not str(self.data.get("words", "")).strip():
            cleaned["profession"] = course.profession
        if not cleaned.get("profession") and not self.errors:
            self.add_error("words", _("Choose a course, or name an occupation."))
        return cleaned

    def line_plan(self) -> LinePlan:
        typed = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return LinePlan(**typed | {"owner": self.owners[typed["owner"]]})


def values_of(line: PlanLine) -> dict[str, Any]:
    """What the form of a line begins with."""
    return {
        "course": line.course.slug if line.course else "",
        "words": line.profession.name,
        "organization": line.organization.uuid if line.organization else "",
        "target": line.target,
        "owner": str(line.owner.uuid),
        "due_on": line.due_on,
        "note": line.note,
    }


class CloseForm(forms.Form):
    note = forms.CharField(
        label=_("What is to be said of it"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
