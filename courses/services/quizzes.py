"""What a quiz asks: sections, questions of the bank, draws by chance. Only a draft is changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar, Unpack

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.languages import Texts, clean_texts
from courses.models import Lesson, Question, QuestionCategory, QuestionTag, QuizItem, QuizSection
from courses.services.bank import ForeignCategory, QuestionPlace, add_question
from courses.services.versions import lock_draft

MOST_DRAWN = 200
Placed = TypeVar("Placed", bound=Model)


class NotQuiz(DomainError):
    code = "not-a-quiz"
    message = _("Only a quiz holds questions.")


class ForeignQuestion(DomainError):
    code = "foreign-question"
    message = _("This question stands in the bank of another organization.")


class RetiredQuestion(DomainError):
    code = "retired-question"
    message = _("This question is retired: no new quiz may use it.")


class SectionNotEmpty(DomainError):
    code = "section-not-empty"
    message = _("This section has questions: move or remove them first.")


@dataclass(frozen=True)
class Draw:
    """Which questions are drawn: all of these that are given must fit; folders hold those below them too."""

    count: int
    category: QuestionCategory | None = None
    tag: QuestionTag | None = None
    difficulty: int | None = None


@transaction.atomic
def add_item(
    lesson: Lesson,
    *,
    question: Question,
    by: User | None,
    points: Decimal | int | None = None,
    section: QuizSection | None = None,
) -> QuizItem:
    """Put a question at the end of a section, else of the quiz; one that stands there already keeps its place."""
    _lock_quiz(lesson)
    if question.organization_id != lesson.version.course.provider_id:
        raise ForeignQuestion
    if same := lesson.items.filter(question=question).first():
        return same
    if question.retired_at:
        raise RetiredQuestion
    worth = _checked(Decimal(question.newest.content["points"]) if points is None else points)
    item = _append(QuizItem(lesson=lesson, question=question, points=worth), section)
    audit.record("quizitem.added", on=lesson, by=by, question=str(question.uuid))
    return item


@transaction.atomic
def add_draw(
    lesson: Lesson,
    draw: Draw,
    *,
    by: User | None,
    points: Decimal | int = 1,
    section: QuizSection | None = None,
) -> QuizItem:
    """Put a draw by chance at the end of a section, else of the quiz; equal draws may stand beside each other."""
    _lock_quiz(lesson)
    item = QuizItem(lesson=lesson, points=_checked(points))
    _set_draw(item, draw)
    item = _append(item, section)
    audit.record("quizitem.added", on=lesson, by=by, draw=draw.count)
    return item


@transaction.atomic
def save_item(
    item: QuizItem,
    *,
    points: Decimal | int,
    by: User | None,
    draw: Draw | None = None,
    section: QuizSection | None = None,
) -> QuizItem:
    """Change what an item is worth, what it draws, and in which section it stands."""
    item = _lock_item(item)
    item.points = _checked(points)
    if draw and item.question_id is None:
        _set_draw(item, draw)
    if section and section != item.section:
        _refuse_foreign_section(item.lesson, section)
        item.section, item.position = section, _last_place(item.lesson) + 1
    item.save()
    _renumber(item.lesson)
    item.refresh_from_db(fields=["position"])
    audit.record("quizitem.saved", on=item.lesson, by=by, item=item.pk)
    return item


@transaction.atomic
def add_quiz_question(
    lesson: Lesson, *, kind: str, content: Mapping[str, Any], by: User | None, **place: Unpack[QuestionPlace]
) -> QuizItem:
    """Put a new question into the bank of the lesson's provider and at the end of the quiz."""
    bank = lock_draft(lesson.version).course.provider
    return add_item(lesson, question=add_question(bank, kind=kind, content=content, by=by, **place), by=by)


@transaction.atomic
def move_item(item: QuizItem, *, up: bool, by: User | None) -> None:
    """Let an item change places with its neighbour, or cross into the section before or after."""
    item = _lock_item(item)
    here = list(item.section.items.all())
    if not _swap(here, here.index(item), up=up):
        sections = list(item.lesson.sections.all())
        beside = sections.index(item.section) + (-1 if up else 1)
        if not 0 <= beside < len(sections):
            return
        there = list(sections[beside].items.all())
        here = [*there, item] if up else [item, *there]
        QuizItem.objects.filter(pk=item.pk).update(section=sections[beside])
    for position, one in enumerate(here, start=1):
        one.position = position
    QuizItem.objects.bulk_update(here, ["position"])
    _renumber(item.lesson)
    audit.record("quizitem.moved", on=item.lesson, by=by)


