"""What authors and instructors see of their work."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import User
from courses.models import Course, CourseVersion, Lesson, ReleaseRule
from enrollment.models import Cohort, Enrollment
from learning.models import Attempt, LessonDate, QuizWindow


@dataclass(frozen=True)
class WrittenCourse:
    """A course with its version in work, if any."""

    course: Course
    in_work: CourseVersion | None


def courses_taught_by(user: User, limit: int = 200) -> list[WrittenCourse]:
    """The newest courses of the organizations that the user writes for: two queries; rests on course_of_provider."""
    unfrozen = CourseVersion.objects.filter(status__in=[CourseVersion.Status.DRAFT, CourseVersion.Status.IN_REVIEW])
    courses = Course.objects.written_by(user).select_related("provider", "current_version").order_by("-id")
    courses = courses.prefetch_related(Prefetch("versions", queryset=unfrozen, to_attr="in_work"))
    return [WrittenCourse(course, next(iter(course.in_work), None)) for course in courses[:limit]]  # type: ignore[attr-defined]  # to_attr


def groups_taught_by(user: User, limit: int = 100) -> QuerySet[Cohort]:
    """The groups that this user teaches, each with `learners`, the newest first."""
    learning = Q(enrollments__status=Enrollment.Status.ACTIVE)
    groups = Cohort.objects.filter(instructors=user).exclude(status=Cohort.Status.CANCELLED)
    return (
        groups.select_related("course")
        .annotate(learners=Count("enrollments", filter=learning))
        .order_by("-starts_on", "-id")[:limit]
    )


@dataclass(frozen=True)
class GroupQuiz:
    """A quiz of a group: when it is open, in how many attempts it is being taken, was handed in, waits for a grade."""

    lesson: Lesson
    window: QuizWindow | None
    open: int
    submitted: int
    waiting: int


def quizzes_of_group(cohort: Cohort) -> list[GroupQuiz]:
    """The quizzes of a group in their order: four queries. Rests on attempt_number_once."""
    quizzes = Lesson.objects.filter(version=cohort.version_id, kind=Lesson.Kind.QUIZ).defer("body")
    windows = {window.lesson_id: window for window in QuizWindow.objects.filter(cohort=cohort)}
    taken = Attempt.objects.filter(enrollment__cohort=cohort).values_list("lesson", "status").annotate(n=Count("id"))
    counts = {(lesson, status): n for lesson, status, n in taken}
    unmarked = Attempt.objects.waiting().filter(enrollment__cohort=cohort).values_list("lesson")
    waiting = dict(unmarked.annotate(n=Count("id")))
    return [
        GroupQuiz(
            quiz,
            windows.get(quiz.pk),
            counts.get((quiz.pk, Attempt.Status.OPEN), 0),
            counts.get((quiz.pk, Attempt.Status.SUBMITTED), 0),
            waiting.get(quiz.pk, 0),
        )
        for quiz in quizzes
    ]


@dataclass(frozen=True)
class GroupLesson:
    """A lesson of a group with its dates; a quiz opens by its window."""

    lesson: Lesson
    rule: ReleaseRule | None
    dates: LessonDate | None
    opens_at: datetime | None


def dates_of_group(cohort: Cohort) -> list[GroupLesson]:
    """The lessons of a group in their order, with their dates: four queries. Rests on lessondate_once."""
    lessons = Lesson.objects.filter(version=cohort.version_id).defer("body")
    rules = ReleaseRule.objects.filter(version=cohort.version_id).select_related("after_lesson", "after_module")
    own = {rule.lesson_id: rule for rule in rules}
    dates = {one.lesson_id: one for one in LessonDate.objects.filter(cohort=cohort)}
    windows = {window.lesson_id: window.opens_at for window in QuizWindow.objects.filter(cohort=cohort)}
    return [
        GroupLesson(
            lesson,
            own.get(lesson.pk),
            found := dates.get(lesson.pk),
            windows.get(lesson.pk) or (found.opens_at if found else None),
        )
        for lesson in lessons
    ]
