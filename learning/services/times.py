"""When a quiz may be taken, and how long one takes: time limit, a group's window, a learner's extra time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from courses.models import Lesson, QuizRules
from courses.queries import rules_of
from enrollment.models import Cohort, Enrollment
from learning.models import Attempt, ExtraTime, QuizWindow

MOST_EXTRA_MINUTES = 24 * 60
MOST_EXTRA_PERCENT = 400


class QuizNotOpen(DomainError):
    code = "quiz-not-open"
    message = _("This quiz is not open yet.")


class QuizClosed(DomainError):
    code = "quiz-closed"
    message = _("This quiz is closed: no attempt can begin any more.")


@dataclass(frozen=True)
class Times:
    """When the time of an attempt is up, and until when answers on their way are taken; None: never."""

    due_at: datetime | None
    closes_at: datetime | None


def refuse_outside_window(enrollment: Enrollment, quiz: Lesson, *, now: datetime) -> None:
    """Raises QuizNotOpen, QuizClosed."""
    window = window_of(enrollment.cohort, quiz)
    if window and window.opens_at and now < window.opens_at:
        raise QuizNotOpen
    if window and window.closes_at and now >= window.closes_at:
        raise QuizClosed


def times_for(enrollment: Enrollment, quiz: Lesson, rules: QuizRules, *, started_at: datetime) -> Times:
    """The time of an attempt: the limit, cut off where the quiz closes; extra time is on top of both."""
    limit = timedelta(minutes=rules.minutes or 0)
    given = ExtraTime.objects.filter(enrollment=enrollment).first()
    extra = given.beyond(limit) if given else timedelta()
    window = window_of(enrollment.cohort, quiz)
    ends = [started_at + limit + extra] if rules.minutes else []
    if window and window.closes_at:
        ends.append(window.closes_at + extra)
    due_at = min(ends, default=None)
    return Times(due_at, due_at + timedelta(seconds=rules.grace) if due_at else None)


def window_of(cohort: Cohort, quiz: Lesson) -> QuizWindow | None:
    return QuizWindow.objects.filter(cohort=cohort, lesson=quiz).first()


@transaction.atomic
def set_window(
    cohort: Cohort, quiz: Lesson, *, opens_at: datetime | None, closes_at: datetime | None, by: User
) -> QuizWindow:
    """Say when a group may take a quiz; an attempt in hand never loses time that it was given. Raises InvalidInput."""
    if quiz.kind != Lesson.Kind.QUIZ or quiz.version_id != cohort.version_id:
        raise InvalidInput(_("This lesson is not a quiz of this group."))
    if opens_at and closes_at and opens_at >= closes_at:
        raise InvalidInput(_("A quiz closes after it has opened."), field="closes_at")
    window, _made = QuizWindow.objects.update_or_create(
        cohort=cohort, lesson=quiz, defaults={"opens_at": opens_at, "closes_at": closes_at}
    )
    audit.record(
        "quiz.window-set", cohort, by=by, lesson=str(quiz.uuid), opens_at=str(opens_at), closes_at=str(closes_at)
    )
    _lengthen(Attempt.objects.filter(enrollment__cohort=cohort, lesson=quiz))
    return window


@transaction.atomic
def give_extra_time(
    enrollment: Enrollment, *, minutes: int | None, percent: int | None, reason: str, by: User
) -> ExtraTime | None:
    """Give a learner more time in every quiz of a course, or with neither minutes nor share no more of it.

    An attempt in hand gets it too; none gets shorter. Raises InvalidInput.
    """
    if minutes and percent:
        raise InvalidInput(_("Give minutes or a share, not both."), field="percent")
    if not 0 <= (minutes or 0) <= MOST_EXTRA_MINUTES:
        raise InvalidInput(_("Give from 1 minute to 24 hours."), field="minutes")
    if not 0 <= (percent or 0) <= MOST_EXTRA_PERCENT:
        raise InvalidInput(_("Give from 1 to 400 per cent of the time."), field="percent")
    if not reason.strip():
        raise InvalidInput(_("Say why this learner gets another time."), field="reason")
    audit.record("extra-time.given", enrollment, by=by, minutes=minutes, percent=percent)
    if not (minutes or percent):
        ExtraTime.objects.filter(enrollment=enrollment).delete()
        return None
    values = {"minutes": minutes or None, "percent": percent or None, "reason": reason.strip()}
    given, _made = ExtraTime.objects.update_or_create(enrollment=enrollment, defaults=values)
    _lengthen(Attempt.objects.filter(enrollment=enrollment))
    return given


def _lengthen(attempts: QuerySet[Attempt]) -> None:
    """Count the times of open attempts again, under their locks; only a later end replaces one that stands."""
    open_ones = attempts.filter(status=Attempt.Status.OPEN).select_related("enrollment__cohort", "lesson")
    for attempt in open_ones.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        rules = rules_of(attempt.lesson)
        times = times_for(attempt.enrollment, attempt.lesson, rules, started_at=attempt.started_at)
        if attempt.due_at is None or times.due_at is None or times.due_at > attempt.due_at:
            attempt.due_at, attempt.closes_at = times.due_at, times.closes_at
            attempt.save(update_fields=["due_at", "closes_at", "updated_at"])
