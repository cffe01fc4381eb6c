"""What pages and services ask about courses."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from base.compiled import CompiledQuery
from base.folding import fold
from base.languages import localized
from courses.drawing import Source, shortages
from courses.html import has_unnamed_picture
from courses.models import (
    AssignmentRules,
    Course,
    CourseVersion,
    Criterion,
    Lesson,
    Module,
    PooledQuestion,
    Question,
    QuestionCategory,
    QuestionTag,
    QuizItem,
    QuizRules,
    Video,
)
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
    """The modules of a version with `lessons` on each, without their texts, and what comes before them: two queries."""
    rule = ("release_rule__after_lesson", "release_rule__after_module")
    lessons = Lesson.objects.defer("body").select_related(*rule)
    return version.modules.select_related(*rule).prefetch_related(Prefetch("lessons", queryset=lessons))


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
    lessons = list(version.lessons.select_related("video"))
    items = QuizItem.objects.filter(lesson__version=version).select_related("lesson")
    filled = {item.lesson_id for item in items}
    missing = _draws_too_much(items) + _missing_in_marking(version, lessons)
    if not localized(version.course.title):
        missing.append(_("The course has no title."))
    if not lessons:
        missing.append(_("There is no lesson yet."))
    elif not any(lesson.required for lesson in lessons):
        missing.append(_("No lesson is required, so nobody could complete the course."))
    if version.min_grade is not None and not any(lesson.weight > 0 for lesson in lessons):
        missing.append(_("A smallest grade is asked for, but no lesson is graded."))
    missing += _missing_in_categories(version, lessons)
    if version.min_attendance is not None and not any(lesson.is_attended for lesson in lessons):
        missing.append(_("A smallest attendance is asked for, but there is no live or on-site class."))
    gaps = ((lesson, _missing_in(lesson, lesson.pk in filled)) for lesson in lessons)
    return missing + [gap % {"lesson": lesson.name} for lesson, gap in gaps if gap]


def _missing_in_categories(version: CourseVersion, lessons: Collection[Lesson]) -> list[str]:
    """The categories in which nothing is graded, or of which no score would be left, in words."""
    graded = Counter(lesson.category_id for lesson in lessons if lesson.weight > 0)
    missing = []
    for category in version.categories.all():
        if not graded[category.pk]:
            missing.append(_("There is no graded lesson in the category “%(category)s”.") % {"category": category})
        elif graded[category.pk] <= category.drop_lowest:
            words = _("In the category “%(category)s” no score would be left: all the lowest ones are left out.")
            missing.append(words % {"category": category})
    return missing


def _draws_too_much(items: QuerySet[QuizItem]) -> list[str]:
    """The quizzes whose draws might find too few questions, in words."""
    missing = []
    for lesson in {item.lesson for item in items if item.question_id is None}:
        own = items.filter(lesson=lesson)
        counts = {item.pk: item.count for item in own}
        for key, found in shortages(pools_of(own)).items():
            words = _("“%(lesson)s” draws %(count)d questions where the bank is sure to have %(found)d.")
            missing.append(words % {"lesson": lesson.name, "count": counts[key], "found": found})
    return missing


def _missing_in_marking(version: CourseVersion, lessons: list[Lesson]) -> list[str]:
    """The assignments and practical works that nobody could mark, in words: one query."""
    criteria = defaultdict(list)
    for criterion in Criterion.objects.filter(lesson__version=version):
        criteria[criterion.lesson_id].append(criterion)
    missing = []
    for lesson in lessons:
        if lesson.kind not in Lesson.MARKED_KINDS:
            continue
        words = ""
        if not criteria[lesson.pk]:
            words = _("“%(lesson)s” has no criterion to mark it by.")
        elif lesson.pass_score is None and any(one.required for one in criteria[lesson.pk]):
            words = _("“%(lesson)s” has a criterion that must be met, but no smallest score to pass.")
        missing += [words % {"lesson": lesson.name}] if words else []
    return missing


def _missing_in(lesson: Lesson, has_questions: bool) -> str:
    match lesson.kind:
        case Lesson.Kind.PAGE if not lesson.body:
            return _("“%(lesson)s” has no text.")
        case Lesson.Kind.FILE if not lesson.file:
            return _("“%(lesson)s” has no file.")
        case Lesson.Kind.VIDEO if missing := _missing_film(lesson.video):
            return missing
        case Lesson.Kind.QUIZ if not has_questions:
            return _("“%(lesson)s” has no question.")
        case Lesson.Kind.LIVE | Lesson.Kind.ON_SITE if not lesson.minutes:
            return _("“%(lesson)s” has no planned minutes.")
    if any(has_unnamed_picture(text) for text in lesson.body.values()):
        return _("A picture in “%(lesson)s” has no description of what it shows.")
    return ""


def _missing_film(video: Video | None) -> str:
    if video is None:
        return _("“%(lesson)s” has no file.")
    if video.status == Video.Status.BROKEN:
        return _("The film of “%(lesson)s” cannot be played.")
    if video.status == Video.Status.WAITING and video.seconds is None:
        return _("The film of “%(lesson)s” is still being looked at: wait a minute.")
    return ""


def versions_in_review(user: User) -> QuerySet[CourseVersion]:
    """Versions that were handed in where the user publishes, the longest wait first."""
    rows = CourseVersion.objects.filter(
        status=CourseVersion.Status.IN_REVIEW, course__provider__in=user.standing.organizations(*PUBLISHER_ROLES)
    )
    return rows.select_related("course").order_by("updated_at", "pk")


# --- Question banks -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Folder:
    """A folder of a bank with its place: 0 on top, `path` as people read it."""

    category: QuestionCategory
    depth: int
    path: str


def folders(organizations: Collection[int]) -> list[Folder]:
    """The folders of these banks, each below the one it lies in, by name: one query."""
    below: dict[int | None, list[QuestionCategory]] = defaultdict(list)
    for category in QuestionCategory.objects.filter(organization__in=organizations).order_by("organization_id", "name"):
        below[category.parent_id].append(category)

    def walk(parent: int | None, depth: int, path: str) -> Iterator[Folder]:
        for category in below[parent]:
            own = f"{path} / {category.name}" if path else category.name
            yield Folder(category, depth, own)
            yield from walk(category.pk, depth + 1, own)

    return list(walk(None, 0, ""))


def with_folders_below(category: QuestionCategory) -> list[int]:
    """The ids of a folder and of all that lie in it: one query."""
    parents = dict(
        QuestionCategory.objects.filter(organization=category.organization_id).values_list("pk", "parent_id")
    )
    found = {category.pk}
    while more := {pk for pk, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


@dataclass(frozen=True)
class BankFilter:
    """What is asked of a bank; everything that is given must fit."""

    q: str = ""
    kind: str = ""
    category: QuestionCategory | None = None
    tag: QuestionTag | None = None
    difficulty: int | None = None
    retired: bool = False


def bank(organizations: Collection[int], asked: BankFilter = BankFilter()) -> QuerySet[Question]:
    """The questions of these banks that fit. Rests on question_of_bank, question_of_category."""
    rows = Question.objects.filter(organization__in=organizations, retired_at__isnull=not asked.retired)
    for word in fold(asked.q).split():
        rows = rows.filter(search_key__contains=word)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.category:
        rows = rows.filter(category__in=with_folders_below(asked.category))
    if asked.tag:
        rows = rows.filter(tags=asked.tag)
    if asked.difficulty:
        rows = rows.filter(difficulty=asked.difficulty)
    return rows


def pools_of(items: QuerySet[QuizItem]) -> dict[int, Source]:
    """From which versions the bank's own quizzes would draw now, by item."""
    return {item.pk: _pool_of(item) for item in items.select_related("question", "lesson__version__course")}


