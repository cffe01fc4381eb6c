"""How progress, attendance, grade and the decision follow from single results (counted as docs/domain.md says)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Protocol, TypeVar

CENT = Decimal("0.01")
NO_CATEGORIES: Mapping[int, "Weighing"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Result:
    """What one learner has reached in one lesson, beside what the lesson asks.

    `planned` and `credited` are minutes; `attended` says that minutes present are what counts in this lesson (live and
    on-site); `weight` is its share in the grade, `score` (0 to 100) None while there is none; `category` is the id of
    the one within which it counts.
    """

    required: bool
    attended: bool
    planned: int
    credited: int
    is_done: bool
    weight: Decimal
    score: Decimal | None
    category: int | None = None


class HasScore(Protocol):
    """A graded lesson, beside what was reached in it."""

    @property
    def weight(self) -> Decimal: ...

    @property
    def score(self) -> Decimal | None: ...


Scored = TypeVar("Scored", bound=HasScore)


@dataclass(frozen=True, slots=True)
class Weighing:
    """How a category of graded lessons counts: its share in the grade, and how many of its lowest scores do not."""

    weight: Decimal
    drop_lowest: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """How far a learner is: shares from 0 to 1; the grade from 0 to 100, None where nothing is graded.

    `categories` are the means of the categories that have one, by their ids.
    """

    progress: Fraction
    attendance: Fraction
    grade: Decimal | None
    is_met: bool
    categories: Mapping[int, Decimal] = field(default_factory=dict)


def count_figures(
    results: Sequence[Result],
    *,
    categories: Mapping[int, Weighing] = NO_CATEGORIES,
    min_grade: Decimal | None = None,
    min_attendance: Decimal | None = None,
) -> Figures:
    """Count the figures of one learner and say whether they meet the rules of the course.

    The rules: every required lesson is done, the grade and the attendance share reach their smallest values. Where a
    smallest attendance is set, it alone judges the live and on-site lessons.
    """
    required = [result for result in results if result.required]
    means = category_means(results, categories)
    attendance, grade = attendance_share(required), weighted_grade(results, categories)
    is_met = (
        all(result.is_done for result in required if not (result.attended and min_attendance is not None))
        and (min_attendance is None or attendance >= Fraction(min_attendance))
        and (min_grade is None or (grade is not None and grade >= min_grade))
    )
    done = sum(result.is_done for result in required)
    progress = Fraction(done, len(required)) if required else Fraction(1)
    return Figures(progress, attendance, grade, is_met, means)


def attendance_share(results: Sequence[Result]) -> Fraction:
    """Minutes credited, no lesson counting beyond its plan, of all minutes planned; 1 where none are planned."""
    attended = [result for result in results if result.attended]
    planned = sum(result.planned for result in attended)
    credited = sum(max(0, min(result.credited, result.planned)) for result in attended)
    return Fraction(credited, planned) if planned else Fraction(1)


def weighted_grade(results: Sequence[Result], categories: Mapping[int, Weighing] = NO_CATEGORIES) -> Decimal | None:
    """The mean, by weight, of the categories' means and of the scores of lessons in no category.

    Without categories that is the mean of the scores. What has no score yet does not count.
    """
    parts = [(categories[pk].weight, mean) for pk, mean in category_means(results, categories).items()]
    parts += [(one.weight, one.score) for one in results if one.category not in categories and one.score is not None]
    return _mean(parts)


def category_means(results: Sequence[Result], categories: Mapping[int, Weighing]) -> dict[int, Decimal]:
    """The mean of the scores of each category that has any, by weight."""
    means = {}
    for pk, weighing in categories.items():
        kept = kept_of([one for one in results if one.category == pk and one.weight], weighing.drop_lowest)
        mean = _mean([(one.weight, one.score) for one in kept if one.score is not None])
        if mean is not None:
            means[pk] = mean
    return means


def kept_of(graded: Sequence[Scored], drop_lowest: int) -> list[Scored]:
    """Those graded lessons of a category that count, the best first.

    What has no score yet is left out before the lowest scores are, so a learner half-way through loses none by it.
    """
    scored = sorted((one for one in graded if one.score is not None), key=lambda one: (one.score, one.weight))
    return scored[::-1][: max(1, len(graded) - drop_lowest)]


def _mean(parts: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The mean by weight, to the hundredth; None where nothing has a weight."""
    weights = sum((weight for weight, _ in parts), Decimal(0))
    if not weights:
        return None
    return (sum((weight * value for weight, value in parts), Decimal(0)) / weights).quantize(CENT, ROUND_HALF_UP)


def is_present_enough(credited: int, planned: int, min_attendance: Decimal | None) -> bool:
    """Whether these minutes make a live or on-site lesson done: some, and no less than the course's share of it."""
    return credited > 0 and credited >= planned * (min_attendance or 0)
