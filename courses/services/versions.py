"""From draft to published: the one gate for a version's state, and what freezes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.services.notices import notify
from base.transitions import Transitions, check_move
from courses.models import (
    AssignmentRules,
    Attachment,
    Comment,
    Course,
    CourseVersion,
    Criterion,
    GradeCategory,
    Lesson,
    Module,
    QuizItem,
    QuizRules,
    QuizSection,
    ReleaseRule,
)
from courses.queries import missing_to_publish
from courses.services.pools import freeze_pools
from courses.signals import version_published

Status = CourseVersion.Status

TRANSITIONS: Transitions = {
    Status.DRAFT: frozenset({Status.IN_REVIEW}),
    Status.IN_REVIEW: frozenset({Status.DRAFT, Status.PUBLISHED}),
    Status.PUBLISHED: frozenset({Status.RETIRED}),
    Status.RETIRED: frozenset(),
}


class VersionFrozen(DomainError):
    code = "version-frozen"
    message = _("This version is published and stays as it is. Make a new draft to change the course.")


class VersionInReview(DomainError):
    code = "version-in-review"
    message = _("This version is in review. Take it back to draft to change it.")


class CommentsOpen(DomainError):
    code = "comments-open"
    message = _("There are comments that nobody has resolved yet: look at them before you publish.")


class ForeignModule(DomainError):
    code = "foreign-module"
    message = _("This module belongs to another organization.")


class NotReady(DomainError):
    """Something is missing before a version can be shown to learners; `missing` lists it in words."""

    code = "version-not-ready"

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


@dataclass(frozen=True)
class VersionFields:
    """What a version asks: academic hours, smallest grade (0 to 100), smallest attendance share (0 to 1)."""

    hours: int
    min_grade: Decimal | None = None
    min_attendance: Decimal | None = None


def set_version_fields(version: CourseVersion, fields: VersionFields) -> None:
    if not 1 <= fields.hours <= 5000:
        raise InvalidInput(_("A course has from 1 to 5000 hours."), field="hours")
    if fields.min_grade is not None and not 0 <= fields.min_grade <= 100:
        raise InvalidInput(_("A grade lies between 0 and 100."), field="min_grade")
    if fields.min_attendance is not None and not 0 <= fields.min_attendance <= 1:
        raise InvalidInput(_("A share of attendance lies between 0 and 1."), field="min_attendance")
    version.hours, version.min_grade = fields.hours, fields.min_grade
    version.min_attendance = fields.min_attendance


def lock_draft(version: CourseVersion) -> CourseVersion:
    """Lock a version that is about to be changed; raises VersionFrozen or VersionInReview."""
    version = CourseVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if version.is_frozen:
        raise VersionFrozen
    if version.status == Status.IN_REVIEW:
        raise VersionInReview
    return version


def move(version: CourseVersion, to: str, *, by: User | None) -> None:
    """Let a locked version become `to`; raises IllegalMove."""
    check_move(TRANSITIONS, version.status, to)
    audit.record(f"courseversion.{to}", on=version, by=by, before=version.status)
    version.status = to
    version.save(update_fields=["status", "published_at", "updated_at"])


@transaction.atomic
def submit_for_review(version: CourseVersion, *, by: User | None) -> CourseVersion:
    """Ask for a draft to be published; raises NotReady with what is missing."""
    version = _lock(version)
    if version.status != Status.IN_REVIEW:
        _refuse_unless_ready(version)
        version.submitted_by = by
        version.save(update_fields=["submitted_by"])
        move(version, Status.IN_REVIEW, by=by)
    return version


@transaction.atomic
def return_to_draft(version: CourseVersion, *, by: User | None, words: str = "") -> CourseVersion:
    """Open a version in review for changes again; `words` say what is to be changed, as a comment that stays open."""
    version = _lock(version)
    if version.status != Status.DRAFT:
        move(version, Status.DRAFT, by=by)
        if said := words.replace("\0", "").strip()[:5_000]:
            Comment.objects.create(version=version, author=by, text=said)
        _tell_author(version, "version-returned", by=by, words=said or "—")
    return version


@transaction.atomic
def publish_version(version: CourseVersion, *, by: User | None) -> CourseVersion:
    """Freeze a version with its questions and make it what the course teaches; the one before is retired."""
    version = _lock(version)
    if version.status == Status.PUBLISHED:
        return version
    check_move(TRANSITIONS, version.status, Status.PUBLISHED)
    _refuse_unless_ready(version)
    if version.comments.open().exists():
        raise CommentsOpen
    now = timezone.now()
    for old in version.course.versions.filter(status=Status.PUBLISHED):
        move(old, Status.RETIRED, by=by)
    freeze_pools(version)
    version.published_at = now
    move(version, Status.PUBLISHED, by=by)
    Course.objects.filter(pk=version.course_id).update(current_version=version, retired_at=None, updated_at=now)
    _tell_author(version, "version-published", by=by)
    transaction.on_commit(partial(version_published.send, sender=CourseVersion, version_id=version.pk))
    return version


@transaction.atomic
def new_draft(course: Course, *, by: User | None) -> CourseVersion:
    """Copy the newest version into a further draft; where one is in work already, answer with that."""
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    newest = course.versions.order_by("-number")[0]
    if not newest.is_frozen:
        return newest
    draft = CourseVersion.objects.create(
        course=course,
        number=newest.number + 1,
        hours=newest.hours,
        min_grade=newest.min_grade,
        min_attendance=newest.min_attendance,
    )
    _copy_outline(newest, draft)
    audit.record("courseversion.drafted", on=draft, by=by)
    return draft


def _lock(version: CourseVersion) -> CourseVersion:
    """Lock a version and its course, the course first: two versions of one course never move at once."""
    course = Course.objects.select_for_update(no_key=True).get(pk=version.course_id)
    version = CourseVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    version.course = course
    return version


def _tell_author(version: CourseVersion, kind: str, *, by: User | None, **params: str) -> None:
    """Tell whoever handed a version in what became of it, unless it was their own doing."""
    if version.submitted_by_id and version.submitted_by_id != (by.pk if by else None):
        notify(
            version.submitted_by_id,
            kind=kind,
            key=f"{kind} {version.uuid} {timezone.now().isoformat()}",
            params={"course": version.course.title} | params,
            url=f"/teach/versions/{version.uuid}/",
        )


def _refuse_unless_ready(version: CourseVersion) -> None:
    if missing := missing_to_publish(version):
        raise NotReady(missing)


@transaction.atomic
def copy_module(source: Module, target: CourseVersion, *, by: User | None) -> Module:
    """Put a copy of a module, of any course of the same organization, at the end of a draft.

    One that came from there before, and is still called so, answers for itself. Its graded lessons count within the
    categories of the draft that are called as theirs were, else for themselves. Raises ForeignModule.
    """
    target = lock_draft(target)
    if source.version.course.provider_id != target.course.provider_id:
        raise ForeignModule
    modules = list(target.modules.all())
    origin = source.lineage or source.uuid
    alike = (one for one in modules if origin in (one.lineage, one.uuid) and one.title == source.title)
    if same := next(alike, None):
        return same
    own, theirs = target.categories.all(), source.version.categories.all()
    categories = {there.pk: here for there in theirs for here in own if here.title == there.title}
    after = target.lessons.count()
    copy = _copy_module(source, target, position=len(modules) + 1, after=after, categories=categories)
    _copy_rules([(source, copy)])
    audit.record("module.copied", on=copy, by=by, source=str(source.uuid))
    return copy


def _copy_outline(source: CourseVersion, target: CourseVersion) -> None:
    """Copy all modules and categories; files, films and questions are shared, since they stay as they are."""
    categories = {category.pk: _copy_category(category, target) for category in source.categories.all()}
    after, pairs = 0, []
    for module in source.modules.all():
        copy = _copy_module(module, target, position=module.position, after=after, categories=categories)
        pairs.append((module, copy))
        after += module.lessons.count()
    _copy_rules(pairs)


def _copy_category(category: GradeCategory, target: CourseVersion) -> GradeCategory:
    names = ("position", "title", "translated_from", "weight", "drop_lowest")
    return GradeCategory.objects.create(version=target, **{name: getattr(category, name) for name in names})


def _copy_module(
    source: Module, target: CourseVersion, *, position: int, after: int, categories: Mapping[int, GradeCategory]
) -> Module:
    """Copy a module with its lessons, what they ask and how; its lessons count on from `after`.

    `categories`: those of the target, by the id of the one at the source.
    """
    lineage = source.lineage or source.uuid
    copy = Module.objects.create(version=target, position=position, title=source.title, lineage=lineage)
    lessons = source.lessons.prefetch_related("sections__items", "attachments", "criteria")
    for place, lesson in enumerate(lessons, start=after + 1):
        sections = list(lesson.sections.all())
        category = categories.get(lesson.category_id) if lesson.category_id else None
        twin = _copy_lesson(lesson, copy, position=place, category=category)
        for section in sections:
            _copy_section(section, twin)
        _copy_lesson_rules(lesson, twin)
        Criterion.objects.bulk_create(Criterion(lesson=twin, **_own_values(one)) for one in lesson.criteria.all())
    return copy


def _copy_rules(pairs: Sequence[tuple[Module, Module]]) -> None:
    """Let each copy open as its source does; what comes before it elsewhere than in these modules falls away."""
    modules = {source.pk: copy.pk for source, copy in pairs}
    lessons: dict[int, int] = {}
    for source, copy in pairs:
        orders = (one.lessons.values_list("pk", flat=True) for one in (source, copy))
        lessons |= dict(zip(*orders, strict=True))
    for rule in ReleaseRule.objects.filter(Q(module__in=modules) | Q(lesson__in=lessons)):
        after_lesson, after_module = lessons.get(rule.after_lesson_id or 0), modules.get(rule.after_module_id or 0)
        if after_lesson or after_module or rule.days is not None:
            ReleaseRule.objects.create(
                version_id=pairs[0][1].version_id,
                lesson_id=lessons.get(rule.lesson_id or 0),
                module_id=modules.get(rule.module_id or 0),
                after_lesson_id=after_lesson,
                after_module_id=after_module,
                least_score=rule.least_score if after_lesson else None,
                days=rule.days,
            )


def _copy_lesson_rules(lesson: Lesson, twin: Lesson) -> None:
    for quiz_rules in QuizRules.objects.filter(lesson=lesson):
        quiz_rules.lesson = twin
        quiz_rules.save(force_insert=True)
    for rules in AssignmentRules.objects.filter(lesson=lesson):
        rules.lesson = twin
        rules.save(force_insert=True)


def _copy_section(section: QuizSection, lesson: Lesson) -> None:
    items = list(section.items.all())
    copy = QuizSection.objects.create(
        lesson=lesson, position=section.position, title=section.title, shuffle=section.shuffle
    )
    QuizItem.objects.bulk_create(QuizItem(lesson=lesson, section=copy, **_own_values(item)) for item in items)


def _own_values(item: QuizItem | Criterion) -> dict[str, Any]:
    """All that a row says by itself; what an item draws from is written down anew by publishing."""
    elsewhere = {"id", "uuid", "created_at", "updated_at", "lesson", "section"}
    return {field.attname: getattr(item, field.attname) for field in item._meta.fields if field.name not in elsewhere}


def _copy_lesson(lesson: Lesson, module: Module, *, position: int, category: GradeCategory | None) -> Lesson:
    own = {"id", "uuid", "created_at", "updated_at", "version", "module", "position", "lineage", "revision", "category"}
    values = {field.name: getattr(lesson, field.name) for field in Lesson._meta.fields if field.name not in own}
    values |= {"position": position, "category": category, "lineage": lesson.lineage or lesson.uuid}
    copy = Lesson.objects.create(version=module.version, module=module, **values)
    Attachment.objects.bulk_create(
        Attachment(lesson=copy, name=one.name, file=one.file, size=one.size) for one in lesson.attachments.all()
    )
    return copy
