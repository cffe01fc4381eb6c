"""What pages and services ask about courses."""

from functools import cache
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from base.compiled import CompiledQuery
from base.folding import fold
from base.languages import localized
from courses.html import has_unnamed_picture
from courses.models import Course, CourseVersion, Lesson, Module, QuizItem
from courses.rules import PUBLISHER_ROLES


def catalogue(*, q: str = "", organization: UUID | None = None, language: str = "") -> QuerySet[Course]:
    """Published courses, which everybody sees, by search words, provider (its uuid) and language of teaching."""
    courses = Course.objects.published()
    for word in fold(q).split():
        courses = courses.filter(search_key__contains=word)
    if organization:
        courses = courses.filter(provider__uuid=organization)
    if language:
        courses = courses.filter(language=language)
    return courses.select_related("provider", "profession", "current_version")


def outline(version: CourseVersion) -> QuerySet[Module]:
    """The modules of a version with `lessons` on each, without the lessons' texts: two queries."""
    lessons = Lesson.objects.defer("body")
    return version.modules.prefetch_related(Prefetch("lessons", queryset=lessons))


MODULES = CompiledQuery(lambda version: Module.objects.filter(version=version).values_list("pk", "title"))
LESSONS = CompiledQuery(
    lambda version: Lesson.objects.filter(version=version).values_list("module_id", "title", "kind", "minutes")
)


def syllabus(version_id: int) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What a version teaches: modules by title, each with its lessons by kind, title, and kind and minutes in words.

    Two queries. Rests on lesson_of_version.
    """
    modules = {pk: (localized(title), list[tuple[str, str, str]]()) for pk, title in MODULES.rows(version_id)}
    say = cache(_kind_and_minutes)
    for module, title, kind, minutes in LESSONS.rows(version_id):
        modules[module][1].append((kind, localized(title), say(kind, minutes)))
    return list(modules.values())


def _kind_and_minutes(kind: str, minutes: int) -> str:
    label = str(Lesson.Kind(kind).label)
    if not minutes:
        return label
    lasts = _("%(minutes)s min") % {"minutes": minutes}
    return f"{label}, {lasts}"


def missing_to_publish(version: CourseVersion) -> list[str]:
    """What a version lacks before learners may see it, in words; nothing where all is well."""
    lessons = list(version.lessons.all())
    filled = set(QuizItem.objects.filter(lesson__version=version).values_list("lesson", flat=True))
    missing = []
    if not localized(version.course.title):
        missing.append(_("The course has no title."))
    if not lessons:
        missing.append(_("There is no lesson yet."))
    elif not any(lesson.required for lesson in lessons):
        missing.append(_("No lesson is required, so nobody could complete the course."))
    if version.min_grade is not None and not any(lesson.weight > 0 for lesson in lessons):
        missing.append(_("A smallest grade is asked for, but no lesson is graded."))
    if version.min_attendance is not None and not any(lesson.is_attended for lesson in lessons):
        missing.append(_("A smallest attendance is asked for, but there is no live or on-site class."))
    gaps = ((lesson, _missing_in(lesson, lesson.pk in filled)) for lesson in lessons)
    return missing + [gap % {"lesson": lesson.name} for lesson, gap in gaps if gap]


def _missing_in(lesson: Lesson, has_questions: bool) -> str:
    match lesson.kind:
        case Lesson.Kind.PAGE if not lesson.body:
            return _("“%(lesson)s” has no text.")
        case Lesson.Kind.VIDEO | Lesson.Kind.FILE if not lesson.file:
            return _("“%(lesson)s” has no file.")
        case Lesson.Kind.QUIZ if not has_questions:
            return _("“%(lesson)s” has no question.")
        case Lesson.Kind.LIVE | Lesson.Kind.ON_SITE if not lesson.minutes:
            return _("“%(lesson)s” has no planned minutes.")
    if any(has_unnamed_picture(text) for text in lesson.body.values()):
        return _("A picture in “%(lesson)s” has no description of what it shows.")
    return ""


def versions_in_review(user: User) -> QuerySet[CourseVersion]:
    """Versions that were handed in where the user publishes, the longest wait first."""
    rows = CourseVersion.objects.filter(
        status=CourseVersion.Status.IN_REVIEW, course__provider__in=user.standing.organizations(*PUBLISHER_ROLES)
    )
    return rows.select_related("course").order_by("updated_at", "pk")
