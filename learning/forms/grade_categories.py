"""Forms by which authors say what counts together in the grade."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm, TextsForm
from courses.models import GradeCategory, Lesson
from courses.services.grade_categories import CategoryFields
from learning.forms.texts import title


class CategoryForm(TextsForm):
    texts = {"title": title}

    weight = forms.DecimalField(
        label=_("Weight in the grade"),
        min_value=0,
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        help_text=_("The grade is the mean of the categories by their weights; 0: it does not count."),
    )
    drop_lowest = forms.IntegerField(
        label=_("How many of the lowest scores do not count"), min_value=0, max_value=100, initial=0
    )

    def category_fields(self) -> CategoryFields:
        return CategoryFields(self.text("title"), self.cleaned_data["weight"], self.cleaned_data["drop_lowest"])


class PlacesForm(ServiceForm):
    """Within which category each graded lesson counts.

    What stood there when the page was shown is sent along, so that of two authors each changes only what they touched.
    """

    def __init__(
        self, data: Mapping[str, Any] | None, *, lessons: Sequence[Lesson], categories: Sequence[GradeCategory]
    ) -> None:
        super().__init__(data)
        self.lessons = {str(lesson.uuid): lesson for lesson in lessons}
        self.categories = {str(category.uuid): category for category in categories}
        choices = [("", gettext("For itself")), *((key, str(category)) for key, category in self.categories.items())]
        for key, lesson in self.lessons.items():
            own = lesson.category
            self.fields[key] = forms.ChoiceField(
                label=lesson.name,
                choices=choices,
                required=False,
                initial=str(own.uuid) if own else "",
                show_hidden_initial=True,
                widget=forms.Select(attrs={"class": "select"}),
                error_messages={"invalid_choice": _("Somebody else has taken this category out meanwhile.")},
            )

    def places(self) -> dict[Lesson, GradeCategory | None]:
        """What this author changed."""
        return {self.lessons[key]: self.categories.get(self.cleaned_data[key]) for key in self.changed_data}
