"""The question bank of an organization, and the questions that stand in a quiz."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.languages import Texts, clean_texts
from courses.models import CourseVersion, Lesson, Question, QuizItem
from courses.questions import clean_definition
from courses.services.versions import lock_draft


class NotQuiz(DomainError):
    code = "not-a-quiz"
    message = _("Only a quiz holds questions.")


class ForeignQuestion(DomainError):
    code = "foreign-question"
    message = _("This question stands in the bank of another organization.")


@transaction.atomic
def add_question(
    organization: Organization,
    *,
    kind: str,
    text: Texts,
    definition: Mapping[str, Any],
    by: User | None,
    feedback: Texts | None = None,
) -> Question:
    """Put a question into the bank; the same one again answers with the one there is."""
    if kind not in Question.Kind:
        raise InvalidInput(_("There is no question of this kind."), field="kind")
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    question = Question(organization=organization, kind=kind)
    _fill(question, text, definition, feedback or {})
    bank = Question.objects.newest().filter(organization=organization, kind=kind, text=question.text)
    if same := next((one for one in bank if _content(one) == _content(question)), None):
        return same
    question.save()
    audit.record("question.added", on=question, by=by)
    return question


@transaction.atomic
def save_question(
    question: Question, *, text: Texts, definition: Mapping[str, Any], by: User | None, feedback: Texts | None = None
) -> Question:
    """Change a question. A frozen one stays, and a further row takes its place in every draft that uses it."""
    question = Question.objects.select_for_update(no_key=True).get(pk=question.pk)
    changed = Question(organization=question.organization, kind=question.kind)
    _fill(changed, text, definition, feedback or {})
    if _content(changed) == _content(question):
        return question
    if question.frozen_at:
        if newer := question.next_versions.first():
            return save_question(newer, text=text, definition=definition, feedback=feedback, by=by)
        changed.previous = question
        changed.save()
        drafts = QuizItem.objects.filter(lesson__version__status=CourseVersion.Status.DRAFT)
        drafts.filter(question=question).update(question=changed)
    else:
        question.text, question.definition, question.feedback = _content(changed)
        question.save(update_fields=["text", "definition", "feedback", "updated_at"])
        changed = question
    audit.record("question.saved", on=changed, by=by)
    return changed


@transaction.atomic
def add_item(lesson: Lesson, *, question: Question, by: User | None, points: Decimal | int = 1) -> QuizItem:
    """Put a question at the end of a quiz; one that stands there already keeps its place."""
    version = lock_draft(lesson.version)
    if lesson.kind != Lesson.Kind.QUIZ:
        raise NotQuiz
    if question.organization_id != version.course.provider_id:
        raise ForeignQuestion
    if same := lesson.items.filter(question=question).first():
        return same
    last = lesson.items.aggregate(last=Max("position"))["last"] or 0
    item = QuizItem.objects.create(lesson=lesson, question=question, position=last + 1, points=_checked(points))
    audit.record("quizitem.added", on=lesson, by=by, question=str(question.uuid))
    return item


@transaction.atomic
def add_quiz_question(
    lesson: Lesson,
    *,
    kind: str,
    text: Texts,
    definition: Mapping[str, Any],
    by: User | None,
    feedback: Texts | None = None,
) -> QuizItem:
    """Put a new question into the bank of the lesson's provider and at the end of the quiz."""
    bank = lock_draft(lesson.version).course.provider
    question = add_question(bank, kind=kind, text=text, definition=definition, feedback=feedback, by=by)
    return add_item(lesson, question=question, by=by)


@transaction.atomic
def save_quiz_question(
    item: QuizItem,
    *,
    points: Decimal | int,
    text: Texts,
    definition: Mapping[str, Any],
    by: User | None,
    feedback: Texts | None = None,
) -> QuizItem:
    """Change a question that stands in the quiz of a draft, and what it is worth there."""
    save_item(item, points=points, by=by)
    item.question = save_question(item.question, text=text, definition=definition, feedback=feedback, by=by)
    item.save(update_fields=["question"])
    return item


@transaction.atomic
def save_item(item: QuizItem, *, points: Decimal | int, by: User | None) -> QuizItem:
    lock_draft(item.lesson.version)
    item.points = _checked(points)
    item.save(update_fields=["points"])
    audit.record("quizitem.saved", on=item.lesson, by=by, question=str(item.question.uuid))
    return item


@transaction.atomic
def move_item(item: QuizItem, *, up: bool, by: User | None) -> None:
    """Let a question change places with the one before or after it; at the end nothing happens."""
    lock_draft(item.lesson.version)
    items = list(item.lesson.items.all())
    here = items.index(item)
    beside = here + (-1 if up else 1)
    if not 0 <= beside < len(items):
        return
    items[here], items[beside] = items[beside], items[here]
    for position, one in enumerate(items, start=1):
        one.position = position
    QuizItem.objects.bulk_update(items, ["position"])
    audit.record("quizitem.moved", on=item.lesson, by=by)


@transaction.atomic
def remove_item(item: QuizItem, *, by: User | None) -> None:
    """Take a question out of a quiz; it stays in the bank."""
    lock_draft(item.lesson.version)
    if QuizItem.objects.filter(pk=item.pk).delete()[0]:
        audit.record("quizitem.removed", on=item.lesson, by=by, question=str(item.question.uuid))


def _fill(question: Question, text: Texts, definition: Mapping[str, Any], feedback: Texts) -> None:
    question.text = clean_texts(text, field="text", max_length=2000)
    question.definition = clean_definition(question.kind, definition)
    question.feedback = clean_texts(feedback, field="feedback", max_length=2000, required=False)


def _content(question: Question) -> tuple[dict[str, str], dict[str, Any], dict[str, str]]:
    return question.text, question.definition, question.feedback


def _checked(points: Decimal | int) -> Decimal:
    if not 0 < points <= 1000:
        raise InvalidInput(_("A question is worth more than 0 and at most 1000 points."), field="points")
    return Decimal(points)
