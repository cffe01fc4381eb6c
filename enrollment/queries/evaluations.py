"""What the learners of a cohort said, shown from five answers on."""

from collections import Counter
from dataclasses import dataclass

from enrollment.models import Cohort, Evaluation, EvaluationQuestion

LEAST = 5
SCALE = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Rated:
    """A question with its mean, and how many gave each number from 1 to 5."""

    name: str
    mean: float
    counts: list[int]


@dataclass(frozen=True)
class Results:
    """The answers to a cohort's questionnaire; below LEAST answers nothing but their number is told."""

    count: int
    learners: int
    rated: list[Rated]
    texts: list[str]

    @property
    def is_shown(self) -> bool:
        return self.count >= LEAST


def evaluation_of(cohort: Cohort) -> Results:
    """The results of a cohort in three queries; texts in alphabetical order, which says nothing of when."""
    learners = cohort.enrollments.exclude(status="withdrawn").count()
    answers = list(Evaluation.objects.filter(cohort=cohort).values_list("ratings", "text"))
    if len(answers) < LEAST:
        return Results(len(answers), learners, [], [])
    rated = []
    for question in EvaluationQuestion.objects.all():
        given = [ratings[question.code] for ratings, _ in answers if question.code in ratings]
        if len(given) >= LEAST:
            counts = Counter(given)
            rated.append(Rated(question.name, sum(given) / len(given), [counts[value] for value in SCALE]))
    return Results(len(answers), learners, rated, sorted(text for _, text in answers if text))
