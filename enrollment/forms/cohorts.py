"""Forms of cohorts and of the people in them."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from courses.models import Course, Lesson
from enrollment.forms.filters import FilterForm
from enrollment.models import Cohort, Enrollment
from enrollment.models.cohorts import ANSWERING, TEACHING
from enrollment.services.attendance import MOST_MINUTES
from enrollment.services.cohorts import MOST_SEATS, CohortPlan


class CohortFilterForm(FilterForm):
    """What keeps rows of the list of groups."""

    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All states")),
            ("draft", _("Draft")),
            ("open", _("Open")),
            ("running", _("Running")),
            ("finished", _("Finished")),
            ("cancelled", _("Cancelled")),
        ],
    )


class CohortForm(forms.Form):
    """A learning group of one of the user's providers; of a `cohort` that exists, all but its course and provider."""

    organization = forms.ModelChoiceField(
        label=_("Provider"), queryset=Organization.objects.none(), to_field_name="uuid", empty_label=None
    )
    course = forms.ModelChoiceField(label=_("Course"), queryset=Course.objects.none(), to_field_name="slug")
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("How people name the group: Sewing 2026-4."))
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput)
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput)
    enrol_until = forms.DateField(
        label=_("Last day to join"),
        widget=forms.DateInput,
        required=False,
        help_text=_("Without it people may join until the last day of the group."),
    )
    seats = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=MOST_SEATS,
        required=False,
        help_text=_("Leave it empty where there is no limit."),
    )
    mode = forms.ChoiceField(label=_("How it is taught"), choices=Cohort.Mode.choices, initial=Cohort.Mode.ON_SITE)
    language = forms.ChoiceField(label=_("Language of teaching"), choices=settings.LANGUAGES)
    venue = forms.CharField(label=_("Place"), max_length=300, required=False)
    instructors = forms.ModelMultipleChoiceField(
        label=_("Instructors"),
        queryset=User.objects.none(),
        to_field_name="uuid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    open_to_all = forms.BooleanField(label=_("Whoever is signed in may join without being sent"), required=False)
    on_request = forms.BooleanField(
        label=_("Whoever is signed in may ask for a place"),
        required=False,
        help_text=_("You or the staff manager of the organization answer."),
    )

    def __init__(self, *args: Any, user: User, cohort: Cohort | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {cohort.organization_id} if cohort else user.standing.organizations(*ANSWERING)
        teachers = Membership.objects.current().filter(organization__in=own, role__in=TEACHING)
        fields: dict[str, Any] = self.fields
        fields["organization"].queryset = Organization.objects.filter(pk__in=own)
        fields["course"].queryset = Course.objects.published().filter(self_paced=False).order_by("slug")
        fields["instructors"].queryset = User.objects.filter(pk__in=teachers.values("user")).select_related("person")
        fields["instructors"].label_from_instance = lambda teacher: teacher.name
        if cohort:
            del fields["organization"], fields["course"]
            self.initial = {name: getattr(cohort, name) for name in fields if name != "instructors"}
            self.initial["instructors"] = [teacher.uuid for teacher in cohort.instructors.all()]

    def plan(self) -> CohortPlan:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        return CohortPlan(
            **{name: typed[name] for name in typed if name not in ("organization", "course", "instructors")}
        )


class CancelForm(forms.Form):
    """Why a group is cancelled."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever sent a resident into this group reads it."),
    )


class PeopleSearchForm(forms.Form):
    """Whom to look for."""

    q = forms.CharField(label=_("Surname and name"), max_length=100)


class PersonForm(forms.Form):
    """Who of those found is let in."""

    person = forms.UUIDField()


class RosterForm(forms.Form):
    """Minutes of each learner of a group in one lesson on one day; an empty field says nothing."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput)
    reason = forms.CharField(
        label=_("Why minutes are taken back"),
        max_length=300,
        required=False,
        help_text=_("Only where a figure is lower than the one that stood here."),
    )

    def __init__(
        self,
        *args: Any,
        learners: QuerySet[Enrollment],
        minutes: dict[int, int],
        known: dict[int, int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = minutes if known is None else known
        self.learners = {f"minutes-{learner.uuid}": learner for learner in learners}
        for name, learner in self.learners.items():
            self.fields[name] = forms.IntegerField(
                label=learner.person.name,
                min_value=0,
                max_value=MOST_MINUTES,
                required=False,
                initial=minutes.get(learner.pk),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "input input-short"}),
            )

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("Attendance cannot lie in the future."))
        return on

    def minutes(self) -> dict[Enrollment, int]:
        """What was typed, by learner."""
        typed = self.cleaned_data
        return {learner: typed[name] for name, learner in self.learners.items() if typed.get(name) is not None}

    def seen(self) -> dict[Enrollment, int]:
        """What stood at each learner when the form was shown; nobody of whom the form does not say it."""
        said = {learner: self.data.get(f"was-{learner.uuid}", "x") for learner in self.learners.values()}
        return {one: int(was or 0) for one, was in said.items() if len(was) < 6 and (was.isdecimal() or not was)}

    def rows(self) -> list[forms.BoundField]:
        """The fields of the learners, for the table."""
        return [self[name] for name in self.learners]

    def rows_seen(self) -> list[tuple[forms.BoundField, str, int | str]]:
        """Each learner's field with the name and the value of the hidden one beside it: what stands there now."""
        return [
            (self[name], f"was-{learner.uuid}", self.known.get(learner.pk, ""))
            for name, learner in self.learners.items()
        ]


class RosterDayForm(forms.Form):
    """Which day's roster is shown."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput)


def planned_minutes(lesson: Lesson, learners: QuerySet[Enrollment]) -> dict[int, int]:
    """Everybody present for as long as planned."""
    return {learner.pk: lesson.minutes for learner in learners}
