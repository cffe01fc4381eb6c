"""What the demo's learners said of a group that has ended."""

from enrollment.models import Cohort, Enrollment
from enrollment.services.evaluations import evaluate_cohort
from lms.demo.clock import Calendar
from lms.demo.cohorts import SEWING

QUESTIONS = ("content-useful", "explained-clearly", "practice-enough", "place-and-tools", "would-recommend")
SAID = {
    0: "Overlokda ishlashga koʻproq vaqt boʻlsa yaxshi edi.",
    3: "Oʻqituvchiga rahmat, hammasini koʻrsatib berdi.",
    7: "Ustaxonada yorugʻlik kamroq.",
}


def say_how_it_was(cohorts: dict[str, Cohort], calendar: Calendar) -> None:
    """Let all but the last two of the first group answer, a few days after its end."""
    group = SEWING[0]
    decided = cohorts[group.code].enrollments.exclude(status=Enrollment.Status.WITHDRAWN).order_by("pk")
    with calendar.on(group.ends + 16):
        for number, enrollment in enumerate(decided[:9]):
            ratings = {code: 5 - (number + place) % 3 for place, code in enumerate(QUESTIONS)}
            evaluate_cohort(enrollment, ratings=ratings, text=SAID.get(number, ""))
