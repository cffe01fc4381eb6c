"""The stored figures of an enrollment: counted again, under its row lock, whenever a result changes."""

from courses.models import Lesson
from enrollment.figures import Figures, Result, count_figures
from enrollment.models import Enrollment, LessonProgress


def lock_enrollment(enrollment: Enrollment) -> Enrollment:
    """Lock an enrollment whose results are about to change, so that of two concurrent results none is lost."""
    return (
        Enrollment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cohort__version")
        .get(pk=enrollment.pk)
    )


def count_again(enrollment: Enrollment) -> Figures:
    """Count the figures of a locked enrollment from its results and store them."""
    version = enrollment.cohort.version
    figures = count_figures(_results(enrollment), min_grade=version.min_grade, min_attendance=version.min_attendance)
    before = enrollment.progress, enrollment.attendance, enrollment.grade
    enrollment.progress, enrollment.attendance = float(figures.progress), float(figures.attendance)
    enrollment.grade = figures.grade
    if before != (enrollment.progress, enrollment.attendance, enrollment.grade):
        enrollment.save(update_fields=["progress", "attendance", "grade", "updated_at"])
    return figures


def _results(enrollment: Enrollment) -> list[Result]:
    reached = {
        row.lesson_id: row
        for row in LessonProgress.objects.filter(enrollment=enrollment).only(
            "lesson_id", "completed_at", "score", "minutes"
        )
    }
    nothing = LessonProgress()
    lessons = Lesson.objects.filter(version_id=enrollment.cohort.version_id).order_by()
    return [
        Result(
            required=lesson.required,
            attended=lesson.is_attended,
            planned=lesson.minutes,
            credited=row.minutes,
            is_done=row.completed_at is not None,
            weight=lesson.weight,
            score=row.score,
        )
        for lesson in lessons.only("kind", "required", "minutes", "weight")
        for row in [reached.get(lesson.pk, nothing)]
    ]
