"""How progress, attendance, grade and the decision follow from single results (counted as docs/domain.md says)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Result:
    """What one learner has reached in one lesson, beside what the lesson asks.

    `planned` and `credited` are minutes; `attended` says that minutes present are what counts in this lesson (live and
    on-site); `weight` is its share in the grade, `score` (0 to 100) None while there is none.
    """

    required: bool
    attended: bool
    planned: int
    credited: int
    is_done: bool
    weight: Decimal
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How far a learner is: shares from 0 to 1; the grade from 0 to 100, None where nothing is graded."""

    progress: Fraction
    attendance: Fraction
    grade: Decimal | None
    is_met: bool


def count_figures(
    results: Sequence[Result], *, min_grade: Decimal | None = None, min_attendance: Decimal | None = None
) -> Figures:
    """Count the figures of one learner and say whether they meet the rules of the course.

    The rules: every required lesson is done, the grade and the attendance share reach their smallest values. Where a
    smallest attendance is set, it alone judges the live and on-site lessons.
    """
    required = [result for result in results if result.required]
    attendance, grade = attendance_share(required), weighted_grade(results)
    is_met = (
        all(result.is_done for result in required if not (result.attended and min_attendance is not None))
        and (min_attendance is None or attendance >= Fraction(min_attendance))
        and (min_grade is None or (grade is not None and grade >= min_grade))
    )
    done = sum(result.is_done for result in required)
    return Figures(Fraction(done, len(required)) if required else Fraction(1), attendance, grade, is_met)


def attendance_share(results: Sequence[Result]) -> Fraction:
    """Minutes credited, no lesson counting beyond its plan, of all minutes planned; 1 where none are planned."""
    attended = [result for result in results if result.attended]
    planned = sum(result.planned for result in attended)
    credited = sum(max(0, min(result.credited, result.planned)) for result in attended)
    return Fraction(credited, planned) if planned else Fraction(1)


def weighted_grade(results: Sequence[Result]) -> Decimal | None:
    """The mean of the scores by weight, to the hundredth; lessons without a score do not count."""
    graded = [(result.weight, result.score) for result in results if result.weight and result.score is not None]
    if not graded:
        return None
    total = sum(weight * score for weight, score in graded) / sum(weight for weight, _ in graded)
    return Decimal(total).quantize(CENT, ROUND_HALF_UP)


def is_present_enough(credited: int, planned: int, min_attendance: Decimal | None) -> bool:
    """Whether these minutes make a live or on-site lesson done: some, and no less than the course's share of it."""
    return credited > 0 and credited >= planned * (min_attendance or 0)
