"""The stored figures of an enrollment: counted again, under its row lock, whenever a result changes."""

from courses.models import GradeCategory, Lesson
from enrollment.figures import Figures, Result, Weighing, count_figures
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
    results = _results(enrollment)
    figures = count_figures(
        results,
        categories=_categories(version.pk) if any(result.category for result in results) else {},
        min_grade=version.min_grade,
        min_attendance=version.min_attendance,
    )
    counted = {
        "progress": float(figures.progress),
        "attendance": float(figures.attendance),
        "grade": figures.grade,
        "category_grades": {str(pk): str(mean) for pk, mean in figures.categories.items()},
    }
    if any(getattr(enrollment, name) != value for name, value in counted.items()):
        for name, value in counted.items():
            setattr(enrollment, name, value)
        enrollment.save(update_fields=[*counted, "updated_at"])
    return figures


def _categories(version: int) -> dict[int, Weighing]:
    rows = GradeCategory.objects.filter(version=version).order_by().values_list("pk", "weight", "drop_lowest")
    return {pk: Weighing(weight, drop_lowest) for pk, weight, drop_lowest in rows}


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
            category=lesson.category_id,
        )
        for lesson in lessons.only("kind", "required", "minutes", "weight", "category")
        for row in [reached.get(lesson.pk, nothing)]
    ]
