"""When the lessons of a group open, by when they are to be done, and who is reminded of that."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from courses.models import Lesson
from courses.queries import assignment_rules_of
from enrollment.models import Cohort, Enrollment
from learning.models import DueExtension, LessonDate, QuizWindow, Work
from learning.queries.deadlines import due_at_for
from learning.queries.player import why_locked
from learning.services.deadlines import count_lateness_again

LONGEST_SHIFT = 3 * 366  # days


class LessonLocked(DomainError):
    code = "lesson-locked"
    status = 403


class NothingDue(InvalidInput):
    code = "nothing-due"
    message = gettext_lazy("This lesson has no date by which it is to be done.")


def refuse_if_locked(enrollment: Enrollment, lesson: Lesson) -> None:
    """Raises LessonLocked, which says why and until when."""
    if reasons := why_locked(enrollment, lesson):
        raise LessonLocked(" ".join(reasons))


@transaction.atomic
def set_dates(
    cohort: Cohort, lesson: Lesson, *, opens_at: datetime | None, due_at: datetime | None, by: User
) -> LessonDate | None:
    """Say when a lesson opens to a group and by when it is to be done; with neither, it has no dates.

    Raises InvalidInput.
    """
    cohort = _lock(cohort)
    if lesson.version_id != cohort.version_id:
        raise InvalidInput(_("This lesson is not of this course."))
    if opens_at and lesson.kind == Lesson.Kind.QUIZ:
        raise InvalidInput(_("A quiz opens and closes by the times of its group: see Quizzes."), field="opens_at")
    if opens_at and lesson.is_attended:
        raise InvalidInput(_("A class is open at its time in the calendar; nothing comes before it."), field="opens_at")
    if opens_at and due_at and opens_at >= due_at:
        raise InvalidInput(_("A lesson is due after it has opened."), field="due_at")
    audit.record("lesson.dates-set", cohort, by=by, lesson=str(lesson.uuid), opens_at=str(opens_at), due_at=str(due_at))
    if not (opens_at or due_at):
        LessonDate.objects.filter(cohort=cohort, lesson=lesson).delete()
        return None
    dates, _made = LessonDate.objects.update_or_create(
        cohort=cohort, lesson=lesson, defaults={"opens_at": opens_at, "due_at": due_at}
    )
    count_lateness_again(Work.objects.filter(enrollment__cohort=cohort, lesson=lesson))
    return dates


@transaction.atomic
def shift_dates(cohort: Cohort, *, days: int, by: User) -> int:
    """Move every date of a group's lessons by so many days, back where it is below 0; returns how many lessons.

    Raises InvalidInput.
    """
    cohort = _lock(cohort)
    if not days or abs(days) > LONGEST_SHIFT:
        raise InvalidInput(_("Give from 1 to 1098 days, with a minus to move back."), field="days")
    shift = timedelta(days=days)
    moved = LessonDate.objects.filter(cohort=cohort).update(
        opens_at=F("opens_at") + shift, due_at=F("due_at") + shift, updated_at=timezone.now()
    )
    if moved:
        audit.record("lesson.dates-shifted", cohort, by=by, days=days)
        count_lateness_again(Work.objects.filter(enrollment__cohort=cohort))
    return moved


@transaction.atomic
def copy_dates(source: Cohort, target: Cohort, *, shift: timedelta) -> None:
    """Give the copy of a group the dates of lessons and the times of quizzes so much later; lessons by their lineage.

    What stands there already stays.
    """
    twins = {one.lineage or one.uuid: one for one in target.version.lessons.only("uuid", "lineage")}

    def later(rows: Iterable[LessonDate | QuizWindow], *names: str) -> list[dict[str, object]]:
        found = ((twins.get(row.lesson.lineage or row.lesson.uuid), row) for row in rows)
        return [
            {"cohort": target, "lesson": twin}
            | {name: moment + shift if (moment := getattr(row, name)) else None for name in names}
            for twin, row in found
            if twin
        ]

    dates = later(LessonDate.objects.filter(cohort=source).select_related("lesson"), "opens_at", "due_at")
    windows = later(QuizWindow.objects.filter(cohort=source).select_related("lesson"), "opens_at", "closes_at")
    LessonDate.objects.bulk_create((LessonDate(**row) for row in dates), ignore_conflicts=True)
    QuizWindow.objects.bulk_create((QuizWindow(**row) for row in windows), ignore_conflicts=True)


@transaction.atomic
def extend_due(
    enrollment: Enrollment, lesson: Lesson, *, due_at: datetime | None, reason: str, by: User
) -> DueExtension | None:
    """Give one learner until another time for one lesson, or with no time the group's again.

    Raises NothingDue, InvalidInput.
    """
    _lock(enrollment.cohort)
    if due_at_for(enrollment, lesson, assignment_rules_of(lesson)) is None:
        raise NothingDue(field="lesson")
    if not reason.strip():
        raise InvalidInput(_("Say why this learner gets another time."), field="reason")
    audit.record("lesson.due-extended", enrollment, by=by, lesson=str(lesson.uuid), due_at=str(due_at))
    if due_at is None:
        DueExtension.objects.filter(enrollment=enrollment, lesson=lesson).delete()
        return None
    given, _made = DueExtension.objects.update_or_create(
        enrollment=enrollment, lesson=lesson, defaults={"due_at": due_at, "reason": reason.strip()[:500]}
    )
    count_lateness_again(Work.objects.filter(enrollment=enrollment, lesson=lesson))
    return given


def _lock(cohort: Cohort) -> Cohort:
    return Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
