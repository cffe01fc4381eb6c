"""Modules and lessons of a draft, in their order."""

from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict, TypeVar, Unpack
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.languages import Texts, clean_texts
from courses.html import check_formulas, clean_html, has_unnamed_picture
from courses.models import (
    AssignmentRules,
    CourseVersion,
    Criterion,
    Lesson,
    Module,
    QuizItem,
    QuizRules,
    QuizSection,
)
from courses.services.drafts import drop_draft
from courses.services.release import refuse_circle, refuse_if_awaited
from courses.services.versions import lock_draft
from courses.services.videos import add_video
from courses.translations import marks_after
from courses.uploads import check_upload

# Kinds that can be taught today; the others wait for their own players.
TEACHABLE = (
    Lesson.Kind.PAGE,
    Lesson.Kind.VIDEO,
    Lesson.Kind.FILE,
    Lesson.Kind.QUIZ,
    Lesson.Kind.ASSIGNMENT,
    Lesson.Kind.PRACTICAL,
    Lesson.Kind.LIVE,
    Lesson.Kind.ON_SITE,
)
BODY_LENGTH = 200_000


class ModuleNotEmpty(DomainError):
    code = "module-not-empty"
    message = _("This module has lessons: move or remove them first.")


class OutlineChanged(DomainError):
    code = "outline-changed"
    message = _("Somebody else has changed the outline meanwhile: it is shown as it is now. Move it once more.")


class LessonChanged(DomainError):
    code = "lesson-changed"
    message = _("Somebody else has saved this lesson meanwhile. Your words are kept below: look at both.")


class LessonFields(TypedDict, total=False):
    """What a lesson is made of besides its kind; what is left out stays as it is."""

    title: Texts
    body: Texts
    file: "File[bytes] | None"
    minutes: int
    required: bool
    weight: Decimal
    pass_score: Decimal | None
    max_attempts: int | None


@dataclass
class Part:
    """A module with its lessons, as they are to stand."""

    module: Module
    lessons: list[Lesson]


Row = TypeVar("Row", Module, Lesson)


@transaction.atomic
def add_module(version: CourseVersion, *, title: Texts, by: User | None) -> Module:
    """Put a module at the end of a draft; one of the same title answers for itself."""
    version = lock_draft(version)
    texts = clean_texts(title, field="title", max_length=200)
    modules = list(version.modules.all())
    if same := next((module for module in modules if module.title == texts), None):
        return same
    module = Module.objects.create(version=version, position=len(modules) + 1, title=texts)
    audit.record("module.added", on=module, by=by)
    return module


@transaction.atomic
def save_module(module: Module, *, title: Texts, by: User | None) -> Module:
    lock_draft(module.version)
    module = Module.objects.get(pk=module.pk)
    before = {"title": module.title}
    module.title = clean_texts(title, field="title", max_length=200)
    written_in, after = module.version.course.language, {"title": module.title}
    module.translated_from = marks_after(module.translated_from, before, after, language=written_in)
    module.save(update_fields=["title", "translated_from", "updated_at"])
    audit.record("module.saved", on=module, by=by)
    return module


@transaction.atomic
def move_module(module: Module, *, up: bool, by: User | None) -> Module:
    """Let a module change places with the one before or after it; at the end nothing happens."""
    parts = read_parts(lock_draft(module.version))
    here = _index_of_module(parts, module.uuid)
    beside = here + (-1 if up else 1)
    if 0 <= beside < len(parts):
        parts.insert(beside, parts.pop(here))
        _write_parts(parts)
        audit.record("module.moved", on=module, by=by)
    return module


@transaction.atomic
def place_module(module: Module, *, after: UUID | None, by: User | None) -> Module:
    """Put a module behind the one `after`, or in front of all. Raises OutlineChanged where that one is gone."""
    parts = read_parts(lock_draft(module.version))
    moved = parts.pop(_index_of_module(parts, module.uuid))
    parts.insert(0 if after is None else _index_of_module(parts, after) + 1, moved)
    _write_parts(parts)
    audit.record("module.moved", on=module, by=by)
    return moved.module


