"""A learner's own notes and bookmarks: no audit, since nobody else has to do with them."""

from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from base.errors import DomainError
from base.folding import fold
from courses.models import Lesson
from enrollment.models import Enrollment
from learning.models import Bookmark, Note
from learning.writing import clean_words

LONGEST_NOTE = 5_000
MOST_NOTES = 500


class TooManyNotes(DomainError):
    code = "too-many-notes"
    message = _("You have 500 notes in this course: remove one before you write another.")


class NotYours(DomainError):
    code = "not-yours"
    status = 404
    message = _("There is no such note.")


@transaction.atomic
def save_note(
    enrollment: Enrollment, lesson: Lesson, *, uuid: UUID, text: str, seconds: int | None = None, seen: int = 0
) -> Note:
    """Write a note, or write it anew; the same again changes nothing.

    `seen` is the revision that was gone on from. Where there is a newer one that says something else, both stay: the
    words become a further note. Raises InvalidInput, TooManyNotes, NotYours.
    """
    text = clean_words(text, most=LONGEST_NOTE)
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment.pk)
    note = Note.objects.filter(uuid=uuid).first()
    if note and (note.enrollment_id, note.lesson_id) != (enrollment.pk, lesson.pk):
        raise NotYours
    if note and note.text == text:
        return note
    if note and (seen >= note.revision or text.startswith(note.text)):
        note.text, note.search_key, note.revision = text, fold(text), note.revision + 1
        note.save(update_fields=["text", "search_key", "revision", "updated_at"])
        return note
    if note and (same := enrollment.notes.filter(lesson=lesson, text=text).first()):
        return same
    if enrollment.notes.count() >= MOST_NOTES:
        raise TooManyNotes
    key = uuid4() if note else uuid
    fields = {"text": text, "search_key": fold(text), "seconds": seconds}
    return Note.objects.create(uuid=key, enrollment=enrollment, lesson=lesson, **fields)


def remove_note(note: Note) -> None:
    """One that is gone already stays gone."""
    Note.objects.filter(pk=note.pk).delete()


def set_bookmark(enrollment: Enrollment, lesson: Lesson, *, on: bool, seconds: int | None = None) -> None:
    """Mark a lesson, at a place of its film, or take the mark away."""
    if on:
        place = {"seconds": seconds}
        Bookmark.objects.update_or_create(enrollment=enrollment, lesson=lesson, defaults=place)
    else:
        Bookmark.objects.filter(enrollment=enrollment, lesson=lesson).delete()
