"""Forms by which authors say how a quiz is taken, and instructors when, and who gets more time."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from base.forms import ServiceForm
from courses.models import QuizRules
from courses.services.quiz_rules import LONGEST, LONGEST_GRACE, RuleFields
from learning.models import ExtraTime, QuizWindow
from learning.services.times import MOST_EXTRA_MINUTES, MOST_EXTRA_PERCENT


class QuizRulesForm(ServiceForm):
    minutes = forms.IntegerField(
        label=_("Time limit, in minutes"),
        required=False,
        min_value=1,
        max_value=LONGEST,
        help_text=_("Empty: no limit. The server keeps the time; what is open when it is up is handed in by itself."),
    )
    grace = forms.IntegerField(
        label=_("Seconds in which answers on their way are still taken"), min_value=0, max_value=LONGEST_GRACE
    )
    counts = forms.ChoiceField(label=_("Of several attempts counts"), choices=QuizRules.Counts)
    penalty = forms.IntegerField(
        label=_("A wrong answer takes away, in per cent of its points"),
        min_value=0,
        max_value=100,
        help_text=_("0: nothing. No answer takes nothing, and a quiz is never worth less than 0."),
    )
    score_shown = forms.ChoiceField(label=_("The learner sees the score"), choices=QuizRules.Shown)
    right_shown = forms.ChoiceField(label=_("The learner sees the right answers"), choices=QuizRules.Shown)
    feedback_shown = forms.ChoiceField(label=_("The learner sees the feedback"), choices=QuizRules.Shown)

    def __init__(self, data: QueryDict | None, *, rules: QuizRules) -> None:
        initial = {name: getattr(rules, name) for name in asdict(RuleFields())}
        super().__init__(data, initial=initial | {"penalty": round(100 * rules.penalty)})

    def rule_fields(self) -> RuleFields:
        return RuleFields(**self.cleaned_data | {"penalty": Decimal(self.cleaned_data["penalty"]) / 100})


def moment(label: Any) -> forms.DateTimeField:
    kind = {"type": "datetime-local", "class": "input-short"}
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs=kind, format="%Y-%m-%dT%H:%M"),
    )


class WindowForm(ServiceForm):
    """When a group may take a quiz."""

    opens_at = moment(_("Opens"))
    closes_at = moment(_("Closes"))

    def __init__(self, data: QueryDict | None, *, window: QuizWindow | None) -> None:
        initial = {"opens_at": window.opens_at, "closes_at": window.closes_at} if window else {}
        super().__init__(data, initial=initial)


class ExtraTimeForm(ServiceForm):
    minutes = forms.IntegerField(
        label=_("Minutes more"),
        required=False,
        min_value=0,
        max_value=MOST_EXTRA_MINUTES,
        help_text=_("For every quiz of this course. Leave minutes and share empty to give no more time."),
    )
    percent = forms.IntegerField(
        label=_("Or per cent of the time limit"), required=False, min_value=0, max_value=MOST_EXTRA_PERCENT
    )
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: QueryDict | None, *, given: ExtraTime | None) -> None:
        initial = {name: getattr(given, name) for name in ("minutes", "percent", "reason")} if given else {}
        super().__init__(data, initial=initial)
