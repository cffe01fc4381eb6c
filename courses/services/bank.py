"""The question bank of an organization: questions with their versions, folders, tags and pictures."""

from collections.abc import Iterable, Mapping
from typing import IO, Any, TypedDict, Unpack

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from accounts.services import audit
from base.errors import DomainError, InvalidInput
from base.folding import canonical, fold
from courses.html import plain_text
from courses.models import BankPicture, Question, QuestionCategory, QuestionTag, QuestionVersion
from courses.pictures import read_picture
from courses.questions import clean_content

MOST_TAGS = 20
DEEPEST = 6


class QuestionChanged(DomainError):
    code = "question-changed"
    message = _("Somebody else has changed this question meanwhile. Your words are kept below: look at both.")


class ForeignCategory(InvalidInput):
    code = "foreign-category"
    message = _("This folder stands in the bank of another organization.")


class CategoryNotEmpty(DomainError):
    code = "category-not-empty"
    message = _("This folder is not empty: move its questions and folders first.")


class QuestionPlace(TypedDict, total=False):
    """How a question is found; what is left out stays as it is."""

    category: QuestionCategory | None
    difficulty: int
    tags: Iterable[str]


@transaction.atomic
def add_question(
    organization: Organization,
    *,
    kind: str,
    content: Mapping[str, Any],
    by: User | None,
    **place: Unpack[QuestionPlace],
) -> Question:
    """Put a question into the bank; the same one again answers with the one there is. Raises InvalidInput."""
    cleaned = clean_content(kind, content)
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    question = Question(organization=organization, kind=kind, search_key=_search_key(cleaned))
    if same := same_question(organization, kind=kind, content=cleaned):
        return same
    _refuse_foreign_pictures(question, cleaned)
    _put(question, place)
    _write_version(question, cleaned, by=by)
    audit.record("question.added", on=question, by=by)
    return question


def same_question(organization: Organization, *, kind: str, content: Mapping[str, Any]) -> Question | None:
    """The question in use of a bank that holds this very content, as it is stored."""
    alike = Question.objects.in_use().filter(organization=organization, kind=kind, search_key=_search_key(content))
    return next((one for one in alike.select_related("current") if one.newest.content == content), None)


@transaction.atomic
def save_question(
    question: Question,
    *,
    by: User | None,
    content: Mapping[str, Any] | None = None,
    seen: int | None = None,
    **place: Unpack[QuestionPlace],
) -> Question:
    """Change a question: other content makes a further version, and those that were used stay as they are.

    `seen` is the number of the version that the author changed. Raises QuestionChanged where there is a newer one that
    says something else, InvalidInput.
    """
    question = _lock(question)
    cleaned = question.newest.content if content is None else clean_content(question.kind, content)
    is_changed = cleaned != question.newest.content
    if is_changed and seen not in (None, question.newest.number):
        raise QuestionChanged
    _put(question, place)
    if is_changed:
        _refuse_foreign_pictures(question, cleaned)
        question.search_key = _search_key(cleaned)
        _write_version(question, cleaned, by=by)
    audit.record("question.saved", on=question, by=by, version=question.newest.number)
    return question


@transaction.atomic
def duplicate_question(question: Question, *, by: User | None) -> Question:
    """Put a copy beside a question, to be changed into another one."""
    copy = Question(
        organization=question.organization,
        kind=question.kind,
        category=question.category,
        difficulty=question.difficulty,
        search_key=question.search_key,
    )
    copy.save()
    copy.tags.set(question.tags.all())
    _write_version(copy, question.newest.content, by=by)
    audit.record("question.duplicated", on=copy, by=by, source=str(question.uuid))
    return copy


@transaction.atomic
def retire_question(question: Question, *, by: User | None) -> None:
    """Let no new quiz use a question; those that do go on. A second time changes nothing."""
    question = _lock(question)
    if question.retired_at is None:
        question.retired_at = timezone.now()
        question.save(update_fields=["retired_at", "updated_at"])
        audit.record("question.retired", on=question, by=by)


@transaction.atomic
def restore_question(question: Question, *, by: User | None) -> None:
    """Let quizzes use a retired question again."""
    question = _lock(question)
    if question.retired_at is not None:
        question.retired_at = None
        question.save(update_fields=["retired_at", "updated_at"])
        audit.record("question.restored", on=question, by=by)


@transaction.atomic
def move_questions(questions: Iterable[Question], category: QuestionCategory | None, *, by: User | None) -> int:
    """Put questions into a folder (None: none) and return how many were elsewhere. Raises ForeignCategory."""
    locked = Question.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in questions])
    moved = [question for question in locked.order_by("pk") if question.category_id != (category and category.pk)]
    for question in moved:
        _refuse_foreign(category, question.organization_id)
        question.category = category
        question.updated_at = timezone.now()
    Question.objects.bulk_update(moved, ["category", "updated_at"])
    audit.record_many("question.moved", moved, by=by)
    return len(moved)


