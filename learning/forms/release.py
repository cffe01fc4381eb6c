"""Forms by which authors say what comes before a lesson or module, and instructors when lessons open and are due."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm, offer
from courses.models import Lesson, Module, ReleaseRule
from courses.services.release import LONGEST, ReleaseFields
from learning.forms.quizzes import moment
from learning.models import LessonDate
from learning.services.release import LONGEST_SHIFT


class ReleaseForm(ServiceForm):
    """What comes before a lesson or module of a draft."""

    after = forms.ChoiceField(label=_("Opens after"), required=False)
    least_score = forms.DecimalField(
        label=_("With at least so many of 100"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("For a lesson that is graded. Empty: it is enough that it is done."),
    )
    days = forms.IntegerField(
        label=_("Days after learning began"),
        required=False,
        min_value=1,
        max_value=LONGEST,
        help_text=_("Counted from the first day of the group; where it has none, from when the learner began."),
    )

    def __init__(self, data: QueryDict | None, *, target: Lesson | Module, rule: ReleaseRule | None) -> None:
        initial = {"least_score": rule.least_score, "days": rule.days} if rule else {}
        after = str(rule.after.uuid) if rule and rule.after else ""
        super().__init__(data, initial=initial | {"after": after})
        modules = target.version.modules.prefetch_related("lessons")
        self.targets: dict[str, Lesson | Module] = {}
        choices: list[tuple[str, object]] = [("", _("nothing: it is open at once"))]
        for module in modules:
            whole = _("the whole of “%(name)s”") % {"name": module}
            rows = [module, *module.lessons.all()]
            offered = [(str(row.uuid), whole if row is module else row.name) for row in rows if row.uuid != target.uuid]
            self.targets |= {str(row.uuid): row for row in rows}
            choices.append((str(module), offered))
        offer(self, "after", choices)

    def release_fields(self) -> ReleaseFields:
        values = self.cleaned_data
        return ReleaseFields(self.targets.get(values["after"]), values["least_score"], values["days"])


class DatesForm(ServiceForm):
    """When a lesson opens to a group, and by when it is to be done."""

    opens_at = moment(_("Opens"))
    due_at = moment(_("Due"))

    def __init__(self, data: QueryDict | None, *, lesson: Lesson, dates: LessonDate | None) -> None:
        super().__init__(data, initial={"opens_at": dates.opens_at, "due_at": dates.due_at} if dates else {})
        if lesson.kind == Lesson.Kind.QUIZ or lesson.is_attended:
            del self.fields["opens_at"]


class ShiftForm(ServiceForm):
    days = forms.IntegerField(
        label=_("Move all dates by so many days"),
        min_value=-LONGEST_SHIFT,
        max_value=LONGEST_SHIFT,
        help_text=_("With a minus they move back."),
    )


class ExtensionForm(ServiceForm):
    """Until when one learner has time for a lesson."""

    lesson = forms.ChoiceField(label=_("Lesson"))
    due_at = moment(_("Due for this learner"))
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: QueryDict | None, *, lessons: Iterable[Lesson]) -> None:
        super().__init__(data)
        self.fields["due_at"].help_text = _("Empty: by the date of the group again.")
        self.lessons = {str(one.uuid): one for one in lessons}
        offer(self, "lesson", [(uuid, lesson.name) for uuid, lesson in self.lessons.items()])
