"""Forms of the gradebook of a group."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from enrollment.forms.filters import FilterForm
from enrollment.forms.imports import TableFileForm
from enrollment.models import LessonProgress
from enrollment.queries.gradebook import Asked, Group


class SheetFilterForm(FilterForm):
    """Of whom, and of one lesson or of all."""

    q = forms.CharField(
        label=_("Name"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    lesson = forms.ChoiceField(label=_("Lesson"), required=False)
    show = forms.ChoiceField(label=_("Only those"), required=False)

    SHOW: tuple[tuple[str, Any], ...] = ()

    def __init__(self, *args: Any, groups: Sequence[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lessons = {str(lesson.uuid): lesson for group in groups for lesson in group.lessons}
        field: Any = self.fields["lesson"]
        field.choices = [("", _("All lessons")), *((key, one.title) for key, one in self.lessons.items())]
        field = self.fields["show"]
        field.choices = [("", _("Everybody")), *self.SHOW]

    def asked(self) -> dict[str, Any]:
        """The lesson itself; without one nobody is missing in it."""
        asked = super().asked()
        lesson: Asked | None = self.lessons.get(asked.get("lesson", ""))
        return asked | {"lesson": lesson, "show": asked.get("show", "") if lesson else ""}


class GradebookFilterForm(SheetFilterForm):
    SHOW = (("missing", _("without a result in this lesson")), ("failing", _("below its smallest score")))


class CompletionFilterForm(SheetFilterForm):
    SHOW = (("undone", _("who have not done this lesson")),)


class OverrideForm(forms.Form):
    """Which result is to count, and why. `seen` is the one that counted when the page was shown."""

    score = forms.DecimalField(
        label=_("The result that counts"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=_("From 0 to 100, whatever was earned."),
    )
    undo = forms.BooleanField(label=_("Let what was earned count again"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.DecimalField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, progress: LessonProgress) -> None:
        super().__init__(data, initial={"score": progress.score, "seen": progress.score})
        if progress.override is None:
            del self.fields["undo"]
            self.fields["score"].required = True

    @property
    def wanted(self) -> Decimal | None:
        """None: what was earned."""
        return None if self.cleaned_data.get("undo") else self.cleaned_data["score"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "score" in cleaned and cleaned["score"] is None and not cleaned.get("undo"):
            self.add_error("score", _("Write the result that is to count."))
        return cleaned

    def look_at(self, progress: LessonProgress) -> None:
        """Go on from what counts now."""
        if progress.pk:
            progress.refresh_from_db()
        score = "" if progress.score is None else str(progress.score)
        self.data = {**self.data.dict(), "seen": score}  # type: ignore[attr-defined]  # a QueryDict


class ResultsForm(TableFileForm):
    """A gradebook that comes back, and why what differs is changed."""

    reason = forms.CharField(
        label=_("Why the results are changed"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Each learner whose results change reads it."),
    )