# --- Folders ------------------------------------------------------------------------------------
@transaction.atomic
def add_category(
    organization: Organization, *, name: str, by: User | None, parent: QuestionCategory | None = None
) -> QuestionCategory:
    """Make a folder, in another one or on top; one of this name there answers for itself. Raises InvalidInput."""
    _refuse_foreign(parent, organization.pk)
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    clean = _clean_name(name, field="name", most=120)
    if same := QuestionCategory.objects.filter(organization=organization, parent=parent, name=clean).first():
        return same
    if _depth(parent) >= DEEPEST:
        raise InvalidInput(
            _("Folders lie in each other at most %(most)d deep."), field="parent", values={"most": DEEPEST}
        )
    category = QuestionCategory.objects.create(organization=organization, parent=parent, name=clean)
    audit.record("questioncategory.added", on=category, by=by)
    return category


@transaction.atomic
def rename_category(category: QuestionCategory, *, name: str, by: User | None) -> QuestionCategory:
    category = QuestionCategory.objects.select_for_update(no_key=True).get(pk=category.pk)
    category.name = _clean_name(name, field="name", most=120)
    beside = QuestionCategory.objects.filter(organization=category.organization_id, parent=category.parent_id)
    if beside.filter(name=category.name).exclude(pk=category.pk).exists():
        raise InvalidInput(_("There is a folder of this name here already."), field="name")
    category.save(update_fields=["name", "updated_at"])
    audit.record("questioncategory.renamed", on=category, by=by)
    return category


@transaction.atomic
def remove_category(category: QuestionCategory, *, by: User | None) -> None:
    """Raises CategoryNotEmpty, also where a quiz draws from it; one that is gone already stays gone."""
    category_row = QuestionCategory.objects.select_for_update().filter(pk=category.pk).first()
    if category_row is None:
        return
    if category_row.children.exists() or category_row.questions.exists() or category_row.draws.exists():
        raise CategoryNotEmpty
    audit.record("questioncategory.removed", on=category_row, by=by)
    category_row.delete()


# --- Pictures -----------------------------------------------------------------------------------
@transaction.atomic
def add_picture(organization: Organization, *, file: IO[bytes], size: int, by: User | None) -> BankPicture:
    """Keep a picture for questions; the same one again answers with the one there is. Raises InvalidInput."""
    picture = read_picture(file, size)
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    kept = BankPicture(organization=organization, digest=picture.digest, width=picture.width, height=picture.height)
    if same := BankPicture.objects.filter(organization=organization, digest=kept.digest).first():
        return same
    kept.file.save(f"{kept.uuid}{picture.suffix}", ContentFile(picture.data), save=False)
    kept.save()
    audit.record("bankpicture.added", on=kept, by=by)
    return kept


# --- Within ------------------------------------------------------------------------------------
def _lock(question: Question) -> Question:
    """Lock a question; its newest version is read afterwards, else PostgreSQL joins the one from before the wait."""
    return Question.objects.select_for_update(no_key=True).get(pk=question.pk)


def _put(question: Question, place: QuestionPlace) -> None:
    if "category" in place:
        _refuse_foreign(place["category"], question.organization_id)
        question.category = place["category"]
    if "difficulty" in place:
        if place["difficulty"] not in Question.Difficulty.values:
            raise InvalidInput(field="difficulty")
        question.difficulty = place["difficulty"]
    question.save()
    if "tags" in place:
        question.tags.set(_tags(question.organization, place["tags"]))


def _tags(organization: Organization, names: Iterable[str]) -> list[QuestionTag]:
    wanted = {fold(name): _clean_name(name, field="tags", most=60) for name in names if fold(name)}
    if len(wanted) > MOST_TAGS:
        raise InvalidInput(_("Give at most %(most)d tags."), field="tags", values={"most": MOST_TAGS})
    tags = [QuestionTag(organization=organization, key=key[:80], name=name) for key, name in wanted.items()]
    QuestionTag.objects.bulk_create(tags, ignore_conflicts=True)
    return list(QuestionTag.objects.filter(organization=organization, key__in=[tag.key for tag in tags]))


def _clean_name(name: str, *, field: str, most: int) -> str:
    clean = canonical(name.replace("\0", ""))
    if not 1 <= len(clean) <= most:
        raise InvalidInput(_("Write a name of at most %(most)d characters."), field=field, values={"most": most})
    return clean


def _write_version(question: Question, content: Mapping[str, Any], *, by: User | None) -> None:
    number = question.newest.number + 1 if question.current_id else 1
    question.current = QuestionVersion.objects.create(question=question, number=number, content=content, created_by=by)
    question.save(update_fields=["current", "search_key", "updated_at"])


def _search_key(content: Mapping[str, Any]) -> str:
    words = " ".join(fold(plain_text(text)) for text in content["text"].values()).split()
    return " ".join(dict.fromkeys(words))[:1000]


def _refuse_foreign(category: QuestionCategory | None, organization: int) -> None:
    if category is not None and category.organization_id != organization:
        raise ForeignCategory(field="category")


def _refuse_foreign_pictures(question: Question, content: Mapping[str, Any]) -> None:
    """A hot spot shows a picture of its own bank."""
    if image := content.get("image"):
        picture = BankPicture.objects.filter(organization=question.organization, uuid=image["uuid"]).first()
        if picture is None or (picture.width, picture.height) != (image["width"], image["height"]):
            raise InvalidInput(_("Choose a picture."), field="image")


def _depth(category: QuestionCategory | None) -> int:
    depth = 0
    while category is not None:
        depth, category = depth + 1, category.parent
    return depth
