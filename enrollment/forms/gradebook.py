"""Forms of the gradebook of a group."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.forms.filters import FilterForm
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
