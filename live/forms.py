"""What is typed about classes."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.errors import DomainError
from courses.models import Lesson
from enrollment.forms.calendar import time_field
from enrollment.models import Cohort, Weekday
from enrollment.services.meetings import WeekPattern
from learning.forms.bank import BankFilterForm
from live.media import janus
from live.models import Guest, LiveSession
from live.services.polls import QUIZ_KINDS


class TeacherField(forms.ModelChoiceField[User]):
    """Users, by name."""

    def label_from_instance(self, obj: User) -> str:
        return obj.name


class LessonField(forms.ModelChoiceField[Lesson]):
    """Lessons, by name."""

    def label_from_instance(self, obj: Lesson) -> str:
        return obj.name


class SessionForm(forms.Form):
    """When a class is, and of which lesson; of a class that is planned only the time can be changed."""

    lesson = forms.ModelChoiceField(Lesson.objects.none(), label=_("Lesson"), empty_label=None)
    starts_at = forms.DateTimeField(
        label=_("Day and time"),
        help_text=_("Tashkent time."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input-short"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.IntegerField(
        label=_("How many minutes it lasts"),
        min_value=5,
        max_value=480,
        initial=60,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )
    teacher = TeacherField(User.objects.none(), label=_("Who teaches"), required=False)

    is_open_floor = forms.BooleanField(
        label=_("Learners may speak without being given the word"),
        help_text=_("Suits small groups. Otherwise they raise a hand."),
        required=False,
    )

    lobby = forms.ChoiceField(
        label=_("Who waits to be let in"),
        help_text=_("Who leads the class lets them in, one by one or all, and changes this at any time."),
        choices=LiveSession.Lobby.choices,
        initial=LiveSession.Lobby.GUESTS,
        required=False,
    )

    recording_days = forms.IntegerField(
        label=_("For how many days a recording is kept"),
        help_text=_("Left empty: as long as usual."),
        min_value=1,
        max_value=3650,
        required=False,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )

    def __init__(self, *args: Any, cohort: Cohort, user: User, session: LiveSession | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not janus.is_here():
            del self.fields["is_open_floor"], self.fields["recording_days"]
        lesson, teacher = self.fields["lesson"], self.fields["teacher"]
        assert isinstance(lesson, forms.ModelChoiceField)
        assert isinstance(teacher, TeacherField)
        lesson.queryset = cohort.version.lessons.filter(kind=Lesson.Kind.LIVE)
        teacher.queryset = cohort.instructors.select_related("person")
        if cohort.instructors.contains(user):
            teacher.initial = user.pk
        if session:
            for name in ("lesson", "teacher", "is_open_floor", "recording_days", "lobby"):
                self.fields.pop(name, None)
            length = (session.ends_at - session.starts_at) // timedelta(minutes=1)
            self.initial = {"starts_at": session.starts_at, "minutes": length}
        elif first := lesson.queryset.first():
            self.initial["minutes"] = first.minutes or 60

    def plan(self) -> dict[str, Any]:
        """The cleaned values as `schedule_session` takes them."""
        plan = dict(self.cleaned_data)
        length = timedelta(minutes=plan.pop("minutes"))
        lobby = {"lobby": plan["lobby"] or LiveSession.Lobby.GUESTS} if "lobby" in plan else {}
        return plan | lobby | {"ends_at": plan["starts_at"] + length}

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at the field that it is about."""
        field = {"ends_at": "minutes"}.get(error.field or "", error.field)
        self.add_error(field if field in self.fields else None, str(error))


class SeriesForm(forms.Form):
    """Classes at one time on some days of each week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"), coerce=int, choices=Weekday.choices, widget=forms.CheckboxSelectMultiple
    )
    starts = time_field(_("Begins"))
    ends = time_field(_("Ends"))
    since = forms.DateField(label=_("From"), widget=forms.DateInput)
    until = forms.DateField(label=_("Up to and including"), widget=forms.DateInput)
    lesson = LessonField(
        Lesson.objects.none(),
        label=_("Lesson"),
        required=False,
        empty_label=_("The live lessons in their order, one class each"),
    )
    instructor = TeacherField(User.objects.none(), label=_("Who teaches"), required=False)

    def __init__(self, *args: Any, cohort: Cohort, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["lesson"].queryset = cohort.version.lessons.filter(kind=Lesson.Kind.LIVE).defer("body")
        fields["instructor"].queryset = cohort.instructors.select_related("person")
        self.initial.update(since=cohort.starts_on, until=cohort.ends_on)
        if cohort.instructors.contains(user):
            self.initial["instructor"] = user.pk

    def pattern(self) -> WeekPattern:
        """What was typed, as `schedule_series` takes it."""
        return WeekPattern(**self.cleaned_data)

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at the field that it is about."""
        field = {"starts_at": "starts", "ends_at": "ends", "teacher": "instructor"}.get(error.field or "", error.field)
        self.add_error(field if field in self.fields else None, str(error))


class GuestForm(forms.Form):
    """What a guest is called in the class."""

    name = forms.CharField(
        label=_("Your name"), max_length=Guest.LONGEST_NAME, help_text=_("Everybody in the class sees it.")
    )


class MinutesForm(forms.Form):
    """How long somebody was there, and why that differs from what was counted."""

    minutes = forms.IntegerField(
        label=_("Minutes that count"),
        min_value=0,
        max_value=24 * 60,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stays with the correction, with your name.")
    )


class QuizFilterForm(BankFilterForm):
    """What keeps questions of the bank that can be asked in a class."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All kinds")), *((kind.value, kind.label) for kind in QUIZ_KINDS)],
    )
    retired = None  # type: ignore[assignment]  # as Django takes a field out; none of them is taken


class QuizForm(forms.Form):
    """A question of the bank that was chosen."""

    question = forms.UUIDField()
    shows_results = forms.BooleanField(required=False)
