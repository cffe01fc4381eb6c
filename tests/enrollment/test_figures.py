from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.figures import (
    Result,
    Weighing,
    attendance_share,
    count_figures,
    is_present_enough,
    weighted_grade,
)

PAGE = Result(required=True, attended=False, planned=0, credited=0, is_done=False, weight=Decimal(0), score=None)
QUIZ = replace(PAGE, weight=Decimal(1))
CLASS = replace(PAGE, attended=True, planned=60)

results = st.builds(
    Result,
    required=st.booleans(),
    attended=st.booleans(),
    planned=st.integers(0, 480),
    credited=st.integers(-480, 2000),
    is_done=st.booleans(),
    weight=st.decimals(0, 100, places=2),
    score=st.none() | st.decimals(0, 100, places=2),
)


@given(st.lists(results))
def test_figures_stay_within_their_bounds(given: list[Result]) -> None:
    figures = count_figures(given)
    assert 0 <= figures.progress <= 1
    assert 0 <= figures.attendance <= 1
    scores = [result.score for result in given if result.weight and result.score is not None]
    if figures.grade is None:
        assert not scores
    else:
        assert min(scores) <= figures.grade <= max(scores)


@given(st.lists(results, min_size=1), st.integers(1, 1000))
def test_more_minutes_never_lower_the_attendance(given: list[Result], more: int) -> None:
    later = [replace(given[0], credited=given[0].credited + more), *given[1:]]
    assert attendance_share(later) >= attendance_share(given)


@given(st.lists(results), st.randoms())
def test_figures_do_not_depend_on_the_order(given: list[Result], random: Random) -> None:
    shuffled = given.copy()
    random.shuffle(shuffled)
    assert count_figures(shuffled) == count_figures(given)


def test_attendance_counts_no_lesson_beyond_its_plan() -> None:
    assert attendance_share([replace(CLASS, credited=600), replace(CLASS, credited=0)]) == Fraction(1, 2)


def test_attendance_is_whole_where_no_class_is_planned() -> None:
    assert attendance_share([PAGE, QUIZ]) == 1


def test_attendance_leaves_out_classes_that_are_not_required() -> None:
    optional = replace(CLASS, required=False, credited=0)
    assert count_figures([replace(CLASS, credited=60), optional]).attendance == 1


def test_grade_is_the_mean_by_weight_to_the_hundredth() -> None:
    scored = [
        replace(QUIZ, weight=Decimal(1), score=Decimal(100)),
        replace(QUIZ, weight=Decimal(2), score=Decimal(50)),
    ]
    assert weighted_grade(scored) == Decimal("66.67")


def test_grade_is_none_where_nothing_is_graded() -> None:
    assert weighted_grade([QUIZ, replace(PAGE, score=Decimal(90))]) is None


@pytest.mark.parametrize(
    ("results", "rules", "met"),
    [
        ([PAGE], {}, False),
        ([replace(PAGE, is_done=True)], {}, True),
        ([replace(PAGE, is_done=True), replace(PAGE, required=False)], {}, True),
        ([replace(QUIZ, is_done=True, score=Decimal("69.99"))], {"min_grade": Decimal(70)}, False),
        ([replace(QUIZ, is_done=True, score=Decimal(70))], {"min_grade": Decimal(70)}, True),
        ([replace(PAGE, is_done=True)], {"min_grade": Decimal(70)}, False),
        # One class of five missed: enough where four fifths are asked, whatever the missed one says of itself.
        ([replace(CLASS, credited=60, is_done=True)] * 4 + [CLASS], {"min_attendance": Decimal("0.800")}, True),
        ([replace(CLASS, credited=60, is_done=True)] * 4 + [CLASS], {"min_attendance": Decimal("0.801")}, False),
        # Without a smallest share a class is a lesson like any other.
        ([replace(CLASS, credited=60, is_done=True)] * 4 + [CLASS], {}, False),
        ([replace(CLASS, credited=1, is_done=True)], {}, True),
    ],
)
def test_rules_are_met(results: list[Result], rules: dict[str, Any], met: bool) -> None:
    assert count_figures(results, **rules).is_met is met


@pytest.mark.parametrize(
    ("credited", "smallest", "enough"), [(0, None, False), (1, None, True), (47, "0.8", False), (48, "0.8", True)]
)
def test_presence_makes_a_class_done(credited: int, smallest: str | None, enough: bool) -> None:
    assert is_present_enough(credited, 60, Decimal(smallest) if smallest else None) is enough


# --- Categories --------------------------------------------------------------------------------
def scored(category: int | None, score: int | None, weight: int = 1) -> Result:
    return replace(QUIZ, category=category, weight=Decimal(weight), score=None if score is None else Decimal(score))


TWO = {1: Weighing(Decimal(30)), 2: Weighing(Decimal(70), drop_lowest=1)}


def test_grade_is_the_mean_of_the_categories_means() -> None:
    given = [scored(1, 50), scored(1, 100, weight=3), scored(2, 80), scored(2, 20), scored(2, 90)]
    figures = count_figures(given, categories=TWO)
    assert figures.categories == {1: Decimal("87.50"), 2: Decimal("85.00")}
    assert figures.grade == Decimal("85.75")


def test_a_category_without_a_score_does_not_count() -> None:
    assert weighted_grade([scored(1, 60), scored(2, None)], TWO) == 60
    assert weighted_grade([scored(1, None), scored(2, None)], TWO) is None


def test_what_is_missing_is_left_out_before_the_lowest_scores_are() -> None:
    assert weighted_grade([scored(2, 40), scored(2, 80), scored(2, None)], TWO) == 60
    assert weighted_grade([scored(2, 40), scored(2, 80), scored(2, 90)], TWO) == 85
    assert weighted_grade([scored(2, 40)], TWO) == 40


def test_lessons_in_no_category_stand_for_themselves() -> None:
    assert weighted_grade([scored(1, 50), scored(None, 100, weight=10)], TWO) == Decimal("62.50")


def test_a_category_of_no_weight_is_shown_and_does_not_count() -> None:
    figures = count_figures([scored(1, 50), scored(None, 100)], categories={1: Weighing(Decimal(0))})
    assert (figures.categories, figures.grade) == ({1: Decimal(50)}, Decimal(100))
    assert weighted_grade([scored(1, 50)], {1: Weighing(Decimal(0))}) is None


@given(st.lists(results))
def test_one_category_of_all_lessons_changes_nothing(given: list[Result]) -> None:
    together = [replace(result, category=1) for result in given]
    assert weighted_grade(together, {1: Weighing(Decimal(1))}) == weighted_grade(given)
