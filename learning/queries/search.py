"""Finding words within a course: in lessons that the learner may open, and in the learner's own notes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language

from base.folding import APOSTROPHES, fold
from base.languages import nearest_language
from enrollment.models import Enrollment
from learning.models import LessonText, Note
from learning.queries.notes import notes_of_course
from learning.queries.player import Outline, Step

MOST_WORDS, SHORTEST = 8, 2
MOST_LESSONS, MOST_NOTES = 50, 20
BEFORE, AFTER = 70, 150  # characters of an excerpt around the first word found
WORD = re.compile(rf"[\w{re.escape(APOSTROPHES)}]+")


@dataclass(frozen=True)
class Piece:
    """Some characters of a text; marked where they are a word that was searched for."""

    text: str
    is_hit: bool


@dataclass(frozen=True)
class FoundLesson:
    """A lesson with the words; `language` is that of the excerpt."""

    step: Step
    title: list[Piece]
    language: str
    excerpt: list[Piece]


@dataclass(frozen=True)
class FoundNote:
    note: Note
    excerpt: list[Piece]


@dataclass(frozen=True)
class Found:
    lessons: list[FoundLesson]
    notes: list[FoundNote]


def needles_in(words: str) -> list[str]:
    """What to look for, folded; too short words say nothing."""
    return [word for word in fold(words).split() if len(word) >= SHORTEST][:MOST_WORDS]


def search_course(enrollment: Enrollment, outline: Outline, words: str) -> Found:
    """Lessons with each of the words, in the order of the course, and notes: three queries.

    Reads the texts of one version, which has at most some hundred lessons.
    """
    needles = needles_in(words)
    if not needles:
        return Found([], [])
    notes = [
        FoundNote(note, excerpt_of(note.text, needles)) for note in notes_of_course(enrollment, words)[:MOST_NOTES]
    ]
    return Found(_lessons(enrollment.cohort.version_id, outline, needles), notes)


def _lessons(version: int, outline: Outline, needles: Sequence[str]) -> list[FoundLesson]:
    rows = LessonText.objects.filter(version=version)
    for needle in needles:
        rows = rows.filter(search_key__contains=needle)
    languages: dict[int, dict[str, int]] = {}
    for pk, lesson, language in rows.values_list("pk", "lesson_id", "language"):
        languages.setdefault(lesson, {})[language] = pk
    steps = [step for step in outline.steps if step.pk in languages and step.status != "locked"][:MOST_LESSONS]
    chosen = {step.pk: _nearest(languages[step.pk]) for step in steps}
    texts = LessonText.objects.in_bulk([languages[pk][language] for pk, language in chosen.items()])
    return [
        FoundLesson(
            step=step,
            title=pieces_of(step.title, needles),
            language=chosen[step.pk],
            excerpt=excerpt_of(texts[languages[step.pk][chosen[step.pk]]].text, needles),
        )
        for step in steps
    ]


def _nearest(languages: dict[str, int]) -> str:
    """The language of those with the words that is nearest to the reader's."""
    nearest = nearest_language(dict.fromkeys(languages, "x"), get_language())
    return nearest if nearest in languages else next(iter(languages))


# --- Excerpts -----------------------------------------------------------------------------------
def excerpt_of(text: str, needles: Sequence[str]) -> list[Piece]:
    """What stands around the first word found, else the beginning."""
    first = next((word.start() for word in WORD.finditer(text) if _is_hit(word[0], needles)), 0)
    begin, end = max(first - BEFORE, 0), first + AFTER
    if begin:
        begin = text.find(" ", begin, first) + 1 or begin
    if end < len(text):
        end = max(text.rfind(" ", first, end), first + 1) if " " in text[first:end] else end
    cut = ("… " if begin else "") + text[begin:end] + (" …" if end < len(text) else "")
    return pieces_of(" ".join(cut.split()), needles)


def pieces_of(text: str, needles: Sequence[str]) -> list[Piece]:
    """A text cut where words that are searched for begin and end."""
    pieces, at = [], 0
    for word in WORD.finditer(text):
        if _is_hit(word[0], needles):
            pieces += [Piece(text[at : word.start()], False), Piece(word[0], True)]
            at = word.end()
    return [piece for piece in (*pieces, Piece(text[at:], False)) if piece.text]


def _is_hit(word: str, needles: Sequence[str]) -> bool:
    folded = _folded(word)
    return any(needle in folded for needle in needles)


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return fold(word)
