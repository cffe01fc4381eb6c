"""Learners in courses, for tests."""

from itertools import count
from typing import Any

from accounts.models import User
from courses.models import Course, CourseVersion, Lesson
from enrollment.models import Cohort, Enrollment
from learning.models import Attempt
from learning.services.answers import save_answer
from learning.services.attempts import start_attempt, submit_attempt
from tests.accounts.factories import make_user
from tests.courses.factories import RIGHT, make_published_course

numbers = count(1)


def make_learning(*, user: User | None = None, course: Course | None = None, **fields: Any) -> Enrollment:
    """Put a user's person into a running cohort of a course (a page and a quiz of five questions)."""
    course = course or make_published_course()
    assert isinstance(course.current_version, CourseVersion)
    cohort = Cohort.objects.create(
        course=course,
        version=course.current_version,
        organization=course.provider,
        code=f"G-{next(numbers)}",
        status=Cohort.Status.PUBLISHED,
    )
    person = (user or make_user()).person
    assert person is not None
    return Enrollment.objects.create(
        **{"person": person, "cohort": cohort, "organization": cohort.organization} | fields
    )


def lesson_of(enrollment: Enrollment, kind: str) -> Lesson:
    return enrollment.cohort.version.lessons.filter(kind=kind)[0]


def answer_all(attempt: Attempt, *, wrong: int = 0) -> Attempt:
    """Answer every question rightly but for the last `wrong` ones, which get no answer."""
    questions = list(attempt.questions.select_related("version__question"))
    for question in questions[: len(questions) - wrong]:
        save_answer(attempt, question, RIGHT[question.version.question.kind])
    return attempt


def take_quiz(enrollment: Enrollment, *, wrong: int = 0) -> Attempt:
    return submit_attempt(answer_all(start_attempt(enrollment, lesson_of(enrollment, "quiz")), wrong=wrong))
