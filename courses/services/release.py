"""What comes before a lesson or module of a draft. Only a draft is changed; publishing freezes it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from courses.models import CourseVersion, Lesson, Module, ReleaseRule
from courses.release import Wait, goes_in_circle
from courses.services.versions import lock_draft

LONGEST = 3 * 366  # days
SCORED = (Lesson.Kind.QUIZ, Lesson.Kind.ASSIGNMENT, Lesson.Kind.PRACTICAL, Lesson.Kind.PACKAGE, Lesson.Kind.TOOL)


class GoesInCircle(DomainError):
    code = "goes-in-circle"
    message = gettext_lazy("That would go in a circle: some lessons would wait for each other, and never open.")


class StillAwaited(DomainError):
    code = "still-awaited"


@dataclass(frozen=True)
class ReleaseFields:
    """What is to be done before, with which score, and after how many days; with nothing of it, it opens at once."""

    after: Lesson | Module | None = None
    least_score: Decimal | None = None
    days: int | None = None


@transaction.atomic
def save_release(target: Lesson | Module, fields: ReleaseFields, *, by: User | None) -> ReleaseRule | None:
    """Say when a lesson or module of a draft opens; saying it twice is once.

    Raises InvalidInput, GoesInCircle, VersionFrozen, VersionInReview.
    """
    version = lock_draft(target.version)
    _check(target, fields)
    own = {"lesson": target} if isinstance(target, Lesson) else {"module": target}
    audit.record(
        f"{target._meta.model_name}.release-saved",
        on=target,
        by=by,
        after=str(fields.after.uuid) if fields.after else None,
        least_score=None if fields.least_score is None else str(fields.least_score),
        days=fields.days,
    )
    if fields == ReleaseFields():
        ReleaseRule.objects.filter(**own).delete()
        return None
    values = {
        "version": version,
        "after_lesson": fields.after if isinstance(fields.after, Lesson) else None,
        "after_module": fields.after if isinstance(fields.after, Module) else None,
        "least_score": fields.least_score,
        "days": fields.days,
    }
    rule, _made = ReleaseRule.objects.update_or_create(**own, defaults=values)
    refuse_circle(version)
    return rule


def _check(target: Lesson | Module, fields: ReleaseFields) -> None:
    if isinstance(target, Lesson) and target.is_attended:
        raise InvalidInput(_("A class is open at its time in the calendar; nothing comes before it."))
    if fields.after and fields.after.version_id != target.version_id:
        raise InvalidInput(field="after")
    if fields.least_score is not None:
        if not (isinstance(fields.after, Lesson) and fields.after.kind in SCORED):
            raise InvalidInput(_("Only a lesson that is graded has a score: choose one above."), field="least_score")
        if not 0 <= fields.least_score <= 100:
            raise InvalidInput(_("A score lies between 0 and 100."), field="least_score")
    if fields.days is not None and not 1 <= fields.days <= LONGEST:
        raise InvalidInput(_("Give from 1 to 1098 days."), field="days")


def refuse_circle(version: CourseVersion) -> None:
    """Raises GoesInCircle; the caller holds the version and has changed its outline or a rule of it."""
    rules = version.release_rules.values_list("lesson_id", "module_id", "after_lesson_id", "after_module_id")
    waits = [Wait(*row) for row in rules.exclude(after_lesson=None, after_module=None)]
    if waits and goes_in_circle(dict(version.lessons.values_list("pk", "module_id")), waits):
        raise GoesInCircle


def refuse_if_awaited(target: Lesson | Module) -> None:
    """Raises StillAwaited where something opens after what is about to be removed."""
    after = {"after_lesson": target} if isinstance(target, Lesson) else {"after_module": target}
    rule = ReleaseRule.objects.filter(**after).select_related("lesson", "module").first()
    if rule:
        words = gettext_lazy("“%(name)s” opens after this: change that first.")
        raise StillAwaited(words, values={"name": str(rule.lesson or rule.module)})
