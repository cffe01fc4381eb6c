"""What the record of a learner shows."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.compiled import CompiledQuery
from courses.models import Course, Lesson, Reader
from enrollment.models import Enrollment, LessonProgress

STATUS_LABELS = {"not_started": _("Not begun"), "started": _("Begun"), "done": _("Done")}


@dataclass(frozen=True)
class LessonResult:
    """A lesson beside what the learner reached in it, None while it was never opened."""

    lesson: Lesson
    progress: LessonProgress | None

    @property
    def status(self) -> str:
        if self.progress is None:
            return "not_started"
        return "done" if self.progress.completed_at else "started"

    @property
    def label(self) -> str:
        """The status in words."""
        return str(STATUS_LABELS[self.status])


@dataclass(frozen=True, slots=True)
class OwnEnrollment:
    """What a reader has begun to learn of a course."""

    uuid: UUID
    status: str


OWN = CompiledQuery(
    lambda person, course: (
        Enrollment.objects.filter(person=person, cohort__course=course)
        .exclude(status=Enrollment.Status.WITHDRAWN)
        .order_by("-pk")
        .values_list("uuid", "status")[:1]
    )
)


def own_enrollment(reader: Reader, course: Course) -> OwnEnrollment | None:
    """The reader's own newest enrollment in a course. Rests on enrollment_of_person."""
    if not (isinstance(reader, User) and reader.person_id):
        return None
    return next((OwnEnrollment(*row) for row in OWN.rows(reader.person_id, course.pk)), None)


def lessons_with_results(enrollment: Enrollment) -> list[LessonResult]:
    """Every lesson of the version in order, with the learner's row: two queries."""
    reached = {row.lesson_id: row for row in LessonProgress.objects.filter(enrollment=enrollment)}
    lessons = Lesson.objects.filter(version=enrollment.cohort.version_id).defer("body")
    return [LessonResult(lesson, reached.get(lesson.pk)) for lesson in lessons.order_by("position", "pk")]
