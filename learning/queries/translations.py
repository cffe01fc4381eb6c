"""How far a version is translated into a language, piece by piece."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from base.languages import localized
from courses.models import Course, CourseVersion, Criterion, GradeCategory, Lesson, Module
from courses.services.translations import Piece
from courses.translations import DONE, LATE, MISSING, source_of, state_of


@dataclass(frozen=True)
class Translated:
    """Course, module, lesson, criterion or category, with how its translation stands: missing, late, done."""

    uuid: UUID
    kind: str
    name: str
    state: str

    @property
    def label(self) -> str:
        return {MISSING: _("Not translated yet"), LATE: _("The original has changed"), DONE: _("Translated")}[
            self.state
        ]


def pieces_of(version: CourseVersion, language: str) -> list[Translated]:
    """All that a version says, in the order in which it is learned, then its categories: four queries."""
    course = version.course
    found = [_translated(course, course, language, _("Course"))]
    lessons = list(version.lessons.prefetch_related("criteria"))
    for module in version.modules.all():
        found.append(_translated(module, course, language, _("Module")))
        own = (lesson for lesson in lessons if lesson.module_id == module.pk)
        for lesson in own:
            found.append(_translated(lesson, course, language, str(lesson.get_kind_display())))
            found += [_translated(one, course, language, _("Criterion")) for one in lesson.criteria.all()]
    return found + [_translated(one, course, language, _("Category")) for one in version.categories.all()]


def _translated(piece: Piece, course: Course, language: str, kind: str) -> Translated:
    states = [
        state_of(texts, piece.translated_from.get(name, {}), source=source_of(texts, course.language), target=language)
        for name in texts_of(piece)
        if (texts := getattr(piece, name))
    ]
    state = next((one for one in (MISSING, LATE) if one in states), DONE)
    return Translated(piece.uuid, kind, localized(piece.title), state)


def texts_of(piece: Piece) -> tuple[str, ...]:
    """The names of the texts of a piece."""
    match piece:
        case Course():
            return ("title", "summary")
        case Module() | GradeCategory():
            return ("title",)
        case Lesson():
            return ("title", "body")
        case Criterion():
            return ("title", "levels")


def piece_of(version: CourseVersion, uuid: UUID) -> Piece | None:
    if version.course.uuid == uuid:
        return version.course
    for pieces in (version.modules, version.lessons, version.categories):
        if found := pieces.filter(uuid=uuid).select_related("version__course").first():
            return found
    criteria = Criterion.objects.filter(lesson__version=version, uuid=uuid)
    return criteria.select_related("lesson__version__course").first()
