"""How a quiz is taken: its time, which attempt counts, what learners see of the result. Only a draft is changed."""

from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import InvalidInput
from courses.models import Lesson, QuizRules
from courses.services.quizzes import NotQuiz
from courses.services.versions import lock_draft

LONGEST = 24 * 60  # minutes
LONGEST_GRACE = 600  # seconds


@dataclass(frozen=True)
class RuleFields:
    """The rules of a quiz, as QuizRules holds them."""

    minutes: int | None = None
    grace: int = 60
    counts: str = QuizRules.Counts.BEST
    penalty: Decimal = Decimal(0)
    score_shown: str = QuizRules.Shown.AT_ONCE
    right_shown: str = QuizRules.Shown.PASSED
    feedback_shown: str = QuizRules.Shown.AT_ONCE


@transaction.atomic
def save_rules(lesson: Lesson, fields: RuleFields, *, by: User | None) -> QuizRules:
    """Say how a quiz of a draft is taken. Raises NotQuiz, InvalidInput, VersionFrozen, VersionInReview."""
    lock_draft(lesson.version)
    if lesson.kind != Lesson.Kind.QUIZ:
        raise NotQuiz
    if fields.minutes is not None and not 1 <= fields.minutes <= LONGEST:
        raise InvalidInput(_("A quiz lasts from 1 minute to 24 hours."), field="minutes")
    if not 0 <= fields.grace <= LONGEST_GRACE:
        raise InvalidInput(_("Answers are waited for at most ten minutes."), field="grace")
    if not 0 <= fields.penalty <= 1:
        raise InvalidInput(_("A wrong answer takes from 0 to 100 per cent of its points."), field="penalty")
    if fields.counts not in QuizRules.Counts.values:
        raise InvalidInput(field="counts")
    for name in ("score_shown", "right_shown", "feedback_shown"):
        if getattr(fields, name) not in QuizRules.Shown.values:
            raise InvalidInput(field=name)
    rules, _made = QuizRules.objects.update_or_create(lesson=lesson, defaults=asdict(fields))
    audit.record("quiz.rules-saved", on=lesson, by=by, **{name: str(value) for name, value in asdict(fields).items()})
    return rules
