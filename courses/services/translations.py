"""Writing a course in a further language, beside the one that it was written in."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from base.errors import InvalidInput
from base.languages import LANGUAGE_CODES, clean_texts
from courses.models import Course, Criterion, GradeCategory, Lesson, Module
from courses.services.assignments import clean_levels
from courses.services.outline import clean_body
from courses.services.versions import lock_draft
from courses.translations import mark_of, marked, source_of

Piece = Course | Module | Lesson | GradeCategory | Criterion
TEXTS: dict[type[Piece], dict[str, int]] = {
    Course: {"title": 200, "summary": 2000},
    Module: {"title": 200},
    Lesson: {"title": 200, "body": 200_000},
    GradeCategory: {"title": 200},
    Criterion: {"title": 300, "levels": 5000},
}


@transaction.atomic
def translate(piece: Piece, *, language: str, texts: Mapping[str, str], by: User | None) -> Piece:
    """Write the texts of a course, module, lesson or criterion in one language; the other languages stay as they are.

    From then on they translate the source as it is now, also where nothing in them was changed. Raises InvalidInput.
    """
    if language not in LANGUAGE_CODES:
        raise InvalidInput(field="language")
    written_in = _lock(piece)
    piece.refresh_from_db()
    marks = {name: dict(found) for name, found in piece.translated_from.items()}
    for name, text in texts.items():
        before = getattr(piece, name)
        after = _clean(piece, name, {**before, language: text})
        setattr(piece, name, after)
        marks[name] = marked(marks.get(name, {}), before, after, language=written_in)
        if after.get(language) and language != (source := source_of(after, written_in)):
            marks[name][language] = mark_of(after[source])
    piece.translated_from = marks
    if isinstance(piece, Lesson):
        piece.revision += 1
    piece.save()
    audit.record(f"{piece._meta.model_name}.translated", on=piece, by=by, language=language)
    return piece


def _lock(piece: Piece) -> str:
    """Lock what is changed; returns the language of the course. Raises VersionFrozen, VersionInReview."""
    if isinstance(piece, Course):
        return Course.objects.select_for_update(no_key=True).get(pk=piece.pk).language
    version = piece.lesson.version if isinstance(piece, Criterion) else piece.version
    lock_draft(version)
    return version.course.language


def _clean(piece: Piece, name: str, texts: Mapping[str, str]) -> dict[str, str]:
    if name == "body":
        return clean_body(texts)
    if isinstance(piece, Criterion) and name == "levels":
        return clean_levels(texts, count=len(piece.points))
    return clean_texts(texts, field=name, max_length=TEXTS[type(piece)][name], required=name == "title")
