"""Forms of contesting a figure and of deciding about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Lesson
from enrollment.models import Enrollment, Objection

About = Objection.About


class ContestForm(forms.Form):
    """What is wrong, as the learner says it."""

    about = forms.ChoiceField(label=_("What is wrong?"), choices=About.choices, widget=forms.RadioSelect)
    lesson = forms.ModelChoiceField(Lesson.objects.none(), label=_("Lesson"), to_field_name="uuid", required=False)
    words = forms.CharField(
        label=_("How is it really?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say the day and what you can show for it."),
    )

    def __init__(self, *args: Any, enrollment: Enrollment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_lessons(self, enrollment)


class RejectForm(forms.Form):
    """Why the figure stays as it is."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The learner reads it."))


class UpholdForm(RejectForm):
    """What is right; of a contested decision nothing is asked but why it is turned round."""

    lesson = forms.ModelChoiceField(Lesson.objects.none(), label=_("Lesson"), to_field_name="uuid")
    minutes = forms.IntegerField(
        label=_("Minutes to add"), min_value=-1440, max_value=1440, help_text=_("With a minus they are taken back.")
    )
    score = forms.DecimalField(
        label=_("The score that is right"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    field_order = ("lesson", "minutes", "score", "reason")

    def __init__(self, *args: Any, objection: Objection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_lessons(self, objection.enrollment)
        asked = {About.ATTENDANCE: {"lesson", "minutes"}, About.GRADE: {"lesson", "score"}}
        for name in {"lesson", "minutes", "score"} - asked.get(About(objection.about), set()):
            del self.fields[name]
        if objection.lesson:
            self.initial["lesson"] = objection.lesson.uuid


def offer_lessons(form: forms.Form, enrollment: Enrollment) -> None:
    field: Any = form.fields["lesson"]
    field.queryset = Lesson.objects.filter(version=enrollment.cohort.version_id).defer("body").order_by("position")
    field.label_from_instance = lambda lesson: lesson.name