def _pool_of(item: QuizItem) -> Source:
    if item.question:
        return Source(1, [item.question.newest_id])
    asked = BankFilter(category=item.category, tag=item.tag, difficulty=item.difficulty)
    return Source(
        item.count, list(bank([item.lesson.version.course.provider_id], asked).values_list("current", flat=True))
    )


def frozen_pools(lesson: Lesson) -> dict[int, Source]:
    """From which versions a published quiz draws, by item: two queries."""
    sources = {item.pk: Source(item.count, []) for item in lesson.items.all()}
    for item, version in PooledQuestion.objects.filter(item__lesson=lesson).values_list("item_id", "version_id"):
        sources[item].pool.append(version)
    return sources


def rules_of(quiz: Lesson) -> QuizRules:
    """How a quiz is taken; by the defaults where nothing was said."""
    return QuizRules.objects.filter(lesson=quiz).first() or QuizRules(lesson=quiz)


def assignment_rules_of(lesson: Lesson) -> AssignmentRules:
    """How work is handed in and marked; by the defaults where nothing was said."""
    return AssignmentRules.objects.filter(lesson=lesson).first() or default_rules(lesson)


def default_rules(lesson: Lesson) -> AssignmentRules:
    """At the bench two people look on, and agree item by item; what is handed in is marked by one."""
    if lesson.kind == Lesson.Kind.PRACTICAL:
        return AssignmentRules(lesson=lesson, double=True, tolerance=0)
    return AssignmentRules(lesson=lesson)