@transaction.atomic
def remove_module(module: Module, *, by: User | None) -> None:
    """Raises ModuleNotEmpty, StillAwaited; one that is gone already stays gone."""
    version = lock_draft(module.version)
    if module.lessons.exists():
        raise ModuleNotEmpty
    refuse_if_awaited(module)
    if Module.objects.filter(pk=module.pk).delete()[0]:
        audit.record("module.removed", on=module, by=by)
        _write_parts(read_parts(version))


@transaction.atomic
def add_lesson(module: Module, *, kind: str, by: User | None, **fields: Unpack[LessonFields]) -> Lesson:
    """Put a lesson at the end of a module of a draft; one of the same kind and title there answers for itself."""
    version = lock_draft(module.version)
    if kind not in TEACHABLE:
        raise InvalidInput(_("A lesson of this kind cannot be written yet."), field="kind")
    lesson = Lesson(version=version, module=module, kind=kind)
    _fill(lesson, fields, by=by)
    if not lesson.title:
        raise InvalidInput(_("Give this text in at least one language."), field="title")
    if same := next((one for one in module.lessons.filter(kind=kind) if one.title == lesson.title), None):
        return same
    lesson.position = version.lessons.count() + 1
    lesson.save()
    _write_parts(read_parts(version))
    audit.record("lesson.added", on=lesson, by=by)
    if by:
        drop_draft(Lesson(module=module, kind=kind), author=by)
    lesson.refresh_from_db(fields=["position"])
    return lesson


@transaction.atomic
def save_lesson(lesson: Lesson, *, by: User | None, seen: int | None = None, **fields: Unpack[LessonFields]) -> Lesson:
    """Change a lesson; the same again changes nothing.

    `seen` is the revision that the author began from. Raises LessonChanged where there is a newer one that says
    something else.
    """
    lock_draft(lesson.version)
    lesson = Lesson.objects.get(pk=lesson.pk)
    before = copy(lesson)
    _fill(lesson, fields, by=by)
    is_changed = any(getattr(before, name) != getattr(lesson, name) for name in fields if name != "file")
    if is_changed or fields.get("file"):
        if seen not in (None, lesson.revision):
            raise LessonChanged
        lesson.revision += 1
        old, new = ({"title": one.title, "body": one.body} for one in (before, lesson))
        written_in = lesson.version.course.language
        lesson.translated_from = marks_after(lesson.translated_from, old, new, language=written_in)
        lesson.save()
        audit.record("lesson.saved", on=lesson, by=by)
    if by:
        drop_draft(lesson, author=by)
    return lesson


@transaction.atomic
def move_lesson(lesson: Lesson, *, up: bool, by: User | None) -> Lesson:
    """Let a lesson change places with its neighbour, or cross into the module before or after."""
    parts = read_parts(lock_draft(lesson.version))
    here, index = _find(parts, lesson.uuid)
    beside = index + (-1 if up else 1)
    there = here if 0 <= beside < len(parts[here].lessons) else here + (-1 if up else 1)
    if not 0 <= there < len(parts):
        return lesson
    moved = parts[here].lessons.pop(index)
    if there != here:
        beside = len(parts[there].lessons) if up else 0
    return _put(parts, moved, parts[there], beside, by=by)


@transaction.atomic
def place_lesson(lesson: Lesson, *, module: UUID, after: UUID | None, by: User | None) -> Lesson:
    """Put a lesson behind the one `after`, or in front of all others of `module`.

    It says where, not how the whole is to stand, so what two authors move at once is both moved. Raises OutlineChanged
    where `module` is gone or `after` no longer stands in it.
    """
    parts = read_parts(lock_draft(lesson.version))
    here, index = _find(parts, lesson.uuid)
    moved = parts[here].lessons.pop(index)
    target = parts[_index_of_module(parts, module)]
    place = 0 if after is None else _index(target.lessons, after) + 1
    return _put(parts, moved, target, place, by=by)


@transaction.atomic
def remove_lesson(lesson: Lesson, *, by: User | None) -> None:
    """Take a lesson out of a draft; its questions stay in the bank. Raises StillAwaited."""
    version = lock_draft(lesson.version)
    refuse_if_awaited(lesson)
    QuizItem.objects.filter(lesson=lesson).delete()
    QuizSection.objects.filter(lesson=lesson).delete()
    QuizRules.objects.filter(lesson=lesson).delete()
    AssignmentRules.objects.filter(lesson=lesson).delete()
    Criterion.objects.filter(lesson=lesson).delete()
    if Lesson.objects.filter(pk=lesson.pk).delete()[0]:
        audit.record("lesson.removed", on=lesson, by=by)
        _write_parts(read_parts(version))


