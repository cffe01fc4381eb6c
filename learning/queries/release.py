"""What is known of when the lessons of one learner open, and by when they are to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from base.compiled import CompiledQuery
from base.languages import localized
from courses.models import ReleaseRule
from enrollment.models import Cohort, Enrollment, LessonProgress
from learning.models import DueExtension, LessonDate
from learning.release import Rule, Terms

RULES = CompiledQuery(
    lambda version: ReleaseRule.objects.filter(version=version).values_list(
        "lesson_id", "module_id", "after_lesson_id", "after_module_id", "least_score", "days"
    )
)
DATES = CompiledQuery(
    lambda cohort: LessonDate.objects.filter(cohort=cohort).values_list("lesson_id", "opens_at", "due_at")
)


def terms_of(version: int, dates: Sequence[tuple[int, datetime | None, datetime | None]] = ()) -> Terms:
    """When the lessons of a version open to a group of these dates: one query."""
    rows = RULES.rows(version)
    return Terms(
        of_lessons={lesson: Rule(*rest) for lesson, _module, *rest in rows if lesson},
        of_modules={module: Rule(*rest) for _lesson, module, *rest in rows if module},
        opens_at={lesson: opens_at for lesson, opens_at, _due_at in dates if opens_at},
    )


def dates_of(enrollment: Enrollment) -> tuple[Terms, dict[int, datetime]]:
    """When the lessons of a learner open, and by when each is due to this learner.

    Two queries, and one where the group has dates. Rests on lessondate_once.
    """
    rows = DATES.rows(enrollment.cohort_id)
    due = {lesson: due_at for lesson, _opens_at, due_at in rows if due_at}
    if due:
        due |= dict(DueExtension.objects.filter(enrollment=enrollment).values_list("lesson_id", "due_at"))
    return terms_of(enrollment.cohort.version_id, rows), due


def scores_of(enrollment: Enrollment) -> dict[int, Decimal | None]:
    return dict(LessonProgress.objects.filter(enrollment=enrollment).values_list("lesson_id", "score"))


# --- What is due --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Due:
    """A lesson that somebody has to do by a time, and has not done."""

    enrollment: int
    lesson: str
    due_at: datetime

    @property
    def is_late(self) -> bool:
        return self.due_at <= timezone.now()


def undone(**where: Any) -> QuerySet[Any]:
    """Who learns now once for each lesson with a date that is not done: `lesson`, and `due` with its extension."""
    rows = Enrollment.objects.filter(
        status=Enrollment.Status.ACTIVE, cohort__lesson_dates__due_at__isnull=False, **where
    ).exclude(cohort__status=Cohort.Status.CANCELLED)
    rows = rows.annotate(lesson=F("cohort__lesson_dates__lesson"))
    own = {"enrollment": OuterRef("pk"), "lesson": OuterRef("lesson")}
    extended = Subquery(DueExtension.objects.filter(**own).values("due_at")[:1])
    done = LessonProgress.objects.filter(**own, completed_at__isnull=False)
    return rows.exclude(Exists(done)).annotate(due=Coalesce(extended, F("cohort__lesson_dates__due_at")))


DUE = CompiledQuery(
    lambda person: (
        undone(person=person)
        .order_by("due", "cohort__lesson_dates__lesson__position")
        .values_list("pk", "cohort__lesson_dates__lesson__title", "due")
    )
)


def due_to(user: User) -> dict[int, Due]:
    """What each learning of a user is to do next, by enrollment: the earliest date, over or not; one query."""
    found: dict[int, Due] = {}
    for enrollment, title, due_at in DUE.rows(user.person_id or 0):
        found.setdefault(enrollment, Due(enrollment, localized(title), due_at))
    return found