@transaction.atomic
def remove_item(item: QuizItem, *, by: User | None) -> None:
    """Take an item out of a quiz; its questions stay in the bank."""
    lock_draft(item.lesson.version)
    if QuizItem.objects.filter(pk=item.pk).delete()[0]:
        audit.record("quizitem.removed", on=item.lesson, by=by, item=item.pk)


# --- Sections -----------------------------------------------------------------------------------
@transaction.atomic
def add_section(lesson: Lesson, *, title: Texts, shuffle: bool, by: User | None) -> QuizSection:
    """Put a section at the end of a quiz; one of the same title answers for itself."""
    _lock_quiz(lesson)
    texts = clean_texts(title, field="title", max_length=200)
    sections = list(lesson.sections.all())
    if same := next((section for section in sections if section.title == texts), None):
        return same
    section = QuizSection.objects.create(lesson=lesson, position=len(sections) + 1, title=texts, shuffle=shuffle)
    audit.record("quizsection.added", on=lesson, by=by)
    return section


@transaction.atomic
def save_section(section: QuizSection, *, title: Texts, shuffle: bool, by: User | None) -> QuizSection:
    lock_draft(section.lesson.version)
    section.title, section.shuffle = clean_texts(title, field="title", max_length=200, required=False), shuffle
    section.save(update_fields=["title", "shuffle"])
    audit.record("quizsection.saved", on=section.lesson, by=by)
    return section


@transaction.atomic
def move_section(section: QuizSection, *, up: bool, by: User | None) -> None:
    lock_draft(section.lesson.version)
    sections = list(section.lesson.sections.all())
    if _swap(sections, sections.index(section), up=up):
        for position, one in enumerate(sections, start=1):
            one.position = position
        QuizSection.objects.bulk_update(sections, ["position"])
        _renumber(section.lesson)
        audit.record("quizsection.moved", on=section.lesson, by=by)


@transaction.atomic
def remove_section(section: QuizSection, *, by: User | None) -> None:
    """Raises SectionNotEmpty; one that is gone already stays gone."""
    lock_draft(section.lesson.version)
    if section.items.exists():
        raise SectionNotEmpty
    if QuizSection.objects.filter(pk=section.pk).delete()[0]:
        audit.record("quizsection.removed", on=section.lesson, by=by)


# --- Within -------------------------------------------------------------------------------------
def _lock_quiz(lesson: Lesson) -> None:
    lock_draft(lesson.version)
    if lesson.kind != Lesson.Kind.QUIZ:
        raise NotQuiz


def _lock_item(item: QuizItem) -> QuizItem:
    lock_draft(item.lesson.version)
    return QuizItem.objects.select_related("section", "lesson__version__course").get(pk=item.pk)


def _append(item: QuizItem, section: QuizSection | None) -> QuizItem:
    if section:
        _refuse_foreign_section(item.lesson, section)
    item.section = section or item.lesson.sections.last() or QuizSection.objects.create(lesson=item.lesson, position=1)
    item.position = _last_place(item.lesson) + 1
    item.save()
    _renumber(item.lesson)
    item.refresh_from_db(fields=["position"])
    return item


def _last_place(lesson: Lesson) -> int:
    return lesson.items.aggregate(last=Max("position"))["last"] or 0


def _set_draw(item: QuizItem, draw: Draw) -> None:
    bank = item.lesson.version.course.provider_id
    if not 1 <= draw.count <= MOST_DRAWN:
        raise InvalidInput(_("Draw from 1 to %(most)d questions.") % {"most": MOST_DRAWN}, field="count")
    if any(place is not None and place.organization_id != bank for place in (draw.category, draw.tag)):
        raise ForeignCategory(field="category")
    item.count, item.category, item.tag, item.difficulty = draw.count, draw.category, draw.tag, draw.difficulty


def _refuse_foreign_section(lesson: Lesson, section: QuizSection) -> None:
    if section.lesson_id != lesson.pk:
        raise InvalidInput(field="section")


def _renumber(lesson: Lesson) -> None:
    """Number the items from 1 through the whole quiz, section by section."""
    items = list(lesson.items.order_by("section__position", "section_id", "position", "id"))
    for position, item in enumerate(items, start=1):
        item.position = position
    QuizItem.objects.bulk_update(items, ["position"])


def _swap(rows: list[Placed], index: int, *, up: bool) -> bool:
    beside = index + (-1 if up else 1)
    if not 0 <= beside < len(rows):
        return False
    rows[index], rows[beside] = rows[beside], rows[index]
    return True


def _checked(points: Decimal | int) -> Decimal:
    if not 0 < points <= 1000:
        raise InvalidInput(_("A question is worth more than 0 and at most 1000 points."), field="points")
    return Decimal(points)
