"""Forms of the calendar: classes, weekly patterns, rooms."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from base.dates import moment_at
from courses.models import Lesson
from enrollment.models import Cohort, Meeting, Room, Weekday
from enrollment.models.cohorts import ANSWERING, TEACHING
from enrollment.queries.clashes import MeetingPlan
from enrollment.services.meetings import WeekPattern


def time_field(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "class": "input-short"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget)


class PlaceForm(forms.Form):
    """From when until when a class is, in which room, with whom, for which lesson."""

    starts = time_field(_("Begins"))
    ends = time_field(_("Ends"))
    lesson = forms.ModelChoiceField(
        Lesson.objects.none(),
        label=_("On-site lesson"),
        to_field_name="uuid",
        required=False,
        help_text=_("Its minutes count as attendance; the code on the wall needs it."),
    )
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), to_field_name="uuid", required=False)
    instructor = forms.ModelChoiceField(
        User.objects.none(), label=_("Instructor"), to_field_name="uuid", required=False
    )

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teachers = Membership.objects.current().filter(organization=cohort.organization_id, role__in=TEACHING)
        fields: dict[str, Any] = self.fields
        lessons = cohort.version.lessons.filter(kind=Lesson.Kind.ON_SITE).defer("body")
        fields["lesson"].queryset = lessons
        fields["lesson"].label_from_instance = lambda lesson: lesson.name
        fields["room"].queryset = Room.objects.filter(organization=cohort.organization_id, is_in_use=True)
        users = User.objects.filter(pk__in=teachers.values("user")).select_related("person")
        fields["instructor"].queryset = users.order_by("person__search_key", "pk")
        fields["instructor"].label_from_instance = lambda teacher: teacher.name

    def suggest(self, cohort: Cohort) -> None:
        """Begin with the group's one lesson and one instructor, where there is one."""
        for name, rows in (("lesson", self.lessons), ("instructor", cohort.instructors.all()[:2])):
            if len(rows) == 1:
                self.initial.setdefault(name, rows[0].uuid)

    @property
    def lessons(self) -> list[Lesson]:
        field: Any = self.fields["lesson"]
        return list(field.queryset[:2])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The class ends before it begins."))
        return cleaned


class MeetingForm(PlaceForm):
    """One class of a group."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput)
    field_order = ("on",)

    def __init__(self, *args: Any, meeting: Meeting | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if meeting is None:
            return
        starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
        self.initial.update(on=starts.date(), starts=starts.time(), ends=ends.time())
        for name in ("lesson", "room", "instructor"):
            row = getattr(meeting, name)
            self.initial[name] = row.uuid if row else None

    def plan(self) -> MeetingPlan:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        starts, ends = (moment_at(typed["on"], typed[name]) for name in ("starts", "ends"))
        places = {name: typed[name] for name in ("lesson", "room", "instructor")}
        return MeetingPlan(starts_at=starts, ends_at=ends, **places)


class PatternForm(PlaceForm):
    """Classes on some days of each week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"), coerce=int, choices=Weekday.choices, widget=forms.CheckboxSelectMultiple
    )
    since = forms.DateField(label=_("From"), widget=forms.DateInput)
    until = forms.DateField(label=_("Up to and including"), widget=forms.DateInput)
    field_order = ("weekdays", "starts", "ends", "since", "until")

    def pattern(self) -> WeekPattern:
        """What was typed, as the service takes it."""
        return WeekPattern(**self.cleaned_data)


class CalendarFilterForm(forms.Form):
    """Whose classes the calendar shows, and in which room."""

    whose = forms.ChoiceField(
        label=_("Whose"), required=False, choices=[("", _("All classes")), ("mine", _("Classes that I hold"))]
    )
    room = forms.ModelChoiceField(
        Room.objects.none(), label=_("Room"), to_field_name="uuid", required=False, empty_label=_("All rooms")
    )
    week = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rooms: QuerySet[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["room"].queryset = rooms
        self.is_valid()

    def asked(self) -> dict[str, Any]:
        """As `taught_meetings` takes it; what cannot be read is left out."""
        return {"mine": self.cleaned_data.get("whose") == "mine", "room": self.cleaned_data.get("room")}

    def day(self) -> date:
        """The day whose week is shown; today where none is named, or one that no calendar reaches."""
        day: date = self.cleaned_data.get("week") or timezone.localdate()
        far = timedelta(days=3660)
        return day if abs(day - timezone.localdate()) < far else timezone.localdate()


class RoomForm(forms.Form):
    """A room of one of the user's providers."""

    organization = forms.ModelChoiceField(
        label=_("Provider"), queryset=Organization.objects.none(), to_field_name="uuid", empty_label=None
    )
    name = forms.CharField(label=_("Name of the room"), max_length=100, help_text=_("As it stands on its door."))
    capacity = forms.IntegerField(
        label=_("Places"), min_value=1, max_value=10_000, required=False, help_text=_("How many learners it holds.")
    )
    is_in_use = forms.BooleanField(label=_("Classes are held in it"), required=False, initial=True)

    def __init__(self, *args: Any, user: User, room: Room | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        own = Organization.objects.filter(pk__in=user.standing.organizations(*ANSWERING))
        if room:
            del fields["organization"]
            self.initial = {name: getattr(room, name) for name in ("name", "capacity", "is_in_use")}
        else:
            fields["organization"].queryset = own


class MeetingCancelForm(forms.Form):
    """Why a class is called off."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The learners of the group read it."))
