"""What a learner has written down and marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from base.compiled import CompiledQuery
from base.folding import fold
from courses.models import Lesson
from enrollment.models import Enrollment
from learning.models import Bookmark, Note
from learning.queries.player import Outline, Step

NOTES = CompiledQuery(
    lambda enrollment, lesson: Note.objects.filter(enrollment=enrollment, lesson=lesson).order_by("id")
)
BOOKMARKS = CompiledQuery(
    lambda enrollment: Bookmark.objects.filter(enrollment=enrollment).order_by("id").values_list("lesson_id", "seconds")
)


@dataclass(frozen=True)
class Place:
    """A lesson of the outline that is marked, and where in its film."""

    step: Step
    seconds: int | None


@dataclass(frozen=True)
class Marks:
    """What a learner wrote in a lesson and marked in its course; `new_note` is the id of the next note."""

    notes: list[Note]
    bookmarks: Mapping[int, int | None]
    lesson_id: int
    outline: Outline
    new_note: UUID

    @property
    def is_marked(self) -> bool:
        return self.lesson_id in self.bookmarks

    @property
    def places(self) -> list[Place]:
        """What is marked, in the order of the course."""
        return [Place(step, self.bookmarks[step.pk]) for step in self.outline.steps if step.pk in self.bookmarks]


def marks_of(enrollment: Enrollment, lesson: Lesson, outline: Outline) -> Marks:
    """Two queries. Rests on note_of_lesson and bookmark_once."""
    notes = NOTES.rows(enrollment.pk, lesson.pk)
    return Marks(notes, dict(BOOKMARKS.rows(enrollment.pk)), lesson.pk, outline, uuid4())


def notes_of_course(enrollment: Enrollment, words: str = "") -> list[Note]:
    """All notes of a learner in a course, lesson by lesson; only those with each of `words`, in any spelling."""
    notes = enrollment.notes.select_related("lesson").defer("lesson__body")
    for word in fold(words).split():
        notes = notes.filter(search_key__contains=word)
    return list(notes.order_by("lesson__position", "id"))
