"""Learners in courses, for tests."""

from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Organization, User
from courses.models import Course, CourseVersion, Lesson
from courses.services.assignments import AssignmentFields, save_assignment_rules
from enrollment.models import Cohort, Enrollment
from learning.models import Attempt
from learning.services.answers import save_answer
from learning.services.attempts import start_attempt, submit_attempt
from tests.accounts.factories import make_user
from tests.courses.factories import RIGHT, make_course, make_marked, make_module, make_published_course, publish

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


def make_assigned(*, user: User | None = None, provider: Organization | None = None, **rules: Any) -> Enrollment:
    """Put a user's person into a course of one assignment, which is handed in and marked by these rules."""
    course = make_course(provider=provider)
    lesson = make_marked(make_module(course.versions.get()), max_attempts=rules.pop("max_attempts", None))
    save_assignment_rules(lesson, AssignmentFields(**rules), by=None)
    publish(course.versions.get())
    course.refresh_from_db()
    return make_learning(user=user, course=course)


def photo(*, name: str = "20260101_Karimov.jpg", color: str = "red") -> SimpleUploadedFile:
    """A photo from a telephone, which says where it was taken and lies on its side."""
    drawn, exif = BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Telefon"
    exif.get_ifd(0x8825)[2] = (41.0, 18.0, 0.0)
    Image.new("RGB", (40, 20), color).save(drawn, "JPEG", exif=exif)
    return SimpleUploadedFile(name, drawn.getvalue())
