"""What two marks are worth together, and when they lie too far apart."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from courses.models import AssignmentRules, Criterion
from enrollment.models import Enrollment
from enrollment.services.progress import record_score
from learning.models import Mark, Work

Reached = Mapping[str, int]
CENT = Decimal("0.01")


def score_of(criteria: Collection[Criterion], reached: Reached) -> Decimal:
    """The points reached as a share of all points, 0 to 100; 0 where what must be met is not."""
    if any(one.required and not reached.get(str(one.pk)) for one in criteria):
        return Decimal(0)
    points = sum((one.level_points[reached.get(str(one.pk), 0)] for one in criteria), Decimal(0))
    return (100 * points / sum(one.most for one in criteria)).quantize(CENT)


def unlike(criteria: Collection[Criterion], one: Reached, other: Reached) -> list[Criterion]:
    """The criteria at which two marks differ."""
    return [each for each in criteria if one.get(str(each.pk), 0) != other.get(str(each.pk), 0)]


@dataclass(frozen=True)
class Together:
    """Where the marks of a submission stand: `score` once they say what it is worth; `differs` where they do not."""

    score: Decimal | None = None
    differs: bool = False


def together(marks: Sequence[Mark], criteria: Collection[Criterion], rules: AssignmentRules) -> Together:
    """A settled mark counts alone; else the mean of two that agree, or the one that is needed."""
    by_place = {mark.place: mark for mark in marks if mark.place}
    first, second, settled = (by_place.get(place) for place in (Mark.FIRST, Mark.SECOND, Mark.SETTLED))
    if settled:
        return Together(settled.score)
    if first is None or (rules.double and second is None):
        return Together()
    if second is None:
        return Together(first.score)
    assert first.score is not None
    assert second.score is not None
    apart = unlike(criteria, first.reached, second.reached)
    if abs(first.score - second.score) > rules.tolerance or (apart and not rules.tolerance):
        return Together(differs=True)
    met = [(first.reached.get(str(one.pk), 0), second.reached.get(str(one.pk), 0)) for one in apart if one.required]
    if any(0 in pair for pair in met):
        return Together(differs=True)
    return Together(((first.score + second.score) / 2).quantize(CENT))


def count_result(work: Work, rules: AssignmentRules) -> bool:
    """Write down what a locked work's last submission is worth, less what lateness takes; whether there is a result."""
    assert work.last is not None
    found = together(list(work.last.marks.all()), list(work.lesson.criteria.all()), rules)
    score = None if found.score is None else (found.score * rules.kept_share(work.last.days_late)).quantize(CENT)
    if (work.score, work.differs) != (score, found.differs):
        work.score, work.differs = score, found.differs
        work.save(update_fields=["score", "differs", "updated_at"])
        if score is not None and work.enrollment.status != Enrollment.Status.WITHDRAWN:
            record_score(work.enrollment, work.lesson, score=score)
    return score is not None