def _fill(lesson: Lesson, fields: LessonFields, *, by: User | None) -> None:
    if "title" in fields:
        lesson.title = clean_texts(fields["title"], field="title", max_length=200)
    if "body" in fields:
        lesson.body = clean_body(fields["body"])
    if file := fields.get("file"):
        _put_file(lesson, file, by=by)
    for name in ("minutes", "required", "weight", "pass_score", "max_attempts"):
        if name in fields:
            setattr(lesson, name, fields[name])
    if not 0 <= lesson.minutes <= 10_000:
        raise InvalidInput(_("A lesson takes from 0 to 10,000 minutes."), field="minutes")
    if not 0 <= lesson.weight <= 1000:
        raise InvalidInput(_("A weight lies between 0 and 1000."), field="weight")
    if lesson.pass_score is not None and not 0 <= lesson.pass_score <= 100:
        raise InvalidInput(_("A score lies between 0 and 100."), field="pass_score")
    if lesson.max_attempts is not None and not 1 <= lesson.max_attempts <= 100:
        raise InvalidInput(_("Allow from 1 to 100 attempts, or leave it empty for no limit."), field="max_attempts")


def _put_file(lesson: Lesson, file: "File[bytes]", *, by: User | None) -> None:
    check_upload(lesson.kind, file.name or "", file.size, file.read(16))
    file.seek(0)
    if lesson.kind == Lesson.Kind.VIDEO:
        lesson.video = add_video(lesson.version.course.provider, file=file, by=by)
    else:
        lesson.file = file


def clean_body(body: Texts) -> dict[str, str]:
    """The text of a lesson as it is stored. Raises InvalidInput on `body` where a picture or a formula says nothing."""
    cleaned = clean_texts(
        {code: clean_html(text) for code, text in body.items()}, field="body", max_length=BODY_LENGTH, required=False
    )
    for text in cleaned.values():
        if has_unnamed_picture(text):
            raise InvalidInput(
                _("A picture has no description. Say what it shows, or mark it as decoration."), field="body"
            )
        try:
            check_formulas(text)
        except InvalidInput as error:
            raise InvalidInput(str(error), field="body") from error
    return cleaned


# --- The order ----------------------------------------------------------------------------------
def read_parts(version: CourseVersion) -> list[Part]:
    """The modules of a version in order, each with its lessons, without their texts: two queries."""
    parts = {module.pk: Part(module, []) for module in version.modules.all()}
    for lesson in version.lessons.only("pk", "uuid", "title", "position", "module_id"):
        parts[lesson.module_id].lessons.append(lesson)
    return list(parts.values())


def _write_parts(parts: list[Part]) -> None:
    """Write the places anew, modules from 1, lessons from 1 through the whole version: one statement for each table."""
    lessons: list[Lesson] = []
    for position, part in enumerate(parts, start=1):
        part.module.position = position
        for lesson in part.lessons:
            lesson.module = part.module
            lessons.append(lesson)
            lesson.position = len(lessons)
    Module.objects.bulk_update([part.module for part in parts], ["position"])
    Lesson.objects.bulk_update(lessons, ["module", "position"])


def _put(parts: list[Part], lesson: Lesson, target: Part, place: int, *, by: User | None) -> Lesson:
    target.lessons.insert(place, lesson)
    _write_parts(parts)
    refuse_circle(lesson.version)
    audit.record("lesson.moved", on=lesson, by=by)
    return lesson


def _index(rows: list[Row], uuid: UUID) -> int:
    for index, row in enumerate(rows):
        if row.uuid == uuid:
            return index
    raise OutlineChanged


def _index_of_module(parts: list[Part], uuid: UUID) -> int:
    return _index([part.module for part in parts], uuid)


def _find(parts: list[Part], lesson: UUID) -> tuple[int, int]:
    """Where a lesson stands: its part, and its place in there."""
    for here, part in enumerate(parts):
        for index, one in enumerate(part.lessons):
            if one.uuid == lesson:
                return here, index
    raise OutlineChanged
